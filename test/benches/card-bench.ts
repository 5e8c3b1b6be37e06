import { SystemDma, type SystemDmaOptions } from '../../src/hw/dma/system-dma/system-dma.ts';
import { PathsCard, type PathsOptions } from '../../src/hw/paths/paths.ts';
import { I440FX } from '../../src/hw/pci/i440fx/i440fx.ts';
import { Ram } from '../../src/mem/ram.ts';
import type { SavedState } from '../../src/sim/state.ts';
import { PciDriver } from '../../src/testing/drivers/pci.ts';
import { DeviceBench, IrqProbe } from '../../src/testing/device-bench.ts';

/** Slots and addresses that the bench gives to the card and the engine. */
export const CARD_DEVFN = 3 << 3, ENGINE_DEVFN = 4 << 3;
export const CARD_MEMORY = 0xe000_0000, CARD_PORTS = 0xd000, CARD_BUFFER = 0xe001_0000, ENGINE_MEMORY = 0xe002_0000;

/** Host bridge, 1 MiB of RAM, the card `paths` and the system DMA engine, set up as firmware does. */
export class CardBench extends DeviceBench {
  readonly ram = new Ram('ram', new Uint8Array(1 << 20));
  readonly bridge = new I440FX('pci0', this, { memory: this.memory, io: this.io });
  readonly card: PathsCard;
  readonly engine: SystemDma;
  readonly cardIrq: IrqProbe;
  readonly engineIrq: IrqProbe;
  readonly pci = new PciDriver(this);

  constructor(o: { card?: PathsOptions; engine?: SystemDmaOptions; cold?: boolean } = {}) {
    super();
    this.memory.map(0, this.ram.bytes.length, this.ram);
    this.card = new PathsCard('paths', this, o.card);
    this.engine = new SystemDma('sysdma', this, o.engine);
    const { pci } = this.bridge;
    pci.slot(3, 0, this.card);
    pci.slot(4, 0, this.engine);
    this.card.mem.bind(pci.upstream(this.card));
    this.engine.mem.bind(pci.upstream(this.engine));
    this.cardIrq = new IrqProbe(this.card.inta);
    this.engineIrq = new IrqProbe(this.engine.inta);
    this.reset(this.bridge, this.card, this.engine);
    if (o.cold === true) return;
    this.pci.write(CARD_DEVFN, 0x10, CARD_MEMORY);
    this.pci.write(CARD_DEVFN, 0x14, CARD_PORTS);
    this.pci.write(CARD_DEVFN, 0x18, CARD_BUFFER);
    this.pci.write(CARD_DEVFN, 0x04, 7, 2);
    this.pci.write(ENGINE_DEVFN, 0x10, ENGINE_MEMORY);
    this.pci.write(ENGINE_DEVFN, 0x04, 6, 2);
  }

  /** A register of the card through its memory range. */
  get(offset: number, size = 4): number {
    return this.memory.read(CARD_MEMORY + offset, size, this.tx);
  }
  set(offset: number, value: number, size = 4): void {
    this.memory.write(CARD_MEMORY + offset, size, value, this.tx);
  }

  /** Fills RAM with a pattern that tells where each byte comes from. */
  pattern(address: number, length: number, seed = 1): void {
    for (let k = 0; k < length; k++) this.ram.bytes[address + k] = (seed + k * 7 + (k >> 8) * 13) & 0xff;
  }

  save(): { scheduler: ReturnType<DeviceBench['scheduler']['save']>; parts: SavedState[]; ram: Uint8Array; bus: number } {
    return {
      scheduler: this.scheduler.save(),
      parts: [this.bridge, this.card, this.engine].map((c) => c.save()),
      ram: this.ram.bytes.slice(),
      bus: this.bridge.pci.bus.busyUntil,
    };
  }

  load(saved: ReturnType<CardBench['save']>): void {
    const parts = [this.bridge, this.card, this.engine];
    this.scheduler.load(saved.scheduler);
    parts.forEach((c, n) => c.load(saved.parts[n]));
    this.ram.bytes.set(saved.ram);
    this.bridge.pci.bus.busyUntil = saved.bus;
    for (const c of parts) c.restored();
  }
}
