import { allOnes, mask } from '../bits/field.ts';
import type { Guard, Target, Transaction } from '../mem/transaction.ts';
import type { Field, Fields, Layout, Register, Registers } from './layout.ts';

/** A register as the device sees it: `value` and its fields, read and written without side effects. */
export type RegisterView<F extends Fields> = { value: number } & { [K in keyof F]: number };
/** What software wrote, raw: `value` and the fields as written. */
export type Written<F extends Fields> = { readonly value: number; readonly size: number } & { readonly [K in keyof F]: number };

/** Hooks of one register. `get` is pure and gives the current value of fields; `read` and `write` are effects. */
export interface Hooks<F extends Fields> {
  /** Pure: value of a field, in place of the stored one. */
  get?: { [K in keyof F]?: () => number };
  /** Pure: value of the whole register as read, in place of stored fields and `get` (data ports). */
  value?: (size: number) => number;
  /** Effect of a read, after the value was taken. Not called for debug accesses. */
  read?: (size: number, tx: Transaction) => void;
  /** Effect of a write, after the stored fields were updated by their kinds. */
  write?: (w: Written<F>, tx: Transaction) => void;
}

export type BankHooks<R extends Registers> = { [K in keyof R]?: Hooks<R[K]['fields']> };
export type BankView<R extends Registers> = { readonly [K in keyof R]: RegisterView<R[K]['fields']> };

/** One register at run time. */
interface Slot {
  readonly name: string;
  readonly index: number;
  readonly bytes: number;
  readonly resetValue: number;
  readonly dir: 'r' | 'w' | 'rw';
  readonly page: number;
  readonly matchMask: number;
  /** Answers whatever the page and the value. */
  readonly always: boolean;
  readonly matchValue: number;
  readonly whole: boolean;
  readonly maskRw: number;
  readonly maskW1c: number;
  readonly maskW1s: number;
  readonly maskW0c: number;
  readonly maskRclr: number;
  readonly maskRset: number;
  readonly maskWonce: number;
  readonly maskWo: number;
  readonly gets: readonly { mask: number; lo: number; get: () => number }[];
  readonly hooks: Hooks<Fields>;
  readonly hasWrite: boolean;
  readonly written: { value: number; size: number };
}

/** Which hooks a register has. */
export interface HookSummary {
  /** The whole value is computed. */
  readonly value: boolean;
  /** Mask of the bits whose fields are computed. */
  readonly fields: number;
  readonly read: boolean;
  readonly write: boolean;
}

export interface BankOptions {
  guard?: Guard;
  /** Number of the page that is selected now at an offset, for reads or for writes (see `RegisterOptions.page`). */
  page?: (offset: number, write: boolean) => number;
  /** Runs after every access with effects: the device recomputes its outputs. */
  after: () => void;
  /** Called when software touches an offset that no row answers: (offset, size, write). */
  unclaimed?: (offset: number, size: number, write: boolean, tx: Transaction) => void;
  /** What an unclaimed read gives: all ones (default) or 0. */
  unclaimedValue?: 'ones' | 'zero';
}

/**
 * A register bank: the rows of a layout, their stored values, and the device's hooks. It is the target that the bus accesses. Stored values are in
 * `values` (one 32-bit word a register), which belongs to the device's declared state.
 */
export class Bank<R extends Registers = Registers> implements Target {
  readonly name: string;
  readonly guard?: Guard;
  readonly layout: Layout<R>;
  /** Stored values, one word a register in the order of the layout. */
  readonly values: Uint32Array;
  /** One word a register: write-once fields that were written. */
  readonly locked: Uint32Array;
  /** Registers by name. */
  readonly r: BankView<R>;
  private readonly slots: Slot[] = [];
  /** offset → slots that may answer there. */
  private readonly readSlots: Slot[][] = [];
  private readonly writeSlots: Slot[][] = [];
  private readonly slotBase: number[] = [];
  private readonly options: BankOptions;

  constructor(name: string, layout: Layout<R>, hooks: BankHooks<R>, options: BankOptions) {
    this.name = name;
    if (options.guard !== undefined) this.guard = options.guard;
    this.layout = layout;
    this.options = options;
    const entries = Object.entries(layout.registers);
    this.values = new Uint32Array(entries.length);
    this.locked = new Uint32Array(entries.length);
    const view: Record<string, unknown> = {};
    entries.forEach(([rname, row], index) => {
      const slot = makeSlot(rname, row, index, layout.width, (hooks[rname] ?? {}) as Hooks<Fields>);
      this.slots.push(slot);
      this.values[index] = slot.resetValue;
      view[rname] = registerView(this.values, index, row.fields);
      for (const base of [row.offset, ...(row.options.mirrors ?? [])]) {
        for (let k = 0; k < slot.bytes; k++) {
          if (slot.dir !== 'w') (this.readSlots[base + k] ??= []).push(slot);
          if (slot.dir !== 'r') (this.writeSlots[base + k] ??= []).push(slot);
          this.slotBase[base + k] = base;
        }
      }
    });
    this.r = view as BankView<R>;
  }

  /** The rows' reset values, in the order of `values`. */
  resetValues(): Uint32Array {
    return Uint32Array.from(this.slots, (s) => s.resetValue);
  }

  /** Current value of a register as software would read it, without effects. */
  peek(name: keyof R & string): number {
    const slot = this.slots.find((s) => s.name === name);
    return slot === undefined ? 0 : this.valueOf(slot, slot.bytes);
  }

  /** Which parts of a register hooks take over, for contract tests and documentation. */
  hooked(name: keyof R & string): HookSummary {
    const slot = this.slots.find((s) => s.name === name);
    if (slot === undefined) return { value: false, fields: 0, read: false, write: false };
    const fields = slot.gets.reduce((m, g) => m | g.mask, 0) >>> 0;
    return { value: slot.hooks.value !== undefined, fields, read: slot.hooks.read !== undefined, write: slot.hasWrite };
  }

  read(offset: number, size: number, tx: Transaction): number {
    const slot = this.pick(this.readSlots[offset], offset, false, 0);
    const value = slot !== null && (slot.whole || (slot.bytes === size && this.slotBase[offset] === offset))
      ? this.readSlot(slot, size, tx) : this.readLanes(offset, size, tx);
    if (!tx.debug) this.options.after();
    return value;
  }

  /** Lane by lane: a register is read once even if several of its bytes are asked for. */
  private readLanes(offset: number, size: number, tx: Transaction): number {
    let value = 0;
    let k = 0;
    while (k < size) {
      const s = this.pick(this.readSlots[offset + k], offset + k, false, 0);
      if (s === null) {
        this.options.unclaimed?.(offset + k, 1, false, tx);
        if (this.options.unclaimedValue !== 'zero') value += 0xff * 2 ** (8 * k);
        k++;
        continue;
      }
      const first = offset + k - this.slotBase[offset + k];
      const n = s.whole ? 1 : Math.min(s.bytes - first, size - k);
      const v = Math.floor(this.readSlot(s, s.whole ? 1 : s.bytes, tx) / 2 ** (8 * first)) % 2 ** (8 * n);
      value += v * 2 ** (8 * k);
      k += n;
    }
    return value;
  }

  write(offset: number, size: number, value: number, tx: Transaction): void {
    const slot = this.pick(this.writeSlots[offset], offset, true, value);
    if (slot !== null && (slot.whole || (slot.bytes === size && this.slotBase[offset] === offset))) this.writeSlot(slot, size, value >>> 0, 0xffffffff, tx);
    else this.writeLanes(offset, size, value, tx);
    if (!tx.debug) this.options.after();
  }

  private writeLanes(offset: number, size: number, value: number, tx: Transaction): void {
    let k = 0;
    while (k < size) {
      const s = this.pick(this.writeSlots[offset + k], offset + k, true, Math.floor(value / 2 ** (8 * k)));
      if (s === null) {
        this.options.unclaimed?.(offset + k, 1, true, tx);
        k++;
        continue;
      }
      const first = offset + k - this.slotBase[offset + k];
      const n = s.whole ? 1 : Math.min(s.bytes - first, size - k);
      const part = Math.floor(value / 2 ** (8 * k)) % 2 ** (8 * n);
      this.writeSlot(s, s.whole ? 1 : n, (part << (8 * first)) >>> 0, mask(8 * (first + n) - 1, 8 * first), tx);
      k += n;
    }
  }

  private pick(slots: Slot[] | undefined, offset: number, write: boolean, value: number): Slot | null {
    if (slots === undefined) return null;
    if (slots.length === 1 && slots[0].always) return slots[0];
    const page = this.options.page === undefined ? -1 : this.options.page(offset, write);
    for (const s of slots) if ((s.page < 0 || s.page === page) && (value & s.matchMask) >>> 0 === s.matchValue) return s;
    return null;
  }

  private valueOf(slot: Slot, size: number): number {
    const whole = slot.hooks.value;
    if (whole !== undefined) return whole(size) >>> 0;
    let v = this.values[slot.index];
    if (slot.maskWo !== 0) v = (v & ~slot.maskWo) | (slot.resetValue & slot.maskWo);
    const gets = slot.gets;
    for (let i = 0; i < gets.length; i++) {
      const g = gets[i];
      v = (v & ~g.mask) | ((g.get() << g.lo) & g.mask);
    }
    return v >>> 0;
  }

  private readSlot(slot: Slot, size: number, tx: Transaction): number {
    const value = (this.valueOf(slot, size) & allOnes(size)) >>> 0;
    if (tx.debug) return value;
    if ((slot.maskRclr | slot.maskRset) !== 0) this.values[slot.index] = (this.values[slot.index] & ~slot.maskRclr) | slot.maskRset;
    const read = slot.hooks.read;
    if (read !== undefined) read(size, tx);
    return value;
  }

  /** `lanes`: bits of the register that this access carries. */
  private writeSlot(slot: Slot, size: number, value: number, lanes: number, tx: Transaction): void {
    const old = this.values[slot.index];
    let v = old;
    const w = value;
    const plain = slot.maskRw & lanes;
    v = (v & ~plain) | (w & plain);
    if (slot.maskW1c !== 0) v &= ~(w & slot.maskW1c & lanes);
    if (slot.maskW1s !== 0) v |= w & slot.maskW1s & lanes;
    if (slot.maskW0c !== 0) v &= ~(~w & slot.maskW0c & lanes);
    if (slot.maskWonce !== 0) {
      const open = slot.maskWonce & ~this.locked[slot.index] & lanes;
      v = (v & ~open) | (w & open);
      this.locked[slot.index] |= open;
    }
    this.values[slot.index] = v;
    if (slot.hasWrite) {
      // A partial write shows the other lanes as they were stored.
      slot.written.value = ((old & ~lanes) | (w & lanes)) >>> 0;
      slot.written.size = size;
      (slot.hooks.write as (w: unknown, tx: Transaction) => void)(slot.written, tx);
    }
  }
}

function makeSlot(name: string, row: Register, index: number, width: number, hooks: Hooks<Fields>): Slot {
  const of = (...kinds: Field['kind'][]): number => Object.values(row.fields).reduce((m, f) => (kinds.includes(f.kind) ? m | mask(f.hi, f.lo) : m), 0);
  let resetValue = 0;
  for (const f of Object.values(row.fields)) resetValue |= f.reset << f.lo;
  const gets = Object.entries(hooks.get ?? {}).map(([fname, get]) => {
    const f = row.fields[fname];
    return { mask: mask(f.hi, f.lo), lo: f.lo, get: get as () => number };
  });
  return {
    name, index, bytes: (row.options.width ?? width) / 8, resetValue: resetValue >>> 0, dir: row.options.dir ?? 'rw', page: row.options.page ?? -1,
    always: (row.options.page ?? -1) < 0 && (row.options.match?.mask ?? 0) === 0, matchMask: row.options.match?.mask ?? 0, matchValue: row.options.match?.value ?? 0,
    whole: row.options.partial === 'whole', maskRw: of('rw', 'wo', 'unmodelled'), maskW1c: of('w1c'), maskW1s: of('w1s'), maskW0c: of('w0c'), maskRclr: of('rclr'),
    maskRset: of('rset'), maskWonce: of('wonce'), maskWo: of('wo'), gets, hooks, hasWrite: hooks.write !== undefined, written: writtenView(row.fields),
  };
}

function writtenView(fields: Fields): { value: number; size: number } {
  const view = { value: 0, size: 0 };
  for (const [name, f] of Object.entries(fields)) {
    const m = mask(f.hi, f.lo);
    Object.defineProperty(view, name, { get: () => (view.value & m) >>> f.lo });
  }
  return view;
}

function registerView(values: Uint32Array, index: number, fields: Fields): unknown {
  const view = {};
  Object.defineProperty(view, 'value', { get: () => values[index], set: (v: number) => { values[index] = v; } });
  for (const [name, f] of Object.entries(fields)) {
    const m = mask(f.hi, f.lo);
    Object.defineProperty(view, name, {
      get: () => (values[index] & m) >>> f.lo,
      set: (v: number) => { values[index] = (values[index] & ~m) | ((v << f.lo) & m); },
    });
  }
  return view;
}
