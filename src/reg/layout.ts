/**
 * The row language: registers as data. Field kinds keep SystemRDL's terms. A row says where a
 * register stands, how wide it is, its fields and their reset values; behaviour is added by hooks
 * (`bank.ts`).
 */
import { mask } from '../bits/field.ts';

/**
 * - `ro`: read-only to software; hardware sets it. `rw`. `wo`: reads as its reset value. `w1c`:
 *   writing 1 clears. `w1s`: writing 1 sets. `w0c`: writing 0 clears.
 * - `rclr`: reading clears. `rset`: reading sets. `wonce`: first write after reset sticks. `rsvd`:
 *   reads as reset value, writes ignored.
 * - `unmodelled`: kept and read back as `rw`, has no effect; stands in the fidelity page with its
 *   reason.
 */
export type FieldKind = 'ro' | 'rw' | 'wo' | 'w1c' | 'w1s' | 'w0c' | 'rclr' | 'rset' | 'wonce' | 'rsvd' | 'unmodelled';

export interface Field {
  readonly kind: FieldKind;
  readonly hi: number;
  readonly lo: number;
  readonly reset: number;
  /** For `unmodelled`: why. */
  readonly reason: string;
}

export interface FieldOptions {
  /** Value after reset, right-aligned (default 0). */
  reset?: number;
}

function maker(kind: FieldKind) {
  return (hi: number, lo: number = hi, options: FieldOptions = {}): Field => ({
    kind, hi, lo,
    reset: options.reset ?? 0,
    reason: '',
  });
}

/** Field constructors: (high bit, low bit = high bit, {reset}). */
export const ro = maker('ro');
export const rw = maker('rw');
export const wo = maker('wo');
export const w1c = maker('w1c');
export const w1s = maker('w1s');
export const w0c = maker('w0c');
export const rclr = maker('rclr');
export const rset = maker('rset');
export const wonce = maker('wonce');
export const rsvd = maker('rsvd');
/**
 * A field that is stored but has no effect here; `reason` says why that is right or what is
 * missing.
 */
export function unmodelled(reason: string, hi: number, lo: number = hi, options: FieldOptions = {}): Field {
  return { kind: 'unmodelled', hi, lo, reset: options.reset ?? 0, reason };
}

export interface RegisterOptions {
  /** Width in bits: 8, 16 or 32; the layout's width by default. */
  width?: 8 | 16 | 32;
  /**
   * Answers reads only, writes only, or both (default). Two rows may share an offset if one is 'r'
   * and one is 'w'.
   */
  dir?: 'r' | 'w' | 'rw';
  /**
   * Answers only while the bank's `page` hook gives this number (indexed and banked registers); -1
   * = always (default).
   */
  page?: number;
  /**
   * Write-only rows at one offset that are told apart by bits of the value written (8259A: ICW1,
   * OCW2, OCW3): the first row whose bits match gets the write.
   */
  match?: { readonly mask: number; readonly value: number };
  /**
   * What an access narrower or wider than the register does: `bytes` (default): byte lanes are
   * independent; wider accesses are split over neighbours. `whole`: the access is one access of the
   * register whatever its size (FIFO data ports): hooks get the size.
   */
  partial?: 'bytes' | 'whole';
  /** Further offsets at which the same register answers (aliases). */
  mirrors?: readonly number[];
  doc?: string;
  /** Of a base address register: bytes that it asks for. */
  covers?: number;
}

export type Fields = Readonly<Record<string, Field>>;

export interface Register<F extends Fields = Fields> {
  readonly offset: number;
  readonly fields: F;
  readonly options: RegisterOptions;
}

/**
 * A register row: byte offset, fields, options. Bits that no field names are reserved (read 0,
 * ignore writes).
 */
export function reg<F extends Fields>(offset: number, fields: F, options: RegisterOptions = {}): Register<F> {
  return { offset, fields, options };
}

export type Registers = Readonly<Record<string, Register>>;

export interface Layout<R extends Registers = Registers> {
  readonly width: 8 | 16 | 32;
  readonly registers: R;
}

/**
 * A block of registers with a default width in bits.
 * @throws Error if fields overlap or do not fit, or if registers overlap that neither direction,
 * page nor the value written tells apart
 */
export function regs<R extends Registers>(width: 8 | 16 | 32, registers: R): Layout<R> {
  for (const [name, r] of Object.entries(registers)) {
    let seen = 0;
    const top = (r.options.width ?? width) - 1;
    if (r.options.match !== undefined && r.options.dir !== 'w')
      throw new Error(`${name}: only write-only rows are chosen by the value written`);
    for (const [fname, f] of Object.entries(r.fields)) {
      const m = mask(f.hi, f.lo);
      if (f.hi > top || f.lo > f.hi || f.lo < 0) throw new Error(`${name}.${fname}: bits ${f.hi}:${f.lo} do not fit`);
      if ((seen & m) !== 0) throw new Error(`${name}.${fname} overlaps another field`);
      if (f.reset > mask(f.hi, f.lo) >>> f.lo) throw new Error(`${name}.${fname}: reset value too wide`);
      seen |= m;
    }
  }
  checkPlaces(width, registers);
  return { width, registers };
}

/** A row at one of its offsets. */
interface Place {
  readonly name: string;
  readonly base: number;
  readonly last: number;
  readonly options: RegisterOptions;
}

/** @throws Error if two rows answer at one byte and nothing tells them apart */
function checkPlaces(width: number, registers: Registers): void {
  const at: Place[][] = [];
  for (const [name, { offset, options }] of Object.entries(registers))
    for (const base of [offset, ...(options.mirrors ?? [])]) {
      const place = { name, base, last: base + (options.width ?? width) / 8 - 1, options };
      for (let byte = base; byte <= place.last; byte++) {
        const before = (at[byte] ??= []);
        const other = before.find((b) => clash(b, place));
        if (other !== undefined) throw new Error(`registers ${placed(other)} and ${placed(place)} overlap`);
        before.push(place);
      }
    }
}

/** Whether the later of two rows at one byte is never reached, or answers from its middle. */
function clash(earlier: Place, later: Place): boolean {
  const a = earlier.options, b = later.options;
  if (earlier.base !== later.base) return true;
  if ((a.dir === 'r' && b.dir === 'w') || (a.dir === 'w' && b.dir === 'r')) return false;
  const page = a.page ?? -1;
  return a.match === undefined && (page < 0 || page === (b.page ?? -1));
}

function placed({ name, base, last }: Place): string {
  const hex = (n: number): string => `0x${n.toString(16)}`;
  return `${name} (${hex(base)}${last === base ? '' : `-${hex(last)}`})`;
}
