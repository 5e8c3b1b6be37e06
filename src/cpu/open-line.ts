import { ENGINE } from '../ir/layout.ts';
import type { WriteCombiningBuffers } from '../mem/write-combining.ts';
import type { ProcessorCounters } from '../arch/isa.ts';

const LINE = ENGINE.OPEN_LINE >> 2, FREE = ENGINE.OPEN_FREE >> 2, STORES = ENGINE.OPEN_STORES >> 2;
const DATA = ENGINE.OPEN_DATA >> 2;
/** No doubleword stands at an odd address. */
const CLOSED = 1;
/** Bytes that are open at a time: a line of the smallest buffers, or half of one. */
const BYTES = 32;

/**
 * A line of the write-combining buffers that machine code stores to by itself: aligned doublewords
 * that leave it partly filled, which change nothing but the buffer. It is open only while machine
 * code runs: before anything in TypeScript asks for buffers, counters or translations, it is closed
 * (`Port.enter`, and whenever the engine returns). So it is no state, and what the guest sees of a
 * line does not depend on whether it was opened.
 */
export class OpenLine {
  private readonly words: Int32Array;
  private readonly buffers: WriteCombiningBuffers;
  private readonly counters: ProcessorCounters;
  /** The last line that was open was stored to: the next one will be, too. A hint. */
  private used = true;

  constructor(words: Int32Array, buffers: WriteCombiningBuffers, counters: ProcessorCounters) {
    this.words = words;
    this.buffers = buffers;
    this.counters = counters;
    words[LINE] = CLOSED;
  }

  /** Stores of this kind are worth that their line is opened at its first. */
  get worthwhile(): boolean {
    return this.used;
  }

  /**
   * Opens the line that was stored to last, if it is still there.
   * @param virtual address of that store; `physical`: where it goes, both signed or not
   */
  open(virtual: number, physical: number): void {
    const { words } = this, free = this.buffers.lend(physical & -BYTES, words, DATA);
    if (free === 0) return;
    // The bits stand as machine code counts them: by the doubleword's address, modulo 32.
    words[FREE] = free << ((virtual >>> 2) & 0x18);
    words[STORES] = 0;
    words[LINE] = virtual & -BYTES;
  }

  /** Gives the line back, if one is open. */
  close(): void {
    const { words } = this;
    if (words[LINE] === CLOSED) return;
    const stores = words[STORES];
    this.used = stores !== 0;
    if (stores !== 0) {
      this.counters.mmioWrites += stores;
      this.buffers.takeBack(words, DATA, (words[FREE] >>> ((words[LINE] >>> 2) & 0x18)) & 0xff);
    }
    words[LINE] = CLOSED;
  }
}
