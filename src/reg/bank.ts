import { allOnes, mask } from '../bits/field.ts';
import type { Guard, Target, Transaction } from '../mem/transaction.ts';
import { checkHooks } from './hook-names.ts';
import type { Field, Fields, Layout, Register, Registers } from './layout.ts';
import { registerView, writtenView, type RawWrite } from './view.ts';

/**
 * A register as the device sees it: `value` and its fields, read and written without side effects.
 */
export type RegisterView<F extends Fields> = { value: number } & { [K in keyof F]: number };
/** What software wrote, raw: `value` and the fields as written. */
export type Written<F extends Fields> = { readonly value: number; readonly size: number } & {
  readonly [K in keyof F]: number;
};

/**
 * Hooks of one register. `get` is pure and gives the current value of fields; `read` and `write`
 * are effects.
 */
export interface Hooks<F extends Fields> {
  /** Pure: value of a field, in place of the stored one. */
  get?: { [K in keyof F]?: () => number };
  /**
   * Pure: value of the whole register as read, in place of stored fields and `get` (data ports).
   */
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
  /** 1 if an access of any size is one access (`partial: 'whole'`), else 0. */
  readonly whole: number;
  readonly maskRw: number;
  readonly maskW1c: number;
  readonly maskW1s: number;
  readonly maskW0c: number;
  readonly maskRclr: number;
  readonly maskRset: number;
  readonly maskWonce: number;
  readonly maskWo: number;
  readonly gets: readonly { mask: number; lo: number; get: () => number }[];
  /**
   * 1 if the value is the stored word as it is, else 0. Such facts are numbers here: to find out
   * that a field is true takes V8 longer.
   */
  readonly stored: number;
  /** 1 if a read has effects, else 0. */
  readonly effects: number;
  readonly value: ((size: number) => number) | null;
  readonly read: ((size: number, tx: Transaction) => void) | null;
  readonly write: ((w: unknown, tx: Transaction) => void) | null;
  readonly raw: RawWrite;
  /** `raw` as hooks see it. */
  readonly written: unknown;
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
  /**
   * Number of the page that is selected now at an offset, for reads or for writes (see
   * `RegisterOptions.page`).
   */
  page?: (offset: number, write: boolean) => number;
  /**
   * Runs after every access with effects: the device recomputes its outputs. Null if it has none.
   */
  after: (() => void) | null;
  /** Called when software touches an offset that no row answers: (offset, size, write). */
  unclaimed?: (offset: number, size: number, write: boolean, tx: Transaction) => void;
  /** What an unclaimed read gives: all ones (default) or 0. */
  unclaimedValue?: 'ones' | 'zero';
}

/**
 * A register bank: the rows of a layout, their stored values, and the device's hooks. It is the
 * target that the bus accesses. Stored values are in `values` (one 32-bit word a register), which
 * belongs to the device's declared state.
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
  /** offset → what answers reads there. */
  private readonly reads: ReadPlan[] = [];
  /** offset → slots that may answer writes there. */
  private readonly writeSlots: Slot[][] = [];
  /** offset → first byte of the register that it belongs to. */
  private readonly slotBase: number[] = [];
  private readonly page: ((offset: number, write: boolean) => number) | null;
  private readonly after: (() => void) | null;
  private readonly options: BankOptions;

  /** @throws Error if a hook is for a register or a field that the layout does not have */
  constructor(name: string, layout: Layout<R>, hooks: BankHooks<R>, options: BankOptions) {
    checkHooks(name, layout.registers, hooks);
    this.name = name;
    if (options.guard !== undefined) this.guard = options.guard;
    this.layout = layout;
    this.options = options;
    this.page = options.page ?? null;
    this.after = options.after;
    const readSlots: Slot[][] = [];
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
          if (slot.dir !== 'w') (readSlots[base + k] ??= []).push(slot);
          if (slot.dir !== 'r') (this.writeSlots[base + k] ??= []).push(slot);
          this.slotBase[base + k] = base;
        }
      }
    });
    for (let offset = 0; offset < this.slotBase.length; offset++)
      this.reads.push(readPlan(readSlots[offset] ?? [], this.slotBase[offset] === offset));
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
    return { value: slot.value !== null, fields, read: slot.read !== null, write: slot.write !== null };
  }

  read(offset: number, size: number, tx: Transaction): number {
    const plan = offset < this.reads.length ? this.reads[offset] : NOTHING;
    const slot = plan.pages === null ? plan.slot : this.paged(plan.pages, plan.slot, offset);
    if (slot !== null && ((plan.first === 1 && slot.bytes === size) || slot.whole === 1)) {
      const value = this.valueOf(slot, size) & (size === 1 ? 0xff : size === 2 ? 0xffff : -1);
      // What has no effects leaves the outputs as they are.
      if (slot.effects === 1 && !tx.debug) {
        this.effects(slot, size, tx);
        if (this.after !== null) this.after();
      }
      return value >>> 0;
    }
    return this.readLanes(offset, size, tx);
  }

  /** Lane by lane: a register is read once even if several of its bytes are asked for. */
  private readLanes(offset: number, size: number, tx: Transaction): number {
    let value = 0;
    let k = 0;
    while (k < size) {
      const s = this.reader(offset + k);
      if (s === null) {
        this.options.unclaimed?.(offset + k, 1, false, tx);
        if (this.options.unclaimedValue !== 'zero') value += 0xff * 2 ** (8 * k);
        k++;
        continue;
      }
      const first = offset + k - this.slotBase[offset + k];
      const n = s.whole === 1 ? 1 : Math.min(s.bytes - first, size - k);
      const width = s.whole === 1 ? 1 : s.bytes;
      const v = Math.floor(((this.valueOf(s, width) & allOnes(width)) >>> 0) / 2 ** (8 * first)) % 2 ** (8 * n);
      if (s.effects === 1 && !tx.debug) this.effects(s, width, tx);
      value += v * 2 ** (8 * k);
      k += n;
    }
    if (this.after !== null && !tx.debug) this.after();
    return value;
  }

  write(offset: number, size: number, value: number, tx: Transaction): void {
    const slot = this.writer(offset, value);
    if (slot !== null && (slot.whole === 1 || (slot.bytes === size && this.slotBase[offset] === offset)))
      this.writeSlot(slot, size, value >>> 0, 0xffffffff, tx);
    else this.writeLanes(offset, size, value, tx);
    if (this.after !== null && !tx.debug) this.after();
  }

  private writeLanes(offset: number, size: number, value: number, tx: Transaction): void {
    let k = 0;
    while (k < size) {
      const s = this.writer(offset + k, Math.floor(value / 2 ** (8 * k)));
      if (s === null) {
        this.options.unclaimed?.(offset + k, 1, true, tx);
        k++;
        continue;
      }
      const first = offset + k - this.slotBase[offset + k];
      const n = s.whole === 1 ? 1 : Math.min(s.bytes - first, size - k);
      const part = Math.floor(value / 2 ** (8 * k)) % 2 ** (8 * n);
      this.writeSlot(s, s.whole === 1 ? 1 : n, (part << (8 * first)) >>> 0, mask(8 * (first + n) - 1, 8 * first), tx);
      k += n;
    }
  }

  /** The row that answers a read now. */
  private reader(offset: number): Slot | null {
    if (offset >= this.reads.length) return null;
    const plan = this.reads[offset];
    return plan.pages === null ? plan.slot : this.paged(plan.pages, plan.slot, offset);
  }

  private paged(pages: readonly (Slot | null)[], other: Slot | null, offset: number): Slot | null {
    const page = this.page === null ? -1 : this.page(offset, false);
    return page >= 0 && page < pages.length ? pages[page] : other;
  }

  /** The row that answers a write of `value` now. */
  private writer(offset: number, value: number): Slot | null {
    const slots = this.writeSlots[offset];
    if (slots === undefined) return null;
    if (slots.length === 1 && slots[0].always) return slots[0];
    const page = this.page === null ? -1 : this.page(offset, true);
    for (const s of slots)
      if ((s.page < 0 || s.page === page) && (value & s.matchMask) >>> 0 === s.matchValue) return s;
    return null;
  }

  private valueOf(slot: Slot, size: number): number {
    return slot.stored === 1
      ? this.values[slot.index]
      : slot.value !== null
        ? slot.value(size) >>> 0
        : this.computed(slot);
  }

  /** The stored word with the fields that `get` hooks compute. */
  private computed(slot: Slot): number {
    let v = this.values[slot.index];
    if (slot.maskWo !== 0) v = (v & ~slot.maskWo) | (slot.resetValue & slot.maskWo);
    const gets = slot.gets;
    for (let i = 0; i < gets.length; i++) {
      const g = gets[i];
      v = (v & ~g.mask) | ((g.get() << g.lo) & g.mask);
    }
    return v >>> 0;
  }

  /** The effects of a read. */
  private effects(slot: Slot, size: number, tx: Transaction): void {
    if ((slot.maskRclr | slot.maskRset) !== 0)
      this.values[slot.index] = (this.values[slot.index] & ~slot.maskRclr) | slot.maskRset;
    if (slot.read !== null) slot.read(size, tx);
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
    if (slot.write !== null) {
      // A partial write shows the other lanes as they were stored.
      slot.raw.value = ((old & ~lanes) | (w & lanes)) >>> 0;
      slot.raw.size = size;
      slot.write(slot.written, tx);
    }
  }
}

/**
 * What answers reads at an offset: one row whatever the page (or none), or a row for each page from
 * 0 on; `slot` is for all other pages.
 */
interface ReadPlan {
  readonly slot: Slot | null;
  readonly pages: readonly (Slot | null)[] | null;
  /** 1 if the offset is the first of its register, else 0. */
  readonly first: number;
}

const NOTHING: ReadPlan = { slot: null, pages: null, first: 0 };

function readPlan(slots: readonly Slot[], first: boolean): ReadPlan {
  const answering = (page: number): Slot | null => slots.find((s) => s.page < 0 || s.page === page) ?? null;
  const last = slots.reduce((most, s) => Math.max(most, s.page), -1);
  return {
    slot: answering(-1),
    pages: last < 0 ? null : Array.from({ length: last + 1 }, (_, page) => answering(page)),
    first: first ? 1 : 0,
  };
}

function makeSlot(name: string, row: Register, index: number, width: number, hooks: Hooks<Fields>): Slot {
  const of = (...kinds: Field['kind'][]): number =>
    Object.values(row.fields).reduce((m, f) => (kinds.includes(f.kind) ? m | mask(f.hi, f.lo) : m), 0);
  let resetValue = 0;
  for (const f of Object.values(row.fields)) resetValue |= f.reset << f.lo;
  const gets = Object.entries(hooks.get ?? {}).map(([fname, get]) => {
    const f = row.fields[fname];
    return { mask: mask(f.hi, f.lo), lo: f.lo, get: get as () => number };
  });
  const raw = { value: 0, size: 0 };
  return {
    name, index,
    bytes: (row.options.width ?? width) / 8,
    resetValue: resetValue >>> 0,
    dir: row.options.dir ?? 'rw',
    page: row.options.page ?? -1,
    always: (row.options.page ?? -1) < 0 && (row.options.match?.mask ?? 0) === 0,
    matchMask: row.options.match?.mask ?? 0,
    matchValue: row.options.match?.value ?? 0,
    whole: row.options.partial === 'whole' ? 1 : 0,
    maskRw: of('rw', 'wo', 'unmodelled'),
    maskW1c: of('w1c'),
    maskW1s: of('w1s'),
    maskW0c: of('w0c'),
    maskRclr: of('rclr'),
    maskRset: of('rset'),
    maskWonce: of('wonce'),
    maskWo: of('wo'),
    gets,
    stored: hooks.value === undefined && gets.length === 0 && of('wo') === 0 ? 1 : 0,
    effects: of('rclr', 'rset') !== 0 || hooks.read !== undefined ? 1 : 0,
    value: hooks.value ?? null,
    read: hooks.read ?? null,
    write: (hooks.write ?? null) as Slot['write'],
    raw,
    written: writtenView(raw, row.fields),
  };
}
