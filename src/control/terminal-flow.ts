import { Transaction } from '../mem/transaction.ts';

/** What is needed of a machine to look at COM1 as a debugger does: no effects, no time. */
interface Peekable {
  peek(space: 'memory' | 'io', address: number, size: number, tx: Transaction): number;
}

const MODEM_CONTROL = 0x3fc, LINE_STATUS = 0x3fd;
const RTS = 1 << 1, DATA_READY = 1 << 0;

/**
 * A terminal that heeds the guest: it sends the next character only when COM1's Request To Send is
 * on (a driver has opened the port) and the guest has taken the last character, so that text from a
 * pipe is neither lost during the boot nor overruns the receiver (PC16550D §8.4, §8.6).
 */
export class TerminalFlow {
  private readonly tx = new Transaction('terminal');
  private readonly machine: Peekable;

  constructor(machine: Peekable) {
    this.machine = machine;
    this.tx.debug = true;
  }

  /** Whether the guest can take a character now. */
  ready(): boolean {
    if ((this.machine.peek('io', MODEM_CONTROL, 1, this.tx) & RTS) === 0) return false;
    return (this.machine.peek('io', LINE_STATUS, 1, this.tx) & DATA_READY) === 0;
  }
}
