import type { Ticks } from '../../sim/time.ts';
import { FaultUnit } from './unit.ts';

/** Drives that now and then take long for a command. */
export class LateDrives extends FaultUnit {
  /** By how much the drive `drive` begins later with a command that it got now. */
  lateness(drive: string): Ticks {
    if (!this.strikes()) return 0;
    this.tell(`${drive}: a command begins later`);
    return Number(this.fault.values['time']);
  }
}
