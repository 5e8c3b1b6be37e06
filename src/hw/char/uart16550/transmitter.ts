import { FIFO_SIZE } from './spec.ts';

/** The transmitter: holding register or FIFO, and the shift register behind it. */
export class Transmitter {
  readonly state = {
    data: new Uint8Array(FIFO_SIZE),
    head: 0,
    count: 0,
    shift: 0,
    shifting: false,
  };

  /** THRE: the holding register or the FIFO is empty. */
  get empty(): boolean {
    return this.state.count === 0;
  }

  /** TEMT: the shift register is empty too. */
  get idle(): boolean {
    return this.state.count === 0 && !this.state.shifting;
  }

  hasRoom(fifo: boolean): boolean {
    return this.state.count < (fifo ? FIFO_SIZE : 1);
  }

  /**
   * A character is written. If it finds no room, a FIFO loses it, and the holding register is
   * overwritten.
   */
  push(character: number, fifo: boolean): void {
    const s = this.state;
    if (!this.hasRoom(fifo)) {
      if (fifo) return;
      s.count = 0;
    }
    s.data[(s.head + s.count) % FIFO_SIZE] = character;
    s.count++;
  }

  /** Moves the next character into the shift register; returns false if there is none. */
  load(): boolean {
    const s = this.state;
    s.shifting = s.count > 0;
    if (!s.shifting) return false;
    s.shift = s.data[s.head];
    s.head = (s.head + 1) % FIFO_SIZE;
    s.count--;
    return true;
  }

  /** Empties the FIFO; the character in the shift register still goes out. */
  clear(): void {
    this.state.head = 0;
    this.state.count = 0;
  }
}
