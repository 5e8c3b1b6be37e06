import type { DmaPath } from '../../hw/dma-path.ts';
import type { Component, Simulation } from '../../sim/component.ts';
import type { Ticks } from '../../sim/time.ts';
import { HangFault, WordFault } from './dma-units.ts';
import { LateDrives } from './late-drives.ts';
import { LineFault, LostInterrupts, SpuriousInterrupts } from './line-units.ts';
import type { Fault } from './rows.ts';
import type { FaultUnit } from './unit.ts';

type Make = new (name: string, sim: Simulation, fault: Fault) => FaultUnit;

const UNITS: Readonly<Record<string, Make>> = {
  'dma-corrupt': WordFault, 'dma-drop': WordFault, 'dma-repeat': WordFault, 'dma-hang': HangFault,
  'irq-lost': LostInterrupts, 'irq-spurious': SpuriousInterrupts, 'drive-late': LateDrives,
};

/** The faults of a board: what its masters, lines and drives are bound to. */
export class Faults {
  private readonly units: FaultUnit[];

  /** @param add records a component of the board */
  constructor(faults: readonly Fault[], sim: Simulation, add: (unit: Component) => void) {
    this.units = faults.map((fault, n) => {
      const earlier = faults.slice(0, n).filter((f) => f.name === fault.name).length;
      return new UNITS[fault.name](`fault.${fault.name}${earlier === 0 ? '' : earlier + 1}`, sim, fault);
    });
    this.units.forEach(add);
  }

  /** The path of a bus master to memory, or null if it is sound. */
  path(master: string): DmaPath | null {
    const units = this.units.filter((u) => u.hits(master));
    const words = units.filter((u) => u instanceof WordFault), hangs = units.filter((u) => u instanceof HangFault);
    if (words.length + hangs.length === 0) return null;
    return {
      hangs: (name, address) => hangs.some((u) => u.hangs(name, address)),
      cross: (name, address, data, at, bytes) => {
        const lost: number[] = [];
        for (const u of words) u.cross(name, address, data, at, bytes, lost);
        return lost.length > 1 ? [...new Set(lost)].sort((a, b) => a - b) : lost;
      },
    };
  }

  /** The places that an interrupt line goes through on its way to the interrupt controller. */
  onLine(line: string): LineFault[] {
    return this.units.filter(
      (u): u is LineFault => u instanceof LineFault && !(u instanceof HangFault) && u.hits(line),
    );
  }

  /** The places that a DREQ goes through on its way to a channel of a DMA controller. */
  onRequest(channel: string): LineFault[] {
    return this.units.filter((u): u is HangFault => u instanceof HangFault && u.hits(channel));
  }

  /** By how much a drive is late with a command, asked for each; null if it never is. */
  lateness(drive: string): (() => Ticks) | null {
    const units = this.units.filter((u): u is LateDrives => u instanceof LateDrives && u.hits(drive));
    return units.length === 0 ? null : () => units.reduce((sum, u) => sum + u.lateness(drive), 0);
  }
}
