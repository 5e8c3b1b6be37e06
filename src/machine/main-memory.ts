import { nonzeroPages, zeroWords } from '../bits/zero.ts';
import type { Ram } from '../mem/ram.ts';
import { Component, type Identity, type Simulation } from '../sim/component.ts';
import type { SavedState } from '../sim/state.ts';

const PAGE = 4096;
const WORDS = PAGE / 4;
/** Firmware puts its tables below 1 MiB, and nothing anywhere else. */
const FIRMWARE_END = 0x100000;

/**
 * The contents of RAM as a part of the machine's state. A snapshot holds only pages that are not
 * all zero, in ascending order. Reset leaves RAM as it is, as it does on a PC.
 */
export class MainMemory extends Component {
  private readonly bytes: Uint8Array;
  private readonly words: Int32Array;
  /** A bus or a load has written: something else than zero may be anywhere. */
  private touched = false;

  /** @param ram whole pages of 4096 bytes */
  constructor(name: string, sim: Simulation, ram: Ram) {
    super(name, sim);
    const { bytes } = ram;
    this.bytes = bytes;
    const before = ram.onWrite;
    ram.onWrite = (offset, length) => {
      before(offset, length);
      this.touched = true;
    };
    this.words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  }

  override describe(): Identity {
    return { compatible: 'memory', title: 'Main memory', datasheet: '' };
  }

  override save(): SavedState {
    const numbers = nonzeroPages(this.bytes, PAGE);
    const data = new Uint8Array(numbers.length * PAGE);
    numbers.forEach((page, i) => data.set(this.bytes.subarray(page * PAGE, (page + 1) * PAGE), i * PAGE));
    return { contents: { size: this.bytes.length, pages: Uint32Array.from(numbers), data } };
  }

  /**
   * The same without a copy, for whoever compares or copies pages at once: `memory` is RAM itself,
   * in which page n lies at n * 4096.
   */
  override saveInPlace(): SavedState {
    const pages = Uint32Array.from(nonzeroPages(this.bytes, PAGE));
    return { contents: { size: this.bytes.length, pages, memory: this.bytes } };
  }

  override mismatch(saved: SavedState): string {
    const c = saved['contents'];
    if (c === undefined) return 'contents are missing';
    const { size, pages, data } = c;
    if (size !== this.bytes.length) return `it is of ${String(size)} bytes, this machine has ${this.bytes.length}`;
    if (!(pages instanceof Uint32Array) || !(data instanceof Uint8Array) || data.length !== pages.length * PAGE)
      return 'contents have another shape';
    if (pages.length > 0 && pages[pages.length - 1] * PAGE >= this.bytes.length) return 'a page lies outside';
    for (let i = 1; i < pages.length; i++) if (pages[i] <= pages[i - 1]) return 'its pages are not in order';
    return '';
  }

  /**
   * @param fresh nobody wrote to RAM since the machine was built but firmware, below 1 MiB, and
   *   buses
   */
  override load(saved: SavedState, fresh = false): void {
    const wrong = this.mismatch(saved);
    if (wrong !== '') throw new Error(wrong);
    const { pages, data } = saved['contents'] as { pages: Uint32Array; data: Uint8Array };
    const end = (fresh && !this.touched ? Math.min(FIRMWARE_END, this.bytes.length) : this.bytes.length) / PAGE;
    this.touched = true;
    let done = 0;
    pages.forEach((page, i) => {
      this.clear(done, Math.min(page, end));
      this.bytes.set(data.subarray(i * PAGE, (i + 1) * PAGE), page * PAGE);
      done = page + 1;
    });
    this.clear(done, end);
  }

  /**
   * Makes pages zero. A page that was never written costs the host no memory, and stays so: it is
   * only read (which takes a microsecond, as the host looks for it).
   */
  private clear(from: number, to: number): void {
    for (let page = from; page < to; page++)
      if (!zeroWords(this.words, page * WORDS, (page + 1) * WORDS)) this.bytes.fill(0, page * PAGE, (page + 1) * PAGE);
  }
}
