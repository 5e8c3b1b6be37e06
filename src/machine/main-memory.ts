import { Component, type Identity, type Simulation } from '../sim/component.ts';
import type { SavedState } from '../sim/state.ts';

const PAGE = 4096;

/**
 * The contents of RAM as a part of the machine's state. A snapshot holds only pages that are not
 * all zero. Reset leaves RAM as it is, as it does on a PC.
 */
export class MainMemory extends Component {
  private readonly bytes: Uint8Array;

  constructor(name: string, sim: Simulation, bytes: Uint8Array) {
    super(name, sim);
    this.bytes = bytes;
  }

  override describe(): Identity {
    return { compatible: 'memory', title: 'Main memory', datasheet: '' };
  }

  override save(): SavedState {
    const words = new BigUint64Array(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length / 8);
    const numbers: number[] = [];
    for (let page = 0; page * PAGE < this.bytes.length; page++) {
      const end = ((page + 1) * PAGE) / 8;
      for (let at = (page * PAGE) / 8; at < end; at++) {
        if (words[at] !== 0n) {
          numbers.push(page);
          break;
        }
      }
    }
    const data = new Uint8Array(numbers.length * PAGE);
    numbers.forEach((page, i) => data.set(this.bytes.subarray(page * PAGE, (page + 1) * PAGE), i * PAGE));
    return { contents: { size: this.bytes.length, pages: Uint32Array.from(numbers), data } };
  }

  override mismatch(saved: SavedState): string {
    const c = saved['contents'];
    if (c === undefined) return 'contents are missing';
    const { size, pages, data } = c;
    if (size !== this.bytes.length) return `it is of ${String(size)} bytes, this machine has ${this.bytes.length}`;
    if (!(pages instanceof Uint32Array) || !(data instanceof Uint8Array) || data.length !== pages.length * PAGE)
      return 'contents have another shape';
    if (pages.some((p) => p * PAGE >= this.bytes.length)) return 'a page lies outside';
    return '';
  }

  override load(saved: SavedState): void {
    const wrong = this.mismatch(saved);
    if (wrong !== '') throw new Error(wrong);
    const { pages, data } = saved['contents'] as { pages: Uint32Array; data: Uint8Array };
    this.bytes.fill(0);
    pages.forEach((page, i) => this.bytes.set(data.subarray(i * PAGE, (i + 1) * PAGE), page * PAGE));
  }
}
