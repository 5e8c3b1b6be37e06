import type { BankView } from '../../../reg/bank.ts';
import { BIG_ENDIAN, type DISPI_REGISTERS, type EXTENDED_REGISTERS } from './spec.ts';
import type { VgaRegisters } from './spec-ports.ts';
import { characterOf } from './code-page.ts';
import { storedBits } from './dispi.ts';
import { characterDots, type Timing } from './timing.ts';

/** What the beam needs between lines. */
export function scanCells() {
  return {
    /** Address counter at the beginning of the row, and the scan line in it. */
    address: 0, row: 0,
    /** The line is drawn for the second time (double scan). */
    again: false,
    /** Values that the vertical retrace has taken for the next picture. */
    start: 0, preset: 0, bytePanning: 0, panning: 0, first: 0,
    /** Panning is off below the line compare. */
    split: false,
    /** Pictures that began before this one: what blinks follows it. */
    frame: 0,
  };
}

/** Where lines come from. */
export interface ScanSource {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly r: BankView<VgaRegisters>;
  readonly dispi: BankView<(typeof DISPI_REGISTERS)['registers']>;
  readonly extended: BankView<(typeof EXTENDED_REGISTERS)['registers']>;
  /** The palette of the DAC as pixels. */
  readonly palette: Uint32Array;
}

const BLACK = 0xff000000;
/** Offset of each of the eight character maps in plane 2 (seqreg, index 03h). */
const MAPS: readonly number[] = [0, 0x4000, 0x8000, 0xc000, 0x2000, 0x6000, 0xa000, 0xe000];
/** Words of four planes. */
const WORDS = 0x10000;
/** Characters of a line, with one more for panning. */
const MOST_CHARACTERS = 257;

/** Makes pixels of what the beam fetches, a line at a time. */
export class ScanOut {
  private readonly source: ScanSource;
  private readonly cells: ReturnType<typeof scanCells>;
  /** Colours of a line as the DAC gets them. */
  private readonly dots = new Uint8Array(MOST_CHARACTERS * 9);

  constructor(source: ScanSource, cells: ReturnType<typeof scanCells>) {
    this.source = source;
    this.cells = cells;
  }

  /** The vertical retrace takes start address and panning for the next picture. */
  latch(): void {
    const { r, dispi } = this.source, c = this.cells;
    c.start = (r.START_HIGH.VALUE << 8) | r.START_LOW.VALUE;
    c.preset = r.PRESET_ROW.ROW;
    c.bytePanning = r.PRESET_ROW.BYTE_PANNING;
    c.panning = r.PIXEL_PANNING.DOTS;
    c.first = dispi.Y_OFFSET.LINES * this.lineBytes + Math.floor((dispi.X_OFFSET.PIXELS * this.bits) / 8);
  }

  frameBegins(frame: number): void {
    const c = this.cells;
    c.frame = frame;
    c.address = c.start + c.bytePanning;
    c.row = c.preset;
    c.again = c.split = false;
  }

  /** Bits of a pixel in memory, of a DISPI mode. */
  private get bits(): number {
    return storedBits(this.source.dispi);
  }
  /** Bytes from a line to the next, of a DISPI mode. */
  get lineBytes(): number {
    return Math.floor((this.source.dispi.VIRT_WIDTH.PIXELS * this.bits) / 8);
  }
  /** Bytes that the beam takes for a line. */
  fetchedBytes(): number {
    const { r, dispi } = this.source;
    if (dispi.ENABLE.ENABLED === 1) return Math.ceil((dispi.XRES.PIXELS * this.bits) / 8);
    return 4 * (r.H_DISPLAY_END.VALUE + 1);
  }

  /** What a word on the data lines looks like where pixels were wanted. */
  pixelOf(value: number): number {
    const { dispi, palette, r } = this.source;
    if (dispi.ENABLE.ENABLED === 0) return palette[value & r.DAC_MASK.MASK];
    switch (dispi.BPP.BITS) {
      case 8: return palette[value & 0xff];
      case 15: return COLOURS_15[value & 0xffff];
      case 16: return COLOURS_16[value & 0xffff];
      default: return opaque(value);
    }
  }

  /** A line of a DISPI mode, `width` pixels into `out` from `at` on. */
  linear(line: number, width: number, out: Uint32Array, at: number): void {
    const { bytes, words, palette, dispi, extended } = this.source;
    const mask = bytes.length - 1, big = extended.ENDIAN.ORDER === BIG_ENDIAN, bits = dispi.BPP.BITS;
    let from = this.cells.first + line * this.lineBytes;
    if (bits === 32) {
      // Offsets are multiples of a pixel: whole words.
      const last = words.length - 1;
      for (let x = 0, n = from >>> 2; x < width; x++, n++) {
        const pixel = words[n & last];
        out[at + x] = big ? (BLACK | (pixel >>> 8)) >>> 0 : opaque(pixel);
      }
    } else if (bits === 8) {
      for (let x = 0; x < width; x++) out[at + x] = palette[bytes[(from + x) & mask]];
    } else if (bits === 24) {
      for (let x = 0; x < width; x++, from += 3)
        out[at + x] =
          (BLACK | (bytes[from & mask] << 16) | (bytes[(from + 1) & mask] << 8) | bytes[(from + 2) & mask]) >>> 0;
    } else {
      const colours = bits === 15 ? COLOURS_15 : COLOURS_16, low = big ? 1 : 0;
      for (let x = 0; x < width; x++, from += 2)
        out[at + x] = colours[bytes[(from + low) & mask] | (bytes[(from + 1 - low) & mask] << 8)];
    }
  }

  /** A line of a mode of the VGA, `width` dots; goes on to the next. */
  vga(line: number, width: number, out: Uint32Array, at: number): void {
    const { r, palette } = this.source;
    if (r.CLOCKING.SCREEN_OFF === 1 || r.ATTRIBUTE_ADDRESS.PAS === 0) {
      out.fill(BLACK, at, at + width);
    } else {
      const characters = r.H_DISPLAY_END.VALUE + 1;
      let repeat = r.CLOCKING.HALF === 1 ? 2 : 1, pan = this.pan;
      if (r.MISC_GRAPHICS.GRAPHICS === 0) {
        this.text(characters + 1);
      } else if ((r.GRAPHICS_MODE.SHIFT & 2) !== 0) {
        this.colours256(characters + 1);
        repeat *= 2;
        pan >>= 1;
      } else {
        this.planar(characters + 1, r.GRAPHICS_MODE.SHIFT === 1);
      }
      const { dots } = this, mask = r.DAC_MASK.MASK;
      for (let x = 0, dot = pan; x < width; dot++)
        for (let n = repeat; n > 0 && x < width; n--, x++) out[at + x] = palette[dots[dot] & mask];
    }
    this.advance(line);
  }

  /** Dots by which the line is shifted to the left (attrreg, index 13h). */
  private get pan(): number {
    const { r } = this.source, n = this.cells.split && r.ATTRIBUTE_MODE.PAN_TOP_ONLY === 1 ? -1 : this.cells.panning;
    if (r.MISC_GRAPHICS.GRAPHICS === 0 && characterDots(r) === 9) return n < 0 || n >= 8 ? 0 : n + 1;
    return n < 0 ? 0 : n & 7;
  }

  /** The counters at the end of a line (crtcreg, indexes 09h, 13h, 18h). */
  private advance(line: number): void {
    const { r } = this.source, c = this.cells, o = r.OVERFLOW;
    const compare = r.LINE_COMPARE.VALUE | (o.LC8 << 8) | (r.MAX_SCAN.LC9 << 9);
    if (line >> r.CRTC_MODE.HALF_LINES === compare) {
      c.address = c.row = 0;
      c.again = false;
      c.split = true;
      return;
    }
    if (r.MAX_SCAN.DOUBLE === 1 && !c.again) {
      c.again = true;
      return;
    }
    c.again = false;
    if (c.row === r.MAX_SCAN.ROWS) {
      c.row = 0;
      c.address = (c.address + 2 * r.OFFSET.VALUE) & 0xffff;
    } else {
      c.row = (c.row + 1) & 31;
    }
  }

  /** The word of four planes that the address counter stands for (crtcreg, indexes 14h, 17h). */
  wordAt(counter: number): number {
    const { r } = this.source, m = r.CRTC_MODE;
    let a: number;
    if (r.UNDERLINE.DOUBLEWORD === 1) a = (counter << 2) | ((counter >> 14) & 3);
    else if (m.BYTE === 1) a = counter;
    else a = (counter << 1) | ((m.ADDRESS_WRAP === 1 ? counter >> 15 : counter >> 13) & 1);
    if (m.MAP13 === 0) a = (a & ~0x2000) | ((this.cells.row & 1) << 13);
    if (m.MAP14 === 0) a = (a & ~0x4000) | ((this.cells.row & 2) << 13);
    return a & (WORDS - 1);
  }

  /** The address counter after `n` characters of the row. */
  private counter(n: number): number {
    const { r } = this.source;
    return this.cells.address + (r.UNDERLINE.COUNT_4 === 1 ? n >> 2 : r.CRTC_MODE.COUNT_2 === 1 ? n >> 1 : n);
  }

  /** What the attribute controller makes of four bits (attrreg, indexes 00h to 0Fh, 10h, 14h). */
  private colours(): Uint8Array {
    const { r } = this.source, out = new Uint8Array(16);
    const select = r.COLOUR_SELECT, upper = select.P76 << 6;
    for (let n = 0; n < 16; n++) {
      const colour = r[`PALETTE${n}` as 'PALETTE0'].COLOUR;
      out[n] = upper | (r.ATTRIBUTE_MODE.P54S === 1 ? (select.P54 << 4) | (colour & 15) : colour);
    }
    return out;
  }

  private text(characters: number): void {
    const { words, r } = this.source, { dots, cells: c } = this;
    const colours = this.colours(), width = characterDots(r), mode = r.ATTRIBUTE_MODE;
    const map = r.CHARACTER_MAP, mapA = MAPS[map.A | (map.A2 << 2)], mapB = MAPS[map.B | (map.B2 << 2)];
    const cursor = r.CURSOR_START.OFF === 0 && (c.frame & 8) !== 0 &&
      c.row >= r.CURSOR_START.ROW && c.row <= r.CURSOR_END.ROW
      ? ((r.CURSOR_HIGH.VALUE << 8) | r.CURSOR_LOW.VALUE) + r.CURSOR_END.SKEW : -1;
    for (let n = 0, dot = 0; n < characters; n++) {
      const counter = this.counter(n), word = words[this.wordAt(counter)];
      const code = word & 0xff, attribute = (word >>> 8) & 0xff;
      const font = (attribute & 8) === 0 ? mapB : mapA;
      let row = (words[(font + code * 32 + c.row) & (WORDS - 1)] >>> 16) & 0xff;
      let back = attribute >> 4, fore = attribute & 15;
      if (mode.BLINK === 1) {
        back &= 7;
        if ((attribute & 0x80) !== 0 && (c.frame & 16) !== 0) fore = back;
      }
      if (mode.MONO === 1 && (attribute & 0x77) === 1 && c.row === r.UNDERLINE.ROW) row = 0xff;
      const line = mode.LINE_GRAPHICS === 1 && (code & 0xe0) === 0xc0 ? row & 1 : 0;
      if (counter === cursor) row = 0xff;
      fore = colours[fore & r.PLANE_ENABLE.PLANES];
      back = colours[back & r.PLANE_ENABLE.PLANES];
      for (let k = 7; k >= 0; k--) dots[dot++] = ((row >> k) & 1) === 0 ? back : fore;
      if (width === 9) dots[dot++] = line === 1 || counter === cursor ? fore : back;
    }
  }

  /** The lines of characters that memory has, from the start address on; null in graphics modes. */
  characters(t: Timing | null): string[] | null {
    const { r, words } = this.source;
    if (t === null || r.MISC_GRAPHICS.GRAPHICS === 1) return null;
    const rows = Math.floor(t.shownLines / ((r.MAX_SCAN.ROWS + 1) * (1 + r.MAX_SCAN.DOUBLE)));
    const start = (r.START_HIGH.VALUE << 8) | r.START_LOW.VALUE;
    return Array.from({ length: rows }, (_row, row) => {
      let line = '';
      for (let n = 0; n <= r.H_DISPLAY_END.VALUE; n++)
        line += characterOf(words[this.wordAt(start + row * 2 * r.OFFSET.VALUE + n)] & 0xff);
      return line.trimEnd();
    });
  }

  private planar(characters: number, interleaved: boolean): void {
    const { words, r } = this.source, { dots } = this;
    const colours = this.colours(), enabled = r.PLANE_ENABLE.PLANES;
    for (let n = 0, dot = 0; n < characters; n++) {
      const word = words[this.wordAt(this.counter(n))];
      if (interleaved) {
        // Planes 0 and 2, then 1 and 3, two bits of each a dot (graphreg, index 05h, bit 5).
        for (let half = 0; half < 16; half += 8)
          for (let k = 6; k >= 0; k -= 2) {
            const pixel = ((word >>> (half + k)) & 3) | (((word >>> (16 + half + k)) & 3) << 2);
            dots[dot++] = colours[pixel & enabled];
          }
        continue;
      }
      for (let k = 7; k >= 0; k--) {
        const bits = word >>> k;
        const pixel = (bits & 1) | ((bits >>> 7) & 2) | ((bits >>> 14) & 4) | ((bits >>> 21) & 8);
        dots[dot++] = colours[pixel & enabled];
      }
    }
  }

  /** Eight bits a pixel, four pixels a character: each is two dots wide. */
  private colours256(characters: number): void {
    const { words } = this.source, { dots } = this;
    for (let n = 0, dot = 0; n < characters; n++) {
      const word = words[this.wordAt(this.counter(n))];
      for (let k = 0; k < 32; k += 8) dots[dot++] = (word >>> k) & 0xff;
    }
  }
}

/** A pixel of 32 bits: blue in its lowest byte, red in its third. */
function opaque(pixel: number): number {
  return (BLACK | ((pixel & 0xff) << 16) | (pixel & 0xff00) | ((pixel >>> 16) & 0xff)) >>> 0;
}

/** What 15 and 16 bits look like. */
const COLOURS_15 = Uint32Array.from({ length: 0x10000 }, (_, v) => rgb(v >> 10, 5, v >> 5, 5, v, 5));
const COLOURS_16 = Uint32Array.from({ length: 0x10000 }, (_, v) => rgb(v >> 11, 5, v >> 5, 6, v, 5));

/** A pixel of colours with so many bits each. */
function rgb(r: number, rBits: number, g: number, gBits: number, b: number, bBits: number): number {
  return (BLACK | (widened(b, bBits) << 16) | (widened(g, gBits) << 8) | widened(r, rBits)) >>> 0;
}

/** Eight bits of five or six: the upper ones are repeated below. */
function widened(value: number, bits: number): number {
  const v = value & ((1 << bits) - 1);
  return ((v << (8 - bits)) | (v >> (2 * bits - 8))) & 0xff;
}
