import { allOnes, mask } from '../bits/field.ts';
import { Transaction } from '../mem/transaction.ts';
import type { Component } from '../sim/component.ts';
import type { CellValue, SavedState } from '../sim/state.ts';
import type { Bank } from './bank.ts';
import type { FieldKind, Register } from './layout.ts';

/** A component with its register banks. */
export interface ContractSubject {
  readonly component: Component;
  readonly banks: ReadonlyMap<string, Bank>;
}

export interface ContractOptions {
  /**
   * How to make a banked row answer: `bank.ROW` → accesses that select its page. Rows with a page
   * and no entry are skipped.
   */
  select?: Readonly<Record<string, (subject: ContractSubject) => void>>;
  /** Rows (`bank.ROW`) whose contract is changed by their hooks → why. */
  except?: Readonly<Record<string, string>>;
  /** State groups that no reset touches (battery, pins). */
  keeps?: readonly string[];
}

/**
 * One check: throws an Error that says what is wrong. A check that cannot be made says why in
 * `skip`.
 */
export interface ContractCheck {
  readonly name: string;
  readonly skip: string;
  readonly run: () => void;
}

const PATTERNS: readonly number[] = [0x55555555, 0xaaaaaaaa, 0xffffffff, 0x0f0f0f0f, 0];

/**
 * The checks that follow from the rows of a component's banks. `make` gives a fresh component each
 * time.
 */
export function contractChecks(make: () => ContractSubject, options: ContractOptions = {}): ContractCheck[] {
  const checks: ContractCheck[] = [];
  for (const [bankName, bank] of make().banks) {
    for (const [row, register] of Object.entries(bank.layout.registers)) {
      checks.push(...rowChecks(make, options, bankName, row, register, bank));
    }
  }
  checks.push(
    { name: 'save, restore into another instance: equal', skip: '', run: () => restoreCheck(make) },
    { name: 'reset restores the initial state', skip: '', run: () => resetCheck(make, options.keeps ?? []) },
  );
  return checks;
}

/** A row on a fresh, reset component. */
class RowBench {
  readonly subject: ContractSubject;
  readonly bank: Bank;
  readonly size: number;
  private readonly row: string;
  private readonly offset: number;
  private readonly tx = new Transaction('contract');

  constructor(
    make: () => ContractSubject,
    options: ContractOptions, bankName: string, row: string, register: Register,
  ) {
    this.subject = make();
    reset(this.subject.component);
    this.bank = this.subject.banks.get(bankName) as Bank;
    this.row = row;
    this.offset = register.offset;
    this.size = (register.options.width ?? this.bank.layout.width) / 8;
    options.select?.[`${bankName}.${row}`]?.(this.subject);
  }

  read(debug = false): number {
    this.tx.debug = debug;
    const value = this.bank.read(this.offset, this.size, this.tx);
    this.tx.debug = false;
    return value;
  }
  write(value: number): void {
    this.bank.write(this.offset, this.size, value, this.tx);
  }
  readByte(k: number): number {
    return this.bank.read(this.offset + k, 1, this.tx);
  }
  writeByte(k: number, value: number): void {
    this.bank.write(this.offset + k, 1, value, this.tx);
  }
  /** Sets the stored value as hardware would. */
  store(value: number): void {
    (this.bank.r[this.row] as { value: number }).value = value;
  }
}

function rowChecks(
  make: () => ContractSubject,
  options: ContractOptions, bankName: string, row: string, register: Register, bank: Bank,
): ContractCheck[] {
  const id = `${bankName}.${row}`;
  const width = register.options.width ?? bank.layout.width;
  const all = allOnes(width / 8);
  const hooked = bank.hooked(row);
  const dir = register.options.dir ?? 'rw';
  const of = (...kinds: FieldKind[]): number =>
    Object.values(register.fields).reduce((m, f) => (kinds.includes(f.kind) ? m | mask(f.hi, f.lo) : m), 0) >>> 0;
  const named = Object.values(register.fields).reduce((m, f) => m | mask(f.hi, f.lo), 0) >>> 0;
  const initial = Object.values(register.fields).reduce((v, f) => v | (f.reset << f.lo), 0) >>> 0;
  const paged =
    (register.options.page ?? -1) >= 0 && options.select?.[id] === undefined
      ? 'the row is banked and no selection is given'
      : '';
  const shared = options.except?.[id] ?? paged;
  const free = (m: number): number => (hooked.value ? 0 : m & ~hooked.fields) >>> 0;
  const checks: ContractCheck[] = [];
  const bench = (): RowBench => new RowBench(make, options, bankName, row, register);
  const check = (name: string, bits: number, test: (b: RowBench, bits: number) => void): void => {
    if (bits !== 0) checks.push({ name: `${id}: ${name}`, skip: '', run: () => test(bench(), bits) });
  };
  if (shared !== '') return [{ name: id, skip: shared, run: () => {} }];
  const readable = dir !== 'w',
    both = dir === 'rw';

  if (readable) {
    checks.push({
      name: `${id}: reset value`,
      skip: free(all) === 0 ? 'hooks compute the value' : '',
      run: () => expectBits('after reset', bench().read(), initial, free(all)),
    });
    check('a debug read has no effect', all, (b) => {
      const before = b.subject.component.save();
      b.read(true);
      const difference = differs(before, b.subject.component.save(), []);
      if (difference !== '') throw new Error(`${difference} changed`);
    });
    check('reserved and unnamed bits read as reset', free((all & ~named) | of('rsvd')), (b, bits) => {
      if (both) b.write(all);
      expectBits('after ones', b.read(), initial, bits);
    });
    check('rclr: reading clears', free(of('rclr')), (b, bits) => {
      b.store(bits);
      expectBits('first read', b.read(), bits, bits);
      expectBits('second read', b.read(), 0, bits);
    });
    check('rset: reading sets', free(of('rset')), (b, bits) => {
      b.store(0);
      expectBits('first read', b.read(), 0, bits);
      expectBits('second read', b.read(), bits, bits);
    });
  }
  if (both) {
    check('rw bits keep what is written', free(of('rw', 'unmodelled')), (b, bits) => {
      for (const p of PATTERNS) {
        b.write((p & bits) >>> 0);
        expectBits(`after 0x${(p & bits).toString(16)}`, b.read(), p, bits);
      }
    });
    check('ro bits ignore writes', free(of('ro')), (b, bits) => {
      for (const p of [all, 0]) {
        b.write(p);
        expectBits('after a write', b.read(), initial, bits);
      }
    });
    check('wo bits read as reset', free(of('wo')), (b, bits) => {
      b.write(bits);
      expectBits('after ones', b.read(), initial, bits);
    });
    check('w1c: 1 clears, 0 keeps', free(of('w1c')), (b, bits) => writeEffect(b, bits, bits, 0, bits));
    check('w1s: 1 sets, 0 keeps', free(of('w1s')), (b, bits) => writeEffect(b, 0, bits, 0, bits));
    check('w0c: 0 clears, 1 keeps', free(of('w0c')), (b, bits) => writeEffect(b, bits, 0, bits, bits));
    check('wonce: the first write sticks', free(of('wonce')), (b, bits) => {
      b.write(bits);
      b.write(0);
      expectBits('after a second write', b.read(), bits, bits);
      reset(b.subject.component);
      options.select?.[id]?.(b.subject);
      b.write(~initial & bits);
      expectBits('after a reset and a write', b.read(), ~initial, bits);
    });
  }
  if (width > 8 && register.options.partial !== 'whole') {
    if (readable) {
      check('reads byte by byte', free(all & ~of('rclr', 'rset')), (b, bits) => {
        let value = 0;
        for (let k = 0; k < width / 8; k++) value |= b.readByte(k) << (8 * k);
        expectBits('bytes', value, b.read(), bits);
      });
    }
    if (both) {
      check('writes byte by byte', free(of('rw', 'unmodelled')), (b, bits) => {
        for (let k = width / 8 - 1; k >= 0; k--) {
          const before = b.read();
          b.writeByte(k, (0x5a + k) & (bits >>> (8 * k)) & 0xff);
          const lane = bits & mask(8 * k + 7, 8 * k);
          expectBits(`byte ${k}`, b.read(), (0x5a + k) << (8 * k), lane);
          expectBits(`other bytes than ${k}`, b.read(), before, bits & ~lane);
        }
      });
    }
  }
  return checks;
}

/** Stores `start`; writing `idle` changes nothing, writing `active` inverts the bits. */
function writeEffect(b: RowBench, start: number, active: number, idle: number, bits: number): void {
  b.store(start);
  b.write(idle);
  expectBits('after the idle value', b.read(), start, bits);
  b.write(active);
  expectBits('after the active value', b.read(), ~start, bits);
}

function expectBits(when: string, got: number, want: number, bits: number): void {
  if (((got ^ want) & bits) !== 0) {
    throw new Error(
      `${when}: read 0x${((got & bits) >>> 0).toString(16)}, expected ` +
        `0x${((want & bits) >>> 0).toString(16)} in bits 0x${bits.toString(16)}`,
    );
  }
}

function reset(c: Component): void {
  c.resetEnter();
  c.resetHold();
  c.resetExit();
}

/** Writes something to every byte of every bank, several times over. */
function disturb(subject: ContractSubject): void {
  const tx = new Transaction('contract');
  let value = 0x2d;
  for (let round = 0; round < 3; round++) {
    for (const bank of subject.banks.values()) {
      for (const register of Object.values(bank.layout.registers)) {
        const size = (register.options.width ?? bank.layout.width) / 8;
        value = (Math.imul(value, 1103515245) + 12345) >>> 0;
        bank.write(register.offset, size, (value >>> 8) & allOnes(size), tx);
      }
    }
  }
}

function restoreCheck(make: () => ContractSubject): void {
  const a = make(), b = make();
  reset(a.component);
  reset(b.component);
  disturb(a);
  const saved = a.component.save();
  b.component.load(saved);
  const difference = differs(saved, b.component.save(), []);
  if (difference !== '') throw new Error(`${difference} is not restored`);
  for (const [name, bank] of a.banks) {
    for (const row of Object.keys(bank.layout.registers)) {
      const was = bank.peek(row), is = (b.banks.get(name) as Bank).peek(row);
      if (was !== is)
        throw new Error(`${name}.${row} reads 0x${is.toString(16)} after the restore, before it 0x${was.toString(16)}`);
    }
  }
}

function resetCheck(make: () => ContractSubject, keeps: readonly string[]): void {
  const subject = make();
  reset(subject.component);
  const initial = subject.component.save();
  disturb(subject);
  reset(subject.component);
  const difference = differs(initial, subject.component.save(), keeps);
  if (difference !== '') throw new Error(`${difference} is not at its initial value after reset`);
}

/** Name of the first cell that differs, or ''. */
function differs(a: SavedState, b: SavedState, skip: readonly string[]): string {
  for (const [group, cells] of Object.entries(a)) {
    if (skip.includes(group)) continue;
    for (const [name, value] of Object.entries(cells)) if (!same(value, b[group]?.[name])) return `${group}.${name}`;
  }
  return '';
}

function same(a: CellValue, b: CellValue | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  return a.length === b.length && a.every((v, i) => v === b[i]);
}
