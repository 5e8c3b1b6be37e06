import type { ByteOrder, Field } from './fields.ts';
import { GUEST_STATUSES, PROTOCOL, type GuestStatus } from './status.ts';

type Fields = Readonly<Record<string, Field>>;
type Flags = Readonly<Record<string, string>>;
type ValueOf<F> = F extends Field<infer T> ? T : never;
type Required<F> = { [K in keyof F as F[K] extends Field<unknown, false> ? K : never]: ValueOf<F[K]> };
type Optional<F> = { [K in keyof F as F[K] extends Field<unknown, false> ? never : K]?: ValueOf<F[K]> };

/** Inputs of a program: its fields, those with an initial value and its flags left out at will. */
export type InputOf<I, G> = Readonly<Required<I> & Optional<I> & { [K in keyof G]?: boolean }>;
/** What a program answers. */
export type AnswerOf<O> = { readonly status: number; readonly detail: number } & {
  readonly [K in keyof O]: ValueOf<O[K]>;
};

/** What is told of a program's parameter block. */
export interface BlockRows<I extends Fields, O extends Fields, G extends Flags> {
  /** What the program is and does, a line or more, for the C header. */
  about: string;
  /** Bits of the header's `flags`, from bit 0 on. */
  flags?: G;
  /** What the program is told, from offset 14h on. */
  in: I;
  /** What it answers, from offset 40h (or further, behind the inputs). */
  out: O;
  /** Numbers that the program and its host share, with what they are. */
  constants?: Readonly<Record<string, readonly [number, string]>>;
  /** Its own statuses, A0h to DFh. */
  statuses?: readonly GuestStatus[];
}

/** A field at its place. */
export interface PlacedField {
  readonly name: string;
  readonly offset: number;
  readonly direction: 'in' | 'out';
  readonly field: Field;
}

/** Bytes of the header: magic, program, status, detail, flags. */
export const HEADER_BYTES = 0x14;
const STATUS = 0x08, DETAIL = 0x0c, FLAGS = 0x10;
const FIRST_OUT = 0x40;

/** A value that a block does not take, or a block that is damaged. One line, for a user. */
export class BlockError extends Error {
  override readonly name = 'BlockError';
}

/**
 * The parameter block of a guest program, declared once: it encodes, decodes, refuses, and the C
 * header is generated from it (`cHeader`).
 */
export class GuestBlock<I = object, O = object> {
  readonly name: string;
  /** Tells programs apart: a guest refuses another one's block. */
  readonly number: number;
  readonly about: string;
  readonly size: number;
  readonly fields: readonly PlacedField[];
  readonly flags: readonly (readonly [name: string, doc: string])[];
  readonly constants: Readonly<Record<string, readonly [number, string]>>;
  readonly statuses: readonly GuestStatus[];

  /** @internal use `block` */
  constructor(name: string, number: number, rows: BlockRows<Fields, Fields, Flags>) {
    this.name = name;
    this.number = number;
    this.about = rows.about;
    this.flags = Object.entries(rows.flags ?? {});
    this.constants = rows.constants ?? {};
    this.statuses = rows.statuses ?? [];
    const fields: PlacedField[] = [];
    let at = HEADER_BYTES;
    const place = (direction: 'in' | 'out', all: Fields): void => {
      for (const [fieldName, row] of Object.entries(all)) {
        const field = row as unknown as Field;
        at = Math.ceil(at / field.align) * field.align;
        fields.push({ name: fieldName, offset: at, direction, field });
        at += field.bytes;
      }
    };
    place('in', rows.in);
    at = Math.max(FIRST_OUT, Math.ceil(at / 16) * 16);
    place('out', rows.out);
    this.fields = fields;
    this.size = Math.ceil(at / 4) * 4;
  }

  /** Why the program would refuse these inputs, or ''. */
  refusal(input: I): string {
    const values = input as Record<string, unknown>;
    for (const { name, field, direction } of this.fields) {
      if (direction === 'out') continue;
      if (values[name] === undefined && !field.mayBeLeftOut) return `${name} is missing`;
      const wrong = values[name] === undefined ? '' : field.refusal(values[name]);
      if (wrong !== '') return `${name}: ${wrong}`;
    }
    const known = new Set([...this.fields.map((f) => f.name), ...this.flags.map(([name]) => name)]);
    const stranger = Object.keys(values).find((name) => !known.has(name));
    return stranger === undefined ? '' : `there is no parameter ${stranger}`;
  }

  /**
   * The block to place in guest memory. `check: false` leaves refusing to the guest.
   * @throws BlockError
   */
  encode(input: I, options: { order?: ByteOrder; check?: boolean } = {}): Uint8Array {
    const { order = 'little', check = true } = options;
    const wrong = check ? this.refusal(input) : '';
    if (wrong !== '') throw new BlockError(`${this.name}: ${wrong}`);
    const values = input as Record<string, unknown>;
    const view = new DataView(new ArrayBuffer(this.size));
    const little = order === 'little';
    view.setUint32(0, PROTOCOL.BLOCK_MAGIC, little);
    view.setUint32(4, this.number, little);
    const flags = this.flags.reduce((sum, [name], bit) => sum + (values[name] === true ? 2 ** bit : 0), 0);
    view.setUint32(FLAGS, flags, little);
    for (const { name, field, direction, offset } of this.fields)
      if (direction === 'in') field.put(view, offset, values[name] ?? field.initial, order);
    return new Uint8Array(view.buffer);
  }

  /** What the guest answered. @throws BlockError if it is no block of this program */
  decode(bytes: Uint8Array, order: ByteOrder = 'little'): { readonly status: number; readonly detail: number } & O {
    if (bytes.length < this.size)
      throw new BlockError(`${this.name}: ${bytes.length} bytes, the block has ${this.size}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const at = (offset: number): number => view.getUint32(offset, order === 'little');
    if (at(0) !== PROTOCOL.BLOCK_MAGIC) throw new BlockError(`${this.name}: the block's magic is gone`);
    if (at(4) !== this.number)
      throw new BlockError(`${this.name}: the block is of program ${at(4)}, wanted ${this.number}`);
    const out: Record<string, unknown> = { status: at(STATUS), detail: at(DETAIL) };
    for (const { name, field, direction, offset } of this.fields)
      if (direction === 'out') out[name] = field.get(view, offset, order);
    return out as { status: number; detail: number } & O;
  }

  /** A status in words that complete "the guest failed: ". */
  explain(status: number, detail: number): string {
    const hex = (n: number): string => `0x${n.toString(16)}`;
    const row = [...GUEST_STATUSES, ...this.statuses].find((s) => s.code === status);
    if (row === undefined) return `status ${hex(status)}, detail ${hex(detail)}`;
    const named = this.fields.find((f) => f.offset === detail)?.name;
    const parameter = named === undefined ? `the parameter at offset ${hex(detail)}` : `parameter ${named}`;
    return row.words
      .replace('{detail}', hex(detail))
      .replace('{vector}', String(detail & 0xff))
      .replace('{parameter}', parameter);
  }
}

/**
 * Declares the parameter block of a guest program.
 * @param number tells programs apart; give a new one
 */
export function block<const I extends Fields, const O extends Fields, const G extends Flags = Record<never, string>>(
  name: string, number: number, rows: BlockRows<I, O, G>,
): GuestBlock<InputOf<I, G>, AnswerOf<O>> {
  return new GuestBlock<InputOf<I, G>, AnswerOf<O>>(name, number, rows as unknown as BlockRows<Fields, Fields, Flags>);
}
