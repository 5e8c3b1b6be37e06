/**
 * The time stamp counter: cycles of the processor's clock plus an offset. Where the clock goes with
 * the instructions, the counter's value at the end of the budget stands in derived cells (`STAMP`),
 * so that RDTSC need not leave the engine (`helper-front.ts`).
 */
import { STAMP } from './state.ts';
import type { CorePort } from '../isa.ts';

// Word indices. Constants of this module's own go into machine code, imported ones are looked up.
const VALID = STAMP.VALID >> 2, USED = STAMP.USED >> 2, END = STAMP.END >> 2;

export class TimeStamp {
  private readonly port: CorePort;
  private readonly words: Int32Array;
  private readonly state: { offset: number };

  constructor(port: CorePort) {
    this.port = port;
    this.words = port.engine.words;
    this.state = port.declare('timestamp', { offset: 0 });
  }

  /** The counter at the instruction at hand. */
  read(): number {
    this.words[USED] = 1;
    return this.stamp();
  }

  set(cycles: number): void {
    this.state.offset = cycles - this.port.cycles();
    this.words[VALID] = 0;
  }

  /**
   * The budget counts from another time. Who polls a device for a time by the clock reads it before
   * and after each access: then the cells are filled again at once.
   */
  reanchored(): void {
    this.words[USED] = 0;
    this.stamp();
  }

  private stamp(): number {
    const { port, words: w } = this;
    const now = port.cycles() + this.state.offset;
    if (port.steady) {
      const end = now + port.budget() - 1;
      w[END] = end | 0;
      w[END + 1] = Math.floor(end / 2 ** 32) | 0;
      w[VALID] = 1;
    }
    return now;
  }
}
