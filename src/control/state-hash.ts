import type { CellValue, SavedState } from '../sim/state.ts';

/**
 * Odd multipliers with about as many ones as zeros: the golden ratio and the square roots of 2 and
 * 3, as 32-bit fractions.
 */
const M1 = 0x9e3779b1 | 0, M2 = 0x6a09e667, M3 = 0xbb67ae85 | 0;

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

/**
 * A 64-bit hash of our own for comparing states: fast over much memory, the same in every
 * JavaScript engine. It is no protection against anybody who wants two states to collide. Typed
 * arrays are hashed as the host stores them, which is little-endian wherever WebAssembly's memory
 * is shared with them.
 */
export class StateHash {
  private high = M2 | 0;
  private low = M3;

  /** Takes one 32-bit word. */
  word(w: number): void {
    const h = Math.imul(this.high ^ w, M1);
    this.high = (h ^ (h >>> 15)) + this.low | 0;
    const l = Math.imul(this.low ^ (w << 16 | w >>> 16), M3);
    this.low = (l ^ (l >>> 13)) + this.high | 0;
  }

  /** Takes a number by its value: -0 is 0, and there is one NaN. */
  number(value: number): void {
    scratch[0] = value + 0;
    if (value !== value) scratchWords.fill(-1);
    this.word(scratchWords[0]);
    this.word(scratchWords[1]);
  }

  /** Takes a text by its UTF-16 units, and its length. */
  text(value: string): void {
    this.word(value.length);
    for (let i = 0; i < value.length; i++) this.word(value.charCodeAt(i));
  }

  /**
   * Takes words `from` to `to` (exclusive): four lanes, so that the multiplications of neighbours
   * overlap, then the lanes and the number of words.
   */
  words(words: Int32Array, from: number, to: number): void {
    let a = 1, b = 2, c = 3, d = 4;
    let i = from;
    for (const end = to - 3; i < end; i += 4) {
      a = Math.imul(a ^ words[i], M1);
      b = Math.imul(b ^ words[i + 1], M1);
      c = Math.imul(c ^ words[i + 2], M1);
      d = Math.imul(d ^ words[i + 3], M1);
      a ^= a >>> 15;
      b ^= b >>> 15;
      c ^= c >>> 15;
      d ^= d >>> 15;
    }
    for (; i < to; i++) this.word(words[i]);
    this.word(a);
    this.word(b);
    this.word(c);
    this.word(d);
    this.word(to - from);
  }

  /** Takes bytes and their number. */
  bytes(bytes: Uint8Array): void {
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    const whole = aligned.length >>> 2;
    this.words(new Int32Array(aligned.buffer, aligned.byteOffset, whole), 0, whole);
    for (let i = 4 * whole; i < aligned.length; i++) this.word(aligned[i]);
    this.word(aligned.length);
  }

  /** Takes a cell's value with its type. */
  cell(value: CellValue): void {
    if (typeof value === 'number') {
      this.word(1);
      this.number(value);
    } else if (typeof value === 'boolean') {
      this.word(value ? 3 : 2);
    } else if (typeof value === 'string') {
      this.word(4);
      this.text(value);
    } else if (value instanceof Float64Array) {
      this.word(5);
      this.word(value.length);
      for (const v of value) this.number(v);
    } else {
      this.word(6 + value.BYTES_PER_ELEMENT);
      this.bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    }
  }

  /** Takes groups of cells with their names, in the order of the names. */
  state(saved: SavedState): void {
    for (const group of Object.keys(saved).sort()) {
      this.text(group);
      const cells = saved[group];
      for (const name of Object.keys(cells).sort()) {
        this.text(name);
        this.cell(cells[name]);
      }
    }
  }

  /** 16 lower-case hexadecimal digits of what was taken so far. */
  digest(): string {
    let a = this.high, b = this.low;
    for (let round = 0; round < 3; round++) {
      a = Math.imul(a ^ (b >>> 16), M1);
      b = Math.imul(b ^ (a >>> 15), M3);
    }
    a ^= b >>> 16;
    return hex(a) + hex(b);
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
