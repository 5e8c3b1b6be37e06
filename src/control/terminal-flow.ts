import { Transaction } from '../mem/transaction.ts';
import type { SavedState } from '../sim/state.ts';
import { ms, type Ticks } from '../sim/time.ts';
import type { Attachment } from './session.ts';

/** What is needed of a machine to look at COM1 as a debugger does: no effects, no time. */
interface Peekable {
  readonly sim: { readonly scheduler: { readonly now: Ticks } };
  /** Characters on the line to COM1. */
  readonly serialPending: number;
  peek(space: 'memory' | 'io', address: number, size: number, tx: Transaction): number;
}

const INTERRUPT_ENABLE = 0x3f9, LINE_CONTROL = 0x3fb, MODEM_CONTROL = 0x3fc, LINE_STATUS = 0x3fd;
const ERBFI = 1 << 0;
const DLAB = 1 << 7;
/** Character length of 7 or 8 bits: software has chosen a format. */
const LONG_CHARACTER = 1 << 1;
const DTR = 1 << 0, RTS = 1 << 1, LOOP = 1 << 4;
const DATA_READY = 1 << 0;
/** A driver that is still being set up does not look like a port without handshake for so long. */
const SETTLED = ms(10);
/** Simulated time between two looks: they stand at its multiples since reset. */
const SLICE = ms(5);
/**
 * Simulated time from a character to the next look: a little more than 10 bits take at 115200 baud.
 */
const KEY_TIME = ms(0.1);

/**
 * A terminal that heeds the guest: it sends the next character only when the guest listens and has
 * taken the last one, so that text from a pipe is neither lost during the boot nor overruns the
 * receiver (PC16550D §8.4, §8.6, §8.7). A guest listens when Request To Send is on or when it has
 * enabled the receiver's interrupt. One that programs the port and leaves the modem lines alone
 * (DTR off: a cable of three wires) listens, too; a driver that has turned on DTR, as Linux does
 * long before somebody reads, will turn on RTS.
 *
 * It looks at times of its own, whatever else the run is stopped for, and is part of a snapshot: a
 * run that is watched, or cut and gone on with, is typed to as any other.
 */
export class TerminalFlow implements Attachment {
  private readonly tx = new Transaction('terminal');
  private readonly machine: Peekable;
  /** Since when the port has been programmed and without modem lines; -1: it is not. */
  private threeWiresSince: Ticks = -1;
  private next: Ticks = 0;

  constructor(machine: Peekable) {
    this.machine = machine;
    this.tx.debug = true;
  }

  /** When `look` is to be called: at the first stop of the machine that is not before this time. */
  get nextLook(): Ticks {
    return this.next;
  }

  /**
   * Looks at the port, as must be done even if there is nothing to type: it must see it at rest.
   * True if the character that is `waiting` is to be sent now.
   */
  look(waiting: boolean): boolean {
    const sends = this.ready() && waiting;
    const { now } = this.machine.sim.scheduler;
    this.next = sends ? now + KEY_TIME : (Math.floor(now / SLICE) + 1) * SLICE;
    return sends;
  }

  save(): SavedState {
    return { flow: { threeWiresSince: this.threeWiresSince, next: this.next } };
  }

  mismatch(saved: SavedState): string {
    const { threeWiresSince, next } = saved['flow'] ?? {};
    return isTime(threeWiresSince, -1) && isTime(next, 0) ? '' : 'times that are none';
  }

  /** Call it when the machine has its state. */
  load(saved: SavedState): void {
    const { threeWiresSince, next } = saved['flow'] as { threeWiresSince: Ticks; next: Ticks };
    const { now } = this.machine.sim.scheduler;
    this.threeWiresSince = Math.min(threeWiresSince, now);
    this.next = Math.min(next, now + SLICE);
  }

  private ready(): boolean {
    const mcr = this.port(MODEM_CONTROL), lcr = this.port(LINE_CONTROL);
    const programmed = (lcr & DLAB) === 0 && (lcr & LONG_CHARACTER) !== 0 && (mcr & LOOP) === 0;
    const now = this.machine.sim.scheduler.now;
    if (!programmed || (mcr & DTR) !== 0) this.threeWiresSince = -1;
    else if (this.threeWiresSince < 0) this.threeWiresSince = now;
    if (!programmed || this.machine.serialPending > 0 || (this.port(LINE_STATUS) & DATA_READY) !== 0) return false;
    if ((mcr & RTS) !== 0 || (this.port(INTERRUPT_ENABLE) & ERBFI) !== 0) return true;
    return this.threeWiresSince >= 0 && now - this.threeWiresSince >= SETTLED;
  }

  private port(address: number): number {
    return this.machine.peek('io', address, 1, this.tx);
  }
}

function isTime(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
