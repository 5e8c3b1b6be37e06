import { I440FX } from '../hw/pci/i440fx/i440fx.ts';
import type { PciFunction } from '../hw/pci/pci-function.ts';
import type { Simulation } from '../sim/component.ts';
import { DeviceBench, type IrqProbe } from './device-bench.ts';
import { PciDriver } from './drivers/pci.ts';

/** Where the bench places what functions ask for. */
const MEMORY_FROM = 0xe0000000, PORTS_FROM = 0xc000;
/** Offsets and bits of the type 00h header (PCI 2.2 §6.1) that setting up needs. */
const COMMAND = 0x04, ROM_BAR = 0x30, DECODE_AND_MASTER = 7, IO = 1, KIND = 6, WIDE = 4;

/** A function in a slot of the bench, set up. */
export interface BenchFunction<F extends PciFunction> {
  readonly device: F;
  /** Where firmware would look for it: device << 3. */
  readonly devfn: number;
  /** Address of each base address register's range, by the name of its row. */
  readonly at: Readonly<Record<string, number>>;
  /** A probe at each INTx line, by pin: 1 is INTA#. */
  readonly intx: ReadonlyMap<number, IrqProbe>;
}

/** A bench with a host bridge, RAM at 0 and PCI slots, and no processor. */
export class PciBench extends DeviceBench {
  /** RAM from address 0 on. */
  readonly ram: Uint8Array;
  readonly bridge: I440FX;
  /** Configuration accesses through ports CF8h and CFCh. */
  readonly pci = new PciDriver(this);
  private nextMemory = MEMORY_FROM;
  private nextPort = PORTS_FROM;

  constructor(ramBytes = 1 << 20) {
    super();
    this.ram = this.addRam(0, ramBytes);
    this.bridge = new I440FX('pci0', this, { memory: this.memory, io: this.io });
    this.reset(this.bridge);
  }

  /**
   * Puts a function into a slot (default: above all others, from 3 on), resets it, and does
   * firmware's work: places its ranges and lets it decode and master the bus.
   */
  plug<F extends PciFunction>(make: (sim: Simulation) => F, slot?: number): BenchFunction<F> {
    const { pci } = this.bridge;
    const device = slot ?? Math.max(2, ...pci.slots.map((s) => s.device)) + 1;
    const made = make(this);
    pci.slot(device, 0, made);
    for (const { line, pin } of made.partWires) line.connect(pin.sink, pin.input);
    for (const port of made.dmaPorts) port.bind(pci.upstream(made));
    const intx = new Map([...made.intx].map(([pin, line]) => [pin, this.probe(line)]));
    this.reset(made, ...made.parts);
    const devfn = device << 3;
    const at: Record<string, number> = {};
    for (const [name, { offset, options }] of Object.entries(made.config.layout.registers))
      if (options.covers !== undefined) at[name] = this.place(devfn, offset, options.covers);
    this.pci.write(devfn, COMMAND, DECODE_AND_MASTER, 2);
    return { device: made, devfn, at, intx };
  }

  private place(devfn: number, offset: number, bytes: number): number {
    const rom = offset === ROM_BAR;
    const low = this.pci.read(devfn, offset);
    const upTo = (from: number): number => Math.ceil(from / bytes) * bytes;
    if (!rom && (low & IO) !== 0) {
      const base = upTo(this.nextPort);
      this.nextPort = base + bytes;
      this.pci.write(devfn, offset, base);
      return base;
    }
    // What is too large for the window begins further below; 4 GiB stand nowhere in 32 bits.
    const base = bytes > 2 ** 32 - MEMORY_FROM ? 2 ** 32 - bytes : upTo(this.nextMemory);
    if (bytes <= 2 ** 32 - MEMORY_FROM) this.nextMemory = base + bytes;
    this.pci.write(devfn, offset, rom ? base + 1 : base);
    if (!rom && (low & KIND) === WIDE) this.pci.write(devfn, offset + 4, 0);
    return base;
  }
}
