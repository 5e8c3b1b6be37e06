import type { EthernetLink, EthernetStation } from '../../src/hw/net/ethernet.ts';
import type { PciFunction } from '../../src/hw/pci/pci-function.ts';
import type { SavedState } from '../../src/sim/state.ts';
import type { Simulation } from '../../src/sim/component.ts';
import type { Ticks } from '../../src/sim/time.ts';
import { PciBench, type BenchFunction } from '../../src/testing/pci-bench.ts';

/** A link that keeps what is sent. Frames for the card are given to it by `deliver`. */
export class RecordingLink implements EthernetLink {
  readonly rate: number;
  readonly sent: Uint8Array[] = [];
  private readonly now: () => Ticks;

  constructor(rate: number, now: () => Ticks) {
    this.rate = rate;
    this.now = now;
  }

  send(_from: EthernetStation, frame: Uint8Array, length: number): Ticks {
    this.sent.push(frame.slice(0, length));
    return this.now() + (length + 24) * ((8 * 3e9) / this.rate);
  }
}

/** A network card on a PCI bench with a link that keeps what is sent. */
export class NicBench<C extends PciFunction & EthernetStation> extends PciBench {
  readonly wire: RecordingLink;
  readonly plugged: BenchFunction<C>;

  constructor(make: (sim: Simulation, link: EthernetLink) => C, rate = 100e6) {
    super(1 << 20);
    this.wire = new RecordingLink(rate, () => this.scheduler.now);
    this.plugged = this.plug((sim) => make(sim, this.wire));
  }

  get card(): C {
    return this.plugged.device;
  }
  get irq() {
    return this.plugged.intx.get(1)!;
  }

  /** A frame of `length` bytes for `to`, whose contents follow from `seed`. */
  static frame(to: readonly number[], length: number, seed = 1): Uint8Array {
    const frame = new Uint8Array(length);
    for (let k = 0; k < length; k++) frame[k] = (seed * 31 + k * 7 + (k >> 8) * 13) & 0xff;
    frame.set(to.slice(0, length));
    return frame;
  }

  deliver(frame: Uint8Array): void {
    this.card.frameArrived(frame);
  }

  save(): { scheduler: ReturnType<PciBench['scheduler']['save']>; parts: SavedState[]; ram: Uint8Array; bus: number } {
    return {
      scheduler: this.scheduler.save(), parts: [this.bridge.save(), this.card.save()], ram: this.ram.slice(),
      bus: this.bridge.pci.bus.busyUntil,
    };
  }

  load(saved: ReturnType<NicBench<C>['save']>): void {
    this.scheduler.load(saved.scheduler);
    this.bridge.load(saved.parts[0]);
    this.card.load(saved.parts[1]);
    this.ram.set(saved.ram);
    this.bridge.pci.bus.busyUntil = saved.bus;
    this.bridge.restored();
    this.card.restored();
  }
}
