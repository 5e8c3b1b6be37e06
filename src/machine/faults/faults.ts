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
  /** Units that struck a place, and the places that each could have. */
  private readonly placed = new Set<FaultUnit>();
  private readonly places = new Map<FaultUnit, string[]>();

  /** @param add records a component of the board */
  constructor(faults: readonly Fault[], sim: Simulation, add: (unit: Component) => void) {
    this.units = faults.map((fault, n) => {
      const earlier = faults.slice(0, n).filter((f) => f.name === fault.name).length;
      return new UNITS[fault.name](`fault.${fault.name}${earlier === 0 ? '' : earlier + 1}`, sim, fault);
    });
    this.units.forEach(add);
  }

  /**
   * Faults that were asked for of something that this machine has not: a line of words for each,
   * once all is bound.
   */
  misplaced(): string[] {
    return this.units
      .filter((u) => u.wanted !== '' && !this.placed.has(u))
      .map((u) => {
        const known = [...new Set(this.places.get(u))].sort();
        const there = known.length === 0 ? 'nothing that it could be of' : `known: ${known.join(', ')}`;
        return `${u.fault.name}: there is no '${u.wanted}' that it could be of in this machine (${there})`;
      });
  }

  /** Units of these kinds whose fault is one of a place; remembers which places there are. */
  private at<U extends FaultUnit>(place: string, is: (u: FaultUnit) => u is U): U[] {
    const able = this.units.filter(is);
    for (const u of able) this.places.set(u, [...this.places.get(u) ?? [], place]);
    const struck = able.filter((u) => u.hits(place));
    for (const u of struck) this.placed.add(u);
    return struck;
  }

  /** The path of a bus master to memory, or null if it is sound. */
  path(master: string): DmaPath | null {
    const words = this.at(master, (u) => u instanceof WordFault);
    const hangs = this.at(master, (u) => u instanceof HangFault);
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
    return this.at(line, (u): u is LineFault => u instanceof LineFault && !(u instanceof HangFault));
  }

  /** The places that a DREQ goes through on its way to a channel of a DMA controller. */
  onRequest(channel: string): LineFault[] {
    return this.at(channel, (u) => u instanceof HangFault);
  }

  /** By how much a drive is late with a command, asked for each; null if it never is. */
  lateness(drive: string): (() => Ticks) | null {
    const units = this.at(drive, (u) => u instanceof LateDrives);
    return units.length === 0 ? null : () => units.reduce((sum, u) => sum + u.lateness(drive), 0);
  }
}
