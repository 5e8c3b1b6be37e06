import type { TerminalApi } from '../protocol/own.ts';

/** Wall time between two pieces for the page (ms): as often as a screen is drawn. */
const FRAME = 16;
/** What is kept of what COM1 has said, for a page that begins to listen late. */
const KEPT = 2 ** 20;

type Listener = (bytes: Uint8Array) => Promise<void>;

/** COM1 of this worker's machine. */
export class TerminalHost implements TerminalApi {
  /** Takes what is typed; null: nobody. */
  typist: ((bytes: Uint8Array) => void) | null = null;
  private bytes = new Uint8Array(4096);
  private length = 0;
  /** How much of it the listener has. */
  private taken = 0;
  private told: Listener | null = null;
  private busy = false;

  /** Another machine: nothing has been said. */
  clear(): void {
    this.length = this.taken = 0;
    this.typist = null;
  }

  /** A character has left COM1. */
  heard(byte: number): void {
    if (this.length === this.bytes.length) this.makeRoom();
    this.bytes[this.length++] = byte;
    if (!this.busy && this.told !== null) this.send(this.told);
  }

  async follow(told: Listener): Promise<void> {
    this.told = told;
    this.taken = 0;
    // A listener before it may have gone with a piece in its hands, which it will never have taken.
    this.busy = false;
    if (this.length > 0) this.send(told);
  }

  async type(text: string): Promise<void> {
    this.typist?.(new TextEncoder().encode(text));
  }

  /** One piece is under way at most; what comes meanwhile goes with the next. */
  private send(told: Listener): void {
    this.busy = true;
    setTimeout(() => {
      if (told !== this.told) return;
      const piece = this.bytes.slice(this.taken, this.length);
      this.taken = this.length;
      told(piece).then(() => this.next(told), () => this.gone(told));
    }, FRAME);
  }

  private next(told: Listener): void {
    if (told !== this.told) return;
    this.busy = false;
    if (this.taken < this.length) this.send(told);
  }

  private gone(told: Listener): void {
    if (told === this.told) this.told = null;
  }

  /** Twice the room, or the older half goes. */
  private makeRoom(): void {
    if (this.length < KEPT) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes);
      this.bytes = larger;
      return;
    }
    const half = this.length / 2;
    this.bytes.copyWithin(0, half);
    this.length -= half;
    this.taken = Math.max(0, this.taken - half);
  }
}
