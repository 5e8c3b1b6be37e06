import type { Bank, BankView } from '../../../reg/bank.ts';
import type { Registers } from '../../../reg/layout.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import type { CableDrive } from '../../ata/cable-drive.ts';
import type { DmaPort } from '../../dma-port.ts';
import { BusMaster, type BusMasterRegisters, type DmaFault } from '../../ide/bus-master.ts';
import { IdeChannel, type ChannelOwner } from '../../ide/channel.ts';
import { BUS_MASTER, COMMAND_BLOCK, CONTROL_BLOCK } from '../../ide/spec.ts';
import { PCI_CLOCK } from '../pci-bus.ts';
import { PciFunction } from '../pci-function.ts';
import { ideConfig, type IdeVariant } from './spec-ide.ts';
import { channelTiming } from './timing.ts';

export interface Piix3IdeOptions {
  /** Which chip (default 'piix3'). */
  variant?: IdeVariant;
  /**
   * Primary master, primary slave, secondary master, secondary slave; null or left out: nothing
   * there.
   */
  drives: readonly (CableDrive | null)[];
  /**
   * 80-conductor cables (default true): drives and, on ICH, the I/O configuration register say so.
   */
  cable80?: boolean;
  /** A fault of the controller's DMA on the primary channel, for experiments. */
  fault?: DmaFault;
}

/** What an experiment reads after a run: counts since reset, of one channel or of both. */
export interface IdeCounters {
  /** Bytes of disk data moved by the bus master. */
  dmaBytes: number;
  /** Of these, from a drive to memory. */
  dmaBytesIn: number;
  /** Bus transactions of the bus master: data bursts and descriptor fetches. */
  dmaTransfers: number;
  prdFetches: number;
  /** Data port accesses by the processor. */
  dataReads16: number;
  dataReads32: number;
  dataWrites16: number;
  dataWrites32: number;
  /** Reads of the status and the alternate status register. */
  statusReads: number;
  commands: number;
}

/** Ports of the channels in compatibility mode (82371SB, IDE decode). */
const LEGACY = [{ command: 0x1f0, control: 0x3f6 }, { command: 0x170, control: 0x376 }] as const;

/** Configuration registers with the drives' timing; the later ones are not in every chip. */
const TIMING_ROWS = ['SIDETIM', 'UDMACTL', 'UDMATIM', 'IOCONFIG'] as const;

/**
 * IDE function of the PIIX3, or of a later south bridge of the family: two channels in
 * compatibility mode (IRQ 14 and 15) and the bus master of each.
 */
export class Piix3Ide extends PciFunction {
  readonly variant: IdeVariant;
  /** Primary and secondary channel. */
  readonly channels: readonly [IdeChannel, IdeChannel];
  readonly masters: readonly [BusMaster, BusMaster];
  /** IRQ 14: the primary channel's interrupt. IRQ 15: the secondary one's. */
  readonly irq14 = this.irqOut('irq14');
  readonly irq15 = this.irqOut('irq15');
  readonly config: Bank;
  private readonly timing: () => void;

  constructor(name: string, sim: Simulation, options: Piix3IdeOptions) {
    super(name, sim);
    this.variant = options.variant ?? 'piix3';
    const cable80 = options.cable80 ?? true;
    const drive = (n: number): CableDrive | null => options.drives[n] ?? null;
    const owner = this.owner();
    const first = new IdeChannel(owner, 'primary', [drive(0), drive(1)], { cable80 });
    const second = new IdeChannel(owner, 'secondary', [drive(2), drive(3)], { cable80 });
    this.channels = [first, second];
    this.masters = [new BusMaster(owner, first, options.fault ?? null), new BusMaster(owner, second, null)];

    const [a, b] = this.masters;
    const busMaster = this.regs('busmaster', BUS_MASTER, {
      BMICP: { write: (w) => a.commandWritten(w.SSBM === 1) },
      BMICS: { write: (w) => b.commandWritten(w.SSBM === 1) },
      BMISP: { get: { ACTIVE: () => +a.s.active } },
      BMISS: { get: { ACTIVE: () => +b.s.active } },
    }, { unclaimedValue: 'zero' });
    const r = busMaster.r;
    a.attach({ command: r.BMICP, status: r.BMISP, table: r.BMIDTPP } satisfies BusMasterRegisters);
    b.attach({ command: r.BMICS, status: r.BMISS, table: r.BMIDTPS } satisfies BusMasterRegisters);

    const retime = { write: () => this.timing() };
    const rows = ideConfig(this.variant, cable80);
    const timingRows = TIMING_ROWS.filter((name) => name in rows.registers);
    const config = this.configSpace(rows, {
      COMMAND: { write: () => this.masters.forEach((m) => m.mayMasterChanged()) },
      IDETIM0: { write: () => this.timingWritten() },
      IDETIM1: { write: () => this.timingWritten() },
      ...Object.fromEntries(timingRows.map((name) => [name, retime])),
    });
    this.config = config;
    this.timing = () => this.readTiming(this.config.r);

    this.bar('BAR4', busMaster);
    this.channels.forEach((channel, n) => {
      const legacy = LEGACY[n as 0 | 1];
      const command = this.regs(`${channel.name}.command`, COMMAND_BLOCK, channel.commandHooks);
      const control = this.regs(`${channel.name}.control`, CONTROL_BLOCK, channel.controlHooks);
      const idetim = n === 0 ? config.r.IDETIM0 : config.r.IDETIM1;
      this.fixedRange('io', legacy.command, 8, command, () => idetim.IDE === 1);
      this.fixedRange('io', legacy.control, 1, control, () => idetim.IDE === 1);
    });
    this.counter('dataPortAccesses', '', 'accesses by the processor to the IDE data ports', () => {
      const c = this.counters();
      return c.dataReads16 + c.dataReads32 + c.dataWrites16 + c.dataWrites32;
    });
    this.counter('ideBytesIn', 'B', 'data from drives, through the data ports or by bus master', () => {
      const c = this.counters();
      return c.dmaBytesIn + 2 * c.dataReads16 + 4 * c.dataReads32;
    });
    this.counter('ideBytesOut', 'B', 'data to drives, through the data ports or by bus master', () => {
      const c = this.counters();
      return c.dmaBytes - c.dmaBytesIn + 2 * c.dataWrites16 + 4 * c.dataWrites32;
    });
    this.timing();
  }

  /** All of its events are parts of commands and transfers. */
  override get atWork(): boolean {
    return super.atWork || this.anyEventPending;
  }

  /** DMA ports to be bound to `PciBus.upstream`: primary, secondary. */
  get ports(): readonly DmaPort[] {
    return this.masters.map((m) => m.port);
  }

  /** Counts since reset of channel 0 or 1, or of both. */
  counters(channel?: 0 | 1): IdeCounters {
    if (channel === undefined) {
      const a = this.counters(0), b = this.counters(1);
      return Object.fromEntries(
        Object.entries(a).map(([k, v]) => [k, v + b[k as keyof IdeCounters]]),
      ) as unknown as IdeCounters;
    }
    const m = this.masters[channel], c = this.channels[channel].counters;
    return {
      dmaBytes: m.counters.bytesToMemory + m.counters.bytesFromMemory, dmaBytesIn: m.counters.bytesToMemory,
      dmaTransfers: m.port.counters.bursts, prdFetches: m.counters.prdFetches, dataReads16: c.dataReads16,
      dataReads32: c.dataReads32, dataWrites16: c.dataWrites16, dataWrites32: c.dataWrites32,
      statusReads: c.statusReads + c.alternateStatusReads,
      commands: c.commands,
    };
  }

  protected override dataBytes(): number {
    return this.counters().dmaBytes;
  }

  override describe(): Identity {
    return {
      compatible: `intel,${this.variant}-ide`,
      title: `${this.variant.toUpperCase()} IDE: two channels with bus masters`,
      datasheet: 'Intel 290550-002, 290562-001, 290655, 290687; Bus Master IDE Controller 1.0',
    };
  }

  protected override outputs(): void {
    const primary = this.masters[0].sampleInterrupt(), secondary = this.masters[1].sampleInterrupt();
    this.irq14.set(primary);
    this.irq15.set(secondary);
  }

  override resetHold(): void {
    this.timing();
    super.resetHold();
  }

  override resetExit(): void {
    super.resetExit();
    for (const c of this.channels) c.hardReset();
  }

  override restored(): void {
    super.restored();
    this.timing();
  }

  private timingWritten(): void {
    this.timing();
    this.decode();
  }

  /** Cycle times are derived from the registers; they are no state. */
  private readTiming(r: BankView<Registers>): void {
    const value = (name: string): number => r[name]?.value ?? 0;
    const control = value('UDMACTL'), codes = value('UDMATIM'), io = value('IOCONFIG');
    this.channels.forEach((channel, n) => {
      const ultra = [0, 1].map((d) => {
        const bit = 2 * n + d;
        return {
          enabled: ((control >> bit) & 1) === 1,
          code: (codes >> (4 * bit)) & 3,
          base: (io >> (12 + bit)) & 1 ? 2 : (io >> bit) & 1,
        };
      });
      channel.timing = channelTiming({
        idetim: value(n === 0 ? 'IDETIM0' : 'IDETIM1'),
        sidetim: (value('SIDETIM') >> (4 * n)) & 15,
        ultra,
      }, this.pciBus?.clock ?? PCI_CLOCK);
    });
  }

  private owner(): ChannelOwner {
    return {
      sim: this.sim,
      cells: (group, cells) => void this.cells(group, cells),
      event: (name, action) => this.event(name, action),
      note: (what, detail) => this.note(what, detail),
      dmaPort: (name, options) => this.dmaPort(name, options),
      completion: (port, name, action) => this.completion(port, name, action),
      bus: () => this.pciBus,
      mayMaster: () => this.mayMaster,
    };
  }
}
