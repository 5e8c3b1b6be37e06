import type { SimEvent } from '../../../sim/scheduler.ts';
import type { Ticks } from '../../../sim/time.ts';
import type { FloppyDrive } from '../drive.ts';
import { RECALIBRATE_STEPS, ST0, UNITS } from './spec.ts';

/** What the seeks need of the chip. */
export interface SeekOwner {
  event(name: string, action: () => void): SimEvent;
  now(): Ticks;
  /** The drive whose select and motor lines are active for this number, or null. */
  drive(unit: number): FloppyDrive | null;
  /** Time of a step (SRT of SPECIFY at the data rate). */
  stepTime(): Ticks;
  /** A seek by command has ended with this ST0: an interrupt. */
  ended(unit: number, st0: number): void;
  /** The seek that a data command implied has ended. */
  arrived(): void;
}

/**
 * Steps of the four drives' heads (§5.2.1 RECALIBRATE, SEEK, RELATIVE SEEK; implied seeks). Each
 * drive has its own, so that several seek at once.
 */
export class Seeks {
  readonly s = {
    /** The cylinder that the chip believes each head is on. */
    pcn: new Uint8Array(UNITS),
    /** Steps still to do; 255: until TRK0, at most RECALIBRATE_STEPS. */
    left: new Uint8Array(UNITS),
    inward: new Uint8Array(UNITS),
    /** Bits: unit seeks by command; recalibrates; is moved by a data command. */
    busy: 0, recalibrating: 0, implied: 0,
  };
  private readonly owner: SeekOwner;
  private readonly steps: readonly SimEvent[];

  constructor(owner: SeekOwner) {
    this.owner = owner;
    this.steps = Array.from({ length: UNITS }, (_, unit) => owner.event(`step${unit}`, () => this.step(unit)));
  }

  /** SEEK, and what READ and WRITE do with EIS: `cylinder` as the chip counts. */
  to(unit: number, cylinder: number, implied: boolean): void {
    const from = this.s.pcn[unit];
    this.by(unit, Math.abs(cylinder - from), cylinder > from, implied);
  }

  /** RELATIVE SEEK. */
  by(unit: number, steps: number, inward: boolean, implied = false): void {
    const s = this.s, bit = 1 << unit;
    s.left[unit] = steps;
    s.inward[unit] = +inward;
    s.recalibrating &= ~bit;
    s.implied &= ~bit;
    // A seek by command that is still under way is given up: its busy bit must not stay.
    s.busy &= ~bit;
    if (implied) s.implied |= bit;
    else s.busy |= bit;
    this.steps[unit].after(this.owner.stepTime());
  }

  recalibrate(unit: number): void {
    const s = this.s, bit = 1 << unit;
    s.left[unit] = RECALIBRATE_STEPS;
    s.inward[unit] = 0;
    s.recalibrating |= bit;
    s.busy |= bit;
    this.steps[unit].after(this.owner.stepTime());
  }

  /** Reset of the chip. Heads stay where they are. */
  stop(): void {
    for (const e of this.steps) e.cancel();
    const s = this.s;
    s.pcn.fill(0);
    s.left.fill(0);
    s.busy = 0;
    s.recalibrating = 0;
    s.implied = 0;
  }

  /** One step time has passed. */
  private step(unit: number): void {
    const s = this.s, bit = 1 << unit;
    const drive = this.owner.drive(unit);
    const recalibrating = (s.recalibrating & bit) !== 0;
    const atTrack0 = drive !== null && drive.s.cylinder === 0;
    if (s.left[unit] === 0 || (recalibrating && atTrack0)) {
      this.end(unit, recalibrating && !atTrack0);
      return;
    }
    drive?.step(s.inward[unit] !== 0, this.owner.now());
    if (!recalibrating) s.pcn[unit] += s.inward[unit] !== 0 ? 1 : -1;
    s.left[unit]--;
    this.steps[unit].after(this.owner.stepTime());
  }

  private end(unit: number, failed: boolean): void {
    const s = this.s, bit = 1 << unit;
    if ((s.recalibrating & bit) !== 0) s.pcn[unit] = 0;
    s.recalibrating &= ~bit;
    if ((s.implied & bit) !== 0) {
      s.implied &= ~bit;
      this.owner.arrived();
      return;
    }
    s.busy &= ~bit;
    this.owner.ended(unit, ST0.SE | unit | (failed ? ST0.ABNORMAL | ST0.EC : 0));
  }
}
