import type { Bank, BankHooks } from '../../../reg/bank.ts';
import { MODE, type I8237Registers } from './spec.ts';

export type I8237Bank = Bank<I8237Registers>;

/** Decoded bits of a mode register. */
const MODE_SHIFT = 6, DECREMENT = 0x20, AUTOINIT = 0x10, TRANSFER_SHIFT = 2;
/** Bits of the command register. */
const MEMORY_TO_MEMORY = 0x01, HOLD_ADDRESS = 0x02, DISABLE = 0x04, COMPRESSED = 0x08, ROTATING = 0x10;
const DREQ_LOW = 0x40;

/**
 * The registers of one 8237A and what follows from them: who requests, who is first, how addresses
 * and counts go on. It makes no cycles: the pair does (`service.ts`).
 */
export class I8237Chip {
  readonly state = {
    // DEVIATES: these five are 0 after a reset; the data sheet leaves them open.
    baseAddress: new Uint16Array(4),
    baseCount: new Uint16Array(4),
    address: new Uint16Array(4),
    count: new Uint16Array(4),
    mode: new Uint8Array(4),
    command: 0,
    mask: 15,
    /** Software requests. */
    request: 0,
    terminalCount: 0,
    /** First/last flip-flop: the next byte is the high one. */
    highByte: false,
    temporary: 0,
    /** Rotating priority: the channel that is last. */
    lowest: 3,
  };
  /** Levels at the DREQ pins: no reset touches them. */
  readonly pins = { dreq: 0 };

  /** Without those of the request register and of master clear, which concern the pair. */
  readonly hooks: BankHooks<I8237Registers> = {
    ADDRESS0: this.word((s) => [s.baseAddress, s.address], 0),
    COUNT0: this.word((s) => [s.baseCount, s.count], 0),
    ADDRESS1: this.word((s) => [s.baseAddress, s.address], 1),
    COUNT1: this.word((s) => [s.baseCount, s.count], 1),
    ADDRESS2: this.word((s) => [s.baseAddress, s.address], 2),
    COUNT2: this.word((s) => [s.baseCount, s.count], 2),
    ADDRESS3: this.word((s) => [s.baseAddress, s.address], 3),
    COUNT3: this.word((s) => [s.baseCount, s.count], 3),
    STATUS: {
      get: { TC: () => this.state.terminalCount, REQUEST: () => this.asking },
      read: () => {
        this.state.terminalCount = 0;
      },
    },
    COMMAND: {
      write: (w) => {
        this.state.command = w.value & 0xff;
      },
    },
    SINGLE_MASK: {
      write: (w) => {
        this.state.mask = withBit(this.state.mask, w.CHANNEL, w.SET);
      },
    },
    MODE: {
      write: (w) => {
        this.state.mode[w.CHANNEL] = w.value & 0xfc;
      },
    },
    CLEAR_FLIP_FLOP: {
      write: () => {
        this.state.highByte = false;
      },
    },
    TEMPORARY: { get: { BYTE: () => this.state.temporary } },
    CLEAR_MASK: {
      write: () => {
        this.state.mask = 0;
      },
    },
    ALL_MASK: {
      get: { MASK: () => this.state.mask },
      write: (w) => {
        this.state.mask = w.MASK;
      },
    },
  };

  /** A 16-bit register behind the flip-flop: writes go to base and current, reads see current. */
  private word(registers: (s: I8237Chip['state']) => [base: Uint16Array, current: Uint16Array], channel: number) {
    const [base, current] = registers(this.state);
    const s = this.state;
    return {
      get: { BYTE: () => (s.highByte ? current[channel] >> 8 : current[channel] & 0xff) },
      read: () => {
        s.highByte = !s.highByte;
      },
      write: (w: { readonly value: number }) => {
        const byte = w.value & 0xff, old = base[channel];
        base[channel] = s.highByte ? (old & 0xff) | (byte << 8) : (old & 0xff00) | byte;
        current[channel] = base[channel];
        s.highByte = !s.highByte;
      },
    };
  }

  /** §Software Commands, Master Clear: modes, addresses and counts stay. */
  masterClear(): void {
    const s = this.state;
    s.command = 0;
    s.mask = 15;
    s.request = 0;
    s.terminalCount = 0;
    s.highByte = false;
    s.temporary = 0;
    s.lowest = 3;
  }

  softwareRequest(channel: number, set: number): void {
    this.state.request = withBit(this.state.request, channel, set);
  }

  /** DREQ pin of a channel. */
  setDreq(channel: number, level: boolean): void {
    this.pins.dreq = withBit(this.pins.dreq, channel, level ? 1 : 0);
  }

  /** Channels with DREQ active or a software request, masked or not (§Status Register). */
  get asking(): number {
    const s = this.state;
    return (((s.command & DREQ_LOW) === 0 ? this.pins.dreq : ~this.pins.dreq) | s.request) & 15;
  }

  /** Channels that want the bus: a mask stops DREQ only (§Request Register). */
  get requesting(): number {
    const s = this.state;
    if ((s.command & DISABLE) !== 0) return 0;
    const dreq = (s.command & DREQ_LOW) === 0 ? this.pins.dreq : ~this.pins.dreq;
    return ((dreq & ~s.mask) | s.request) & 15;
  }

  /** A channel goes on asking for the bus. */
  asks(channel: number): boolean {
    return ((this.requesting >> channel) & 1) === 1;
  }

  /**
   * The first of `channels` (a bit each, not 0): fixed priority puts 0 first, rotating priority the
   * one behind the channel that was served last (§Priority).
   */
  first(channels: number): number {
    const from = (this.state.command & ROTATING) === 0 ? 0 : this.state.lowest + 1;
    for (let k = 0; k < 4; k++) {
      const channel = (from + k) & 3;
      if (((channels >> channel) & 1) === 1) return channel;
    }
    return 0;
  }

  /** A service of this channel ends: in rotating priority it is last now. */
  served(channel: number): void {
    this.state.lowest = channel;
  }

  mode(channel: number): number {
    return this.state.mode[channel] >> MODE_SHIFT;
  }
  /** One of TRANSFER. */
  transfer(channel: number): number {
    return (this.state.mode[channel] >> TRANSFER_SHIFT) & 3;
  }
  isCascade(channel: number): boolean {
    return this.mode(channel) === MODE.CASCADE;
  }
  get memoryToMemory(): boolean {
    return (this.state.command & MEMORY_TO_MEMORY) !== 0;
  }
  /** Compressed timing; not in memory-to-memory mode (§Command Register). */
  get compressed(): boolean {
    return (this.state.command & (COMPRESSED | MEMORY_TO_MEMORY)) === COMPRESSED;
  }
  get holdsAddress(): boolean {
    return (this.state.command & HOLD_ADDRESS) !== 0;
  }

  /** The next transfer needs an S1: its address bits 15:8 differ from those before. */
  carries(channel: number): boolean {
    const s = this.state;
    const low = s.address[channel] & 0xff;
    return (s.mode[channel] & DECREMENT) === 0 ? low === 0 : low === 0xff;
  }

  /** How many of the next `transfers` behind the one at hand need an S1. */
  latches(channel: number, transfers: number): number {
    const s = this.state, from = s.address[channel];
    return (s.mode[channel] & DECREMENT) === 0
      ? ((from + transfers) >> 8) - (from >> 8)
      : (from >> 8) - ((from - transfers) >> 8);
  }

  /** Address after a transfer: within 16 bits. */
  advance(channel: number): void {
    const s = this.state;
    s.address[channel] += (s.mode[channel] & DECREMENT) === 0 ? 1 : -1;
  }

  /** The transfer at hand is the last: the count goes from 0 to FFFFh. */
  last(channel: number): boolean {
    return this.state.count[channel] === 0;
  }

  countDown(channel: number): void {
    this.state.count[channel]--;
  }

  /**
   * Terminal count, or EOP from outside (§EOP): the status bit, the end of a software request, and
   * autoinitialization or the mask bit.
   */
  end(channel: number): void {
    const s = this.state, bit = 1 << channel;
    s.terminalCount |= bit;
    s.request &= ~bit;
    if (!this.reload(channel)) s.mask |= bit;
  }

  /** Autoinitialization of a channel, if it is programmed so. */
  reload(channel: number): boolean {
    const s = this.state;
    if ((s.mode[channel] & AUTOINIT) === 0) return false;
    s.address[channel] = s.baseAddress[channel];
    s.count[channel] = s.baseCount[channel];
    return true;
  }
}

function withBit(bits: number, n: number, set: number): number {
  return set === 0 ? bits & ~(1 << n) : bits | (1 << n);
}
