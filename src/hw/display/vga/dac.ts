import type { BankView } from '../../../reg/bank.ts';
import type { VgaRegisters } from './spec-ports.ts';

const COLOURS = 256;

/** State of the DAC. */
export function dacCells() {
  return {
    /** Red, green and blue of each colour, as they were written. */
    colours: new Uint8Array(3 * COLOURS),
    /** Which of the three comes next, and those that have come. */
    step: 0, red: 0, green: 0,
    /** 3: to be read, 0: to be written. */
    state: 0,
  };
}

/** The palette with its converters (colorreg): 256 colours of three times 6 or 8 bits. */
export class Dac {
  /** Each colour as a pixel. */
  readonly pixels = new Uint32Array(COLOURS);
  private readonly s: ReturnType<typeof dacCells>;
  private readonly index: BankView<VgaRegisters>['DAC_WRITE'];
  private readonly wide: () => boolean;

  /** `wide`: whether colours have 8 bits now. */
  constructor(cells: ReturnType<typeof dacCells>, index: BankView<VgaRegisters>['DAC_WRITE'], wide: () => boolean) {
    this.s = cells;
    this.index = index;
    this.wide = wide;
  }

  /** Software has set the index, to read or to write from there on. */
  begin(index: number, state: 0 | 3): void {
    this.index.INDEX = index;
    this.s.step = 0;
    this.s.state = state;
  }

  /** Which way it is set: 3 to be read, 0 to be written. */
  get state(): number {
    return this.s.state;
  }

  /** What is read next. */
  get level(): number {
    return this.s.colours[3 * this.index.INDEX + this.s.step];
  }

  /** A level has been read. */
  advance(): void {
    this.s.step = (this.s.step + 1) % 3;
    if (this.s.step === 0) this.index.INDEX = (this.index.INDEX + 1) % COLOURS;
  }

  /** The colour changes when its third level comes. */
  write(level: number): void {
    const s = this.s, value = this.wide() ? level : level & 0x3f, index = this.index.INDEX;
    if (s.step === 0) s.red = value;
    else if (s.step === 1) s.green = value;
    else {
      s.colours.set([s.red, s.green, value], 3 * index);
      this.convert(index);
    }
    this.advance();
  }

  /** The pixels that belong to the state. */
  convertAll(): void {
    for (let n = 0; n < COLOURS; n++) this.convert(n);
  }

  private convert(n: number): void {
    const { colours } = this.s, wide = this.wide();
    const level = (k: number): number => {
      const v = colours[3 * n + k];
      return wide ? v : ((v << 2) | ((v & 0x3f) >> 4)) & 0xff;
    };
    this.pixels[n] = (0xff000000 | (level(2) << 16) | (level(1) << 8) | level(0)) >>> 0;
  }
}
