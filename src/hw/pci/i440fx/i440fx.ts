import type { AddressSpace } from '../../../mem/address-space.ts';
import type { Bus } from '../../../mem/bus.ts';
import { allOnes } from '../../../bits/field.ts';
import { PostedWrites } from '../../../mem/posted-writes.ts';
import type { Ram } from '../../../mem/ram.ts';
import type { Target, Transaction } from '../../../mem/transaction.ts';
import type { Bank } from '../../../reg/bank.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import type { Ticks } from '../../../sim/time.ts';
import { PciBus, pciTiming } from '../pci-bus.ts';
import { PciFunction } from '../pci-function.ts';
import { Shadow, type RomBelow1MiB } from './shadow.ts';
import { i440fxConfig, MECHANISM_REGISTERS } from './spec.ts';

export interface I440FXOptions {
  memory: AddressSpace;
  io: AddressSpace;
  /** Configuration space of PCI bus 0, which stands behind this bridge (see `PciBusOptions`). */
  config?: AddressSpace;
  /** The bus of PCI bus 0; `pciTiming()` by default. */
  bus?: Bus;
  /** Latency of memory as seen by bus masters, per burst (ticks, default 0). */
  memoryLatency?: Ticks;
  /** Bus masters obey their latency timers (default: no). */
  latencyTimer?: boolean;
  /** Entries of the buffer for a processor's writes to memory on PCI; 0 (the default): none. */
  postedWrites?: number;
  /** Main memory, of which PAM0 to PAM6 enable C0000h-FFFFFh; left out: they do nothing. */
  ram?: Ram;
  /** The BIOS ROM, which reads of that range reach where PAM0 to PAM6 do not enable RAM. */
  rom?: RomBelow1MiB;
  /**
   * Subsystem and its vendor (2Ch). The chip has none; QEMU's has 1100h and 1AF4h, and firmware
   * made for QEMU asks for it.
   */
  subsystem?: { readonly vendor: number; readonly device: number };
}

const PAM = ['PAM0', 'PAM1', 'PAM2', 'PAM3', 'PAM4', 'PAM5', 'PAM6'] as const;
/** I/O ports 0CF8h-0CFFh. */
const CONFIG_PORTS = 0xcf8;

/**
 * 82441FX host bridge: device 0 of PCI bus 0. It owns the bus, and maps configuration mechanism #1
 * at I/O ports 0CF8h-0CFFh.
 */
export class I440FX extends PciFunction {
  readonly mechanism = this.regs('mechanism', MECHANISM_REGISTERS, {});
  readonly config: ReturnType<I440FX['registers']>;
  /** PCI bus 0. */
  readonly pci: PciBus;
  readonly ports: ConfigurationPorts;
  /** The buffer for posted writes, if there is one. */
  readonly posted: PostedWrites | null;
  private readonly shadow: Shadow | null;

  constructor(name: string, sim: Simulation, options: I440FXOptions) {
    super(name, sim);
    this.config = this.registers(options.subsystem);
    this.pci = new PciBus(sim, {
      memory: options.memory, io: options.io,
      ...(options.config === undefined ? {} : { config: options.config }),
      bus: options.bus ?? pciTiming(),
      memoryLatency: options.memoryLatency ?? 0, latencyTimer: options.latencyTimer ?? false,
    });
    this.posted = this.buffer(options);
    this.ports = this.target(
      new ConfigurationPorts(`${name}.ports`, this.mechanism, this.pci),
    );
    options.io.map(CONFIG_PORTS, 8, this.ports, { bus: this.pci.bus });
    this.pci.slot(0, 0, this);
    const { ram, rom } = options;
    this.shadow = ram === undefined ? null : new Shadow(options.memory, ram, rom);
    const traffic = this.cells('bus', { transfers: 0, bytes: 0, held: 0, cuts: 0 });
    this.pci.bus.traffic = traffic;
    this.counter('pciTransfers', '', 'transfers on the PCI bus, by processors and masters', () => traffic.transfers);
    this.counter('pciBytes', 'B', 'bytes of these', () => traffic.bytes);
    this.counter('pciHeldTicks', 'ticks', 'time that these held the bus, arbitration included', () => traffic.held);
    if (options.latencyTimer === true)
      this.counter('pciCuts', '', 'bursts cut, as the master\'s latency timer had run out', () => traffic.cuts);
    this.attributes();
  }

  private buffer({ postedWrites = 0, memory, io }: I440FXOptions): PostedWrites | null {
    if (postedWrites === 0) return null;
    const posted = new PostedWrites(this.pci.bus, postedWrites);
    const c = this.cells('posted', posted.cells);
    memory.posting = io.posting = posted;
    memory.posts = true;
    this.counter('postedWrites', '', 'writes by processors that the bridge posted', () => c.posted);
    this.counter('combinedWrites', '', 'posted writes that went on a burst', () => c.combined);
    this.counter('postedFull', '', 'writes that found the bridge\'s buffer full', () => c.full);
    this.counter('postedFullTicks', 'ticks', 'time that processors waited for a full buffer', () => c.fullTicks);
    this.counter('pushTicks', 'ticks', 'time that accesses waited for posted writes', () => c.pushTicks);
    return posted;
  }

  private registers(subsystem: I440FXOptions['subsystem']) {
    return this.configSpace(
      i440fxConfig(subsystem ?? { vendor: 0, device: 0 }),
      Object.fromEntries(PAM.map((name) => [name, { write: () => this.attributes() }])),
    );
  }

  /** Main memory as PAM lets it be read and not written; whose it is says the board. */
  get lockedShadow(): Ram | null {
    return this.shadow?.locked ?? null;
  }

  override resetHold(): void {
    super.resetHold();
    this.attributes();
  }

  override restored(): void {
    super.restored();
    this.attributes();
  }

  private attributes(): void {
    this.shadow?.set(PAM.map((name) => this.config.r[name].value));
  }

  override describe(): Identity {
    return {
      compatible: 'intel,82441fx',
      title: '82441FX host bridge, PCI bus 0',
      datasheet: 'Intel 290549-001 (May 1996)',
    };
  }

  /**
   * Reads configuration space the way firmware does, without the ports: (device, function,
   * register, bytes).
   */
  readConfig(device: number, fn: number, register: number, size: number, tx: Transaction): number {
    return this.pci.readConfig((device << 11) | (fn << 8) | register, size, tx);
  }

  /** Writes configuration space as `readConfig` reads it. */
  writeConfig(device: number, fn: number, register: number, size: number, value: number, tx: Transaction): void {
    this.pci.writeConfig((device << 11) | (fn << 8) | register, size, value, tx);
  }
}

/**
 * The I/O ports of configuration mechanism #1. An access to 0CF8h that is not a doubleword is no
 * access to CONFADD: it goes on to the bus as ordinary I/O (PCI 2.2 §3.2.2.3.2), where the south
 * bridge has its reset control register at 0CF9h. The ports have no guard of their own: they only
 * hand accesses on, and the bridge's own configuration space is reached through them too.
 */
export class ConfigurationPorts implements Target {
  readonly name: string;
  /** Who decodes bytes and words at 0CF8h-0CFBh; offsets are relative to 0CF8h. */
  behind: Target | null = null;
  private readonly address: Bank;
  private readonly pci: PciBus;

  /** @internal */
  constructor(name: string, address: Bank, pci: PciBus) {
    this.name = name;
    this.address = address;
    this.pci = pci;
  }

  read(offset: number, size: number, tx: Transaction): number {
    if (offset === 0 && size === 4) return this.address.read(0, 4, tx);
    if (offset < 4) return this.behind === null ? allOnes(size) : this.behind.read(offset, size, tx);
    const at = this.selected();
    return at < 0 ? allOnes(size) : this.pci.readConfig(at + offset - 4, size, tx);
  }

  write(offset: number, size: number, value: number, tx: Transaction): void {
    if (offset === 0 && size === 4) {
      this.address.write(0, 4, value, tx);
    } else if (offset < 4) {
      this.behind?.write(offset, size, value, tx);
    } else {
      const at = this.selected();
      if (at >= 0) this.pci.writeConfig(at + offset - 4, size, value, tx);
    }
  }

  /** Configuration address that CONFADD selects, or -1 while configuration space is off. */
  private selected(): number {
    const confadd = this.address.values[0];
    return confadd >>> 31 === 0 ? -1 : confadd & 0xfffffc;
  }
}
