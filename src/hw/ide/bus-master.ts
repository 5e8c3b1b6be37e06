import type { SimEvent } from '../../sim/scheduler.ts';
import { STATUS } from '../../mem/transaction.ts';
import { breach, forgives } from '../../sim/forgive.ts';
import type { CableDrive } from '../ata/cable-drive.ts';
import { PHASE } from '../ata/spec.ts';
import type { DmaCompletion, DmaPort } from '../dma-port.ts';
import type { ChannelOwner, IdeChannel } from './channel.ts';
import { PRD } from './spec.ts';

/** Half of the controller's data buffer, and the longest burst on the bus (bytes). */
const BURST = 64;

/** A fault that the controller has, for experiments. Bytes are counted since reset, per channel. */
export type DmaFault =
  /** After so many bytes nothing moves any more: the transfer never ends. */
  | { kind: 'hang'; afterBytes: number }
  /** In every `everyBytes` bytes read from the drive one bit is wrong. */
  | { kind: 'corrupt'; everyBytes: number; seed: number };

/** What the DMA port is doing. */
const OP = { NONE: 0, PRD: 1, DATA: 2 } as const;

/** The channel's three registers in the bank. */
export interface BusMasterRegisters {
  command: { SSBM: number; RWCON: number };
  status: { ERROR: number; INT: number };
  table: { value: number };
}

/**
 * The bus master of one channel: "Programming Interface for Bus Master IDE Controller" 1.0. The
 * cable fills one half of the buffer while the other half is on the bus, so that the slower of the
 * two sets the rate. A chunk never crosses a descriptor, a 64 KiB window or a 64-byte boundary of
 * memory.
 */
export class BusMaster {
  readonly s = {
    /** Start bit as it was last written. */
    started: false,
    active: false,
    toMemory: false,
    /** Address of the next descriptor. */
    table: 0,
    /** The current descriptor: next address, bytes left on the cable side, end of table. */
    prdAddress: 0, prdLeft: 0, prdEnd: false,
    op: 0 as number,
    /** What the port was asked for, kept to ask again. */
    opAddress: 0, opBytes: 0,
    /** The port's request found Bus Master Enable off; it is made again when the bit is set. */
    parked: false,
    /** Bytes fetched from memory that wait in the port's buffer (to the drive). */
    fetched: 0,
    /** The half at the cable: bytes in it, bytes of it already on the cable, where they go. */
    holdCount: 0, holdAt: 0, holdAddress: 0,
    /** Bytes on the cable now. */
    cableBytes: 0,
    /**
     * Level of the channel's interrupt when it was last seen (the Interrupt bit is set by its
     * rising edge).
     */
    intrq: false,
    random: 1,
  };
  /** Counted since reset. */
  readonly counters = { bytesToMemory: 0, bytesFromMemory: 0, prdFetches: 0 };
  readonly port: DmaPort;
  private readonly hold = new Uint8Array(BURST);
  private readonly owner: ChannelOwner;
  private readonly channel: IdeChannel;
  private readonly cable: SimEvent;
  private readonly portDone: DmaCompletion;
  private readonly fault: DmaFault | null;
  private r!: BusMasterRegisters;

  constructor(owner: ChannelOwner, channel: IdeChannel, fault: DmaFault | null) {
    this.owner = owner;
    this.channel = channel;
    this.fault = fault;
    if (fault !== null && fault.kind === 'corrupt') this.s.random = (fault.seed | 0) || 1;
    const name = `${channel.name}.dma`;
    owner.cells(name, this.s);
    owner.cells(`${name}.counters`, this.counters);
    owner.cells(`${name}.hold`, { bytes: this.hold });
    this.port = owner.dmaPort(channel.name, { burst: BURST, buffer: BURST, countsData: true });
    this.portDone = owner.completion(this.port, 'done', (status) => this.onPort(status));
    this.cable = owner.event(`${channel.name}.cable`, () => this.onCable());
    channel.onDmaRequest = () => this.kick();
  }

  /** The registers of this channel. */
  attach(registers: BusMasterRegisters): void {
    this.r = registers;
  }

  /**
   * The channel's interrupt as the controller passes it on: held back until all data read from the
   * drive is in memory. A rising edge latches the Interrupt bit (interface 1.0 §Status register,
   * Interrupt). Runs with the device's outputs.
   */
  sampleInterrupt(): boolean {
    const s = this.s;
    const level = this.channel.intrq && !(s.active && s.toMemory && (s.holdCount > 0 || s.op === OP.DATA));
    if (level !== s.intrq) {
      if (level) this.r.status.INT = 1;
      s.intrq = level;
    }
    return level;
  }

  /** A write of the command register (BMIC). */
  commandWritten(start: boolean): void {
    if (start === this.s.started) return;
    this.s.started = start;
    if (start) this.start();
    else this.stop();
  }

  /** Bus Master Enable was written: a parked request is made again. */
  mayMasterChanged(): void {
    const s = this.s;
    if (!s.parked || !this.owner.mayMaster()) return;
    s.parked = false;
    this.request();
  }

  private start(): void {
    const s = this.s;
    s.active = true;
    s.toMemory = this.r.command.RWCON === 1;
    s.table = (this.r.table.value & ~3) >>> 0;
    s.prdLeft = 0;
    s.prdEnd = false;
    this.kick();
  }

  /**
   * Start bit cleared: an unfinished transfer is given up, what the buffer holds is lost (interface
   * 1.0 §Command register).
   */
  private stop(): void {
    if (this.s.active) this.owner.note('bus-master-stopped', `${this.channel.name}: stopped while active`);
    this.halt();
  }

  private halt(): void {
    const s = this.s;
    this.port.abort();
    this.cable.cancel();
    s.active = false;
    s.op = OP.NONE;
    s.parked = false;
    s.fetched = 0;
    s.holdCount = 0;
    s.cableBytes = 0;
  }

  /**
   * The drive that requests DMA in this direction and agrees with the controller on a protocol, or
   * null.
   */
  private requesting(phase: number): CableDrive | null {
    const d = this.channel.selected;
    return d !== null && d.s.phase === phase && d.dmaAvailable > 0 ? d : null;
  }

  /** Starts whatever can go on. */
  private kick(): void {
    const s = this.s;
    if (!s.active || s.parked) return;
    if (s.toMemory) this.kickToMemory();
    else this.kickFromMemory();
  }

  private kickToMemory(): void {
    const s = this.s;
    if (s.op === OP.NONE && s.holdCount > 0) {
      this.port.buffer.set(this.hold);
      s.op = OP.DATA;
      s.opAddress = s.holdAddress;
      s.opBytes = s.holdCount;
      s.holdCount = 0;
      this.request();
    }
    if (s.prdLeft === 0 && !this.nextDescriptor(s.op === OP.NONE && s.holdCount === 0 && s.cableBytes === 0)) return;
    if (s.cableBytes === 0 && s.holdCount === 0) {
      const d = this.requesting(PHASE.DMA_IN);
      if (d !== null) this.startCable(d, this.chunk(d.dmaAvailable));
    }
  }

  private kickFromMemory(): void {
    const s = this.s;
    const d = this.requesting(PHASE.DMA_OUT);
    if (s.fetched > 0 && s.holdCount === 0) {
      this.hold.set(this.port.buffer);
      s.holdCount = s.fetched;
      s.holdAt = 0;
      s.fetched = 0;
    }
    if (d !== null && s.cableBytes === 0 && s.holdCount > 0)
      this.startCable(d, Math.min(s.holdCount - s.holdAt, d.dmaAvailable));
    if (s.op !== OP.NONE || s.fetched > 0) return;
    if (s.prdLeft === 0 && !this.nextDescriptor(!s.prdEnd || (s.holdCount === 0 && s.cableBytes === 0))) return;
    if (d !== null) {
      s.op = OP.DATA;
      s.opAddress = s.prdAddress;
      s.opBytes = this.chunk(BURST);
      this.advance(s.opBytes);
      this.request();
    }
  }

  /**
   * The current descriptor is used up: ends the transfer or fetches the next one, once `drained`.
   * False: nothing more can go on now.
   */
  private nextDescriptor(drained: boolean): false {
    const s = this.s;
    if (!drained) return false;
    if (s.prdEnd) {
      s.active = false;
      this.tableEnded();
      return false;
    }
    s.op = OP.PRD;
    s.opAddress = s.table;
    s.opBytes = PRD.BYTES;
    this.request();
    return false;
  }

  /** All regions are used up: a drive that has not ended its command waits. */
  private tableEnded(): void {
    const d = this.requesting(this.s.toMemory ? PHASE.DMA_IN : PHASE.DMA_OUT), rule = 'ide-table-short';
    if (d === null) return;
    const { owner, channel } = this;
    owner.note(rule, breach(owner.sim, rule, `${channel.name}: the table ends before the drive's data`));
    if (forgives(owner.sim, rule)) d.giveUp();
  }

  /** A request found Bus Master Enable off: software that waits nevertheless may be forgiven. */
  private mayNotMaster(): void {
    const { owner, channel } = this, rule = 'ide-bus-master-off';
    const d = this.requesting(this.s.toMemory ? PHASE.DMA_IN : PHASE.DMA_OUT);
    if (d === null || !forgives(owner.sim, rule)) return;
    owner.note(rule, breach(owner.sim, rule, `${channel.name}: the drive ends its command`));
    d.completeUnmoved();
  }

  /**
   * Bytes of the next chunk: to the end of the descriptor, of the 64 KiB window, of a 64-byte line.
   */
  private chunk(limit: number): number {
    const s = this.s;
    return Math.min(limit, s.prdLeft, BURST - (s.prdAddress % BURST));
  }

  /**
   * Addresses count within the 64 KiB window (interface 1.0 §Physical region descriptor: a region
   * does not cross one; the counter has 16 bits).
   */
  private advance(n: number): void {
    const s = this.s;
    s.prdLeft -= n;
    s.prdAddress = wrap(s.prdAddress, n);
  }

  private startCable(d: CableDrive, n: number): void {
    const s = this.s;
    const cycle = this.channel.timing.dma(d, s.toMemory);
    if (cycle === 0) {
      this.owner.note(
        'dma-protocol',
        `${this.channel.name}: controller and drive are not set to the same kind of DMA; nothing moves`,
      );
      return;
    }
    if (
      this.fault !== null &&
      this.fault.kind === 'hang' &&
      this.counters.bytesToMemory + this.counters.bytesFromMemory >= this.fault.afterBytes
    )
      return;
    s.cableBytes = n;
    this.cable.after(((n + 1) >> 1) * cycle);
  }

  /** The chunk has crossed the cable. */
  private onCable(): void {
    const s = this.s;
    const n = s.cableBytes;
    const d = this.requesting(s.toMemory ? PHASE.DMA_IN : PHASE.DMA_OUT);
    // The drive was reset, or another one selected, while the chunk was on the cable: it is lost.
    if (d === null || d.dmaAvailable < n) {
      s.cableBytes = 0;
      return;
    }
    if (s.toMemory) {
      s.holdAddress = s.prdAddress;
      this.advance(n);
      d.data.dmaTake(this.hold, 0, n);
      if (this.fault !== null && this.fault.kind === 'corrupt') this.corrupt(n, this.fault.everyBytes);
      s.holdCount = n;
    } else {
      d.data.dmaGive(this.hold, s.holdAt, n);
      s.holdAt += n;
      if (s.holdAt === s.holdCount) s.holdCount = 0;
      this.counters.bytesFromMemory += n;
    }
    s.cableBytes = 0;
    this.kick();
  }

  /** Asks the port for what `op` says. */
  private request(): void {
    const s = this.s;
    if (s.op === OP.DATA && s.toMemory) this.port.write(s.opAddress, s.opBytes, this.portDone);
    else this.port.read(s.opAddress, s.opBytes, this.portDone);
  }

  private onPort(status: number): void {
    const s = this.s;
    if (status !== STATUS.OK) {
      if (!this.owner.mayMaster()) {
        s.parked = true;
        this.owner.note('bus-master-off', `${this.channel.name}: wants the bus while Bus Master Enable is off`);
        this.mayNotMaster();
        return;
      }
      // Error is set, Active is cleared, the drive is left waiting (interface 1.0 §Status register,
      // Error).
      this.r.status.ERROR = 1;
      this.halt();
      return;
    }
    const op = s.op;
    s.op = OP.NONE;
    if (op === OP.PRD) {
      this.counters.prdFetches++;
      s.table = wrap(s.table, PRD.BYTES);
      s.prdAddress = (this.port.view.getUint32(0, true) & ~1) >>> 0;
      const flags = this.port.view.getUint32(4, true);
      s.prdLeft = flags & 0xfffe || PRD.WINDOW;
      s.prdEnd = flags >>> 31 === 1;
    } else if (s.toMemory) {
      this.counters.bytesToMemory += s.opBytes;
    } else {
      s.fetched = s.opBytes;
    }
    this.kick();
  }

  /** Flips one bit of the chunk if a multiple of `every` lies in it. */
  private corrupt(n: number, every: number): void {
    const total = this.counters.bytesToMemory + this.s.opBytes * +(this.s.op === OP.DATA);
    if (Math.floor((total + n) / every) === Math.floor(total / every)) return;
    let x = this.s.random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.s.random = x;
    this.hold[(x >>> 3) % n] ^= 1 << (x & 7);
  }
}

/** `address` + n within its 64 KiB window. */
function wrap(address: number, n: number): number {
  return ((address & 0xffff0000) | ((address + n) & 0xffff)) >>> 0;
}
