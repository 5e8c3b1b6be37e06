import type { LiveCells } from '../../../sim/state.ts';

/** Words of a 93C46, and address bits of a command. */
export const EEPROM_WORDS = 64;
const ADDRESS_BITS = 6, OPCODE_BITS = 2;

/** What the chip does with the next bit on DI. */
const PHASE = { start: 0, command: 1, read: 2, write: 3, done: 4 } as const;

/** State of a `SerialEeprom`, declared by the card; reset leaves it alone. */
export interface SerialEepromCells extends Record<string, number | boolean | Uint16Array> {
  words: Uint16Array;
  phase: number;
  /** Bits of the command or of a word so far, and how many. */
  shifted: number;
  bits: number;
  address: number;
  /** 0: no write after this; else opcode << 2 | the two address bits above. */
  command: number;
  selected: boolean;
  clock: boolean;
  out: boolean;
  writable: boolean;
}

export function serialEepromCells(words: Uint16Array): SerialEepromCells {
  return {
    words: words.slice(0, EEPROM_WORDS), phase: PHASE.start, shifted: 0, bits: 0, address: 0, command: 0,
    selected: false, clock: false, out: true, writable: false,
  };
}

/**
 * A 93C46: 64 words of 16 bits behind the four wires CS, SK, DI and DO (Microchip DS21749, §2: a
 * start bit, an opcode of two bits, six address bits; data with the highest bit first). A word that
 * was written is there at once.
 */
export class SerialEeprom {
  private readonly c: LiveCells<SerialEepromCells>;

  constructor(cells: LiveCells<SerialEepromCells>) {
    this.c = cells;
  }

  get words(): Uint16Array {
    return this.c.words;
  }

  /** DO as the card sees it; high where the chip does not drive it. */
  get out(): boolean {
    return !this.c.selected || this.c.out;
  }

  /** The wires have these levels now. */
  drive(select: boolean, clock: boolean, data: boolean): void {
    const c = this.c;
    if (!select) {
      if (c.selected && c.phase === PHASE.done) this.store();
      c.phase = PHASE.start;
      c.out = true;
    } else if (!c.selected) {
      c.phase = PHASE.start;
    } else if (clock && !c.clock) this.clocked(data ? 1 : 0);
    c.selected = select;
    c.clock = clock;
  }

  /** A rising edge of SK. */
  private clocked(bit: number): void {
    const c = this.c;
    switch (c.phase) {
      case PHASE.start:
        if (bit === 1) this.begin(PHASE.command);
        break;
      case PHASE.command:
        this.shift(bit);
        if (c.bits === OPCODE_BITS + ADDRESS_BITS) this.commanded();
        break;
      case PHASE.read:
        if (c.bits === 16) {
          // §2.6: clocks that go on get the next word.
          c.address = (c.address + 1) % EEPROM_WORDS;
          c.bits = 0;
        }
        c.out = ((c.words[c.address] >> (15 - c.bits)) & 1) === 1;
        c.bits++;
        break;
      case PHASE.write:
        this.shift(bit);
        if (c.bits === 16) c.phase = PHASE.done;
        break;
    }
  }

  private begin(phase: number): void {
    this.c.phase = phase;
    this.c.shifted = 0;
    this.c.bits = 0;
  }

  private shift(bit: number): void {
    this.c.shifted = ((this.c.shifted << 1) | bit) & 0xffff;
    this.c.bits++;
  }

  /** §2.3 to §2.9: READ 10, WRITE 01, ERASE 11, and four that 00 and two address bits name. */
  private commanded(): void {
    const c = this.c, opcode = c.shifted >> ADDRESS_BITS;
    c.address = c.shifted % EEPROM_WORDS;
    const which = c.address >> 4;
    c.command = opcode === 0 ? which : opcode << 2;
    c.shifted = 0xffff;
    c.bits = 0;
    if (opcode === 2) {
      c.phase = PHASE.read;
      // The dummy 0 before the first bit.
      c.out = false;
    } else if (opcode === 1 || (opcode === 0 && which === 1)) this.begin(PHASE.write);
    else if (opcode === 3 || which === 2) c.phase = PHASE.done;
    else {
      c.writable = which === 3;
      c.phase = PHASE.start;
    }
  }

  /** CS falls after a command that writes or erases. */
  private store(): void {
    const c = this.c;
    if (!c.writable) return;
    if (c.command === 1 || c.command === 2) c.words.fill(c.shifted);
    else c.words[c.address] = c.shifted;
  }
}
