/** Trace records in words, with the names of registers and fields that their rows give. */
import { bits } from '../../bits/field.ts';
import type { Board } from '../../machine/board.ts';
import type { AddressSpace } from '../../mem/address-space.ts';
import type { Region } from '../../mem/region.ts';
import type { FieldKind, Register } from '../../reg/layout.ts';
import type { Ticks } from '../../sim/time.ts';
import type { TraceRecord, TransactionRecord } from '../../sim/trace/records.ts';
import { timeOf } from '../export/record-line.ts';
import { mappedWords, type MappedAccess } from '../trace/mappings.ts';
import { componentOf } from '../trace-names.ts';
import { ACCESS_WORDS } from './access-words.ts';
import { bankOf, rowsAt } from './memory-map.ts';

/** A record for people. */
export interface RecordWords {
  readonly id: number;
  /** One sentence without its full stop: `cpu0 writes 1 byte to ide.busmaster, BMIC: START 1`. */
  readonly sentence: string;
  /** Registers that the access touches; none where nothing is known. */
  readonly registers: readonly AccessedRegister[];
  /** Component that acts, and that is acted upon; '' where there is none. */
  readonly from: string;
  readonly to: string;
  /** When it began, and how long it took. */
  readonly time: Ticks;
  readonly ticks: Ticks;
}

/** A register as an access sees it. */
export interface AccessedRegister {
  readonly part: string;
  readonly bank: string;
  readonly register: string;
  readonly doc: string;
  readonly fields: readonly AccessedField[];
}

export interface AccessedField {
  readonly name: string;
  readonly high: number;
  readonly low: number;
  /** Written, or read. */
  readonly value: number;
  /** What the access before gave or wrote, or null if that is not known. */
  readonly before: number | null;
  readonly kind: FieldKind;
  readonly access: string;
}

/**
 * A record's words.
 * @param before the last access to the same bytes, if the caller looked for it
 * @param mapped the mapping of a program that the access went through, likewise
 */
export function describeRecord(
  board: Board, record: TraceRecord, before: TransactionRecord | null = null, mapped: MappedAccess | null = null,
): RecordWords {
  const registers = record.kind === 'transaction' ? registersOf(board, record, before) : [];
  return {
    id: record.id, sentence: sentence(record, registers) + mappedWords(mapped), registers,
    from: actor(board, record), to: record.kind === 'transaction' ? ownerName(board, record) : '',
    time: timeOf(record),
    ticks: record.kind === 'transaction' ? record.end - record.start : 0,
  };
}

/** Registers by name that a transaction reads or writes, by the memory map as it is now. */
function registersOf(
  board: Board, record: TransactionRecord, before: TransactionRecord | null = null,
): AccessedRegister[] {
  if (record.value < 0) return [];
  const region = regionOf(board, record);
  const found = region === null ? null : bankOf(board, region);
  if (region === null || found === null) return [];
  const offset = record.address - region.base + region.offset;
  const old = before !== null && before.address === record.address && before.size === record.size ? before.value : null;
  return rowsAt(found.bank, offset, record.size)
    .filter(([, row, base]) => answers(row, record, offset - base))
    .map(([name, row, base]) => ({
      part: found.device.name, bank: found.name, register: name, doc: row.options.doc ?? '',
      // What another register at the same address gave is no value of this one.
      fields: fieldsOf(row, record, offset - base,
        before !== null && row.options.dir !== 'w' && answers(row, before, offset - base) ? old : null),
    }));
}

/** Whether a row may be what an access meets, by its direction and the value written. */
function answers({ options }: Register, record: TransactionRecord, skip: number): boolean {
  if (options.dir === (record.write ? 'r' : 'w')) return false;
  if (options.match === undefined) return true;
  return record.write && ((shifted(record.value, skip) & options.match.mask) >>> 0) === options.match.value;
}

/** `skip`: byte of the register that the access begins at; negative: it begins before it. */
function fieldsOf(row: Register, record: TransactionRecord, skip: number, old: number | null): AccessedField[] {
  const first = 8 * Math.max(0, skip), last = row.options.partial === 'whole' ? 31 : 8 * (skip + record.size) - 1;
  return Object.entries(row.fields)
    .filter(([, f]) => f.kind !== 'rsvd' && f.lo >= first && f.hi <= last)
    .sort(([, a], [, b]) => b.hi - a.hi)
    .map(([name, f]) => ({
      name, high: f.hi, low: f.lo, kind: f.kind, access: ACCESS_WORDS[f.kind],
      value: bits(shifted(record.value, skip), f.hi, f.lo),
      before: old === null ? null : bits(shifted(old, skip), f.hi, f.lo),
    }));
}

/** The value of an access as it stands in a register that begins `skip` bytes earlier. */
function shifted(value: number, skip: number): number {
  return skip >= 0 ? (value * 2 ** (8 * skip)) % 2 ** 32 : Math.floor(value / 2 ** (-8 * skip));
}

function spaceOf(board: Board, name: string): AddressSpace | null {
  return board.spaces.find((s) => s.name === name) ?? null;
}

/** The region that answered: the one there now, if it has the name, else one of that name. */
function regionOf(board: Board, { space, address, target }: TransactionRecord): Region | null {
  const found = spaceOf(board, space);
  const here = found?.find(address) ?? null;
  if (here?.name === target) return here;
  return found?.mapped.find((r) => r.name === target && address >= r.base && address < r.base + r.size) ?? null;
}

function ownerName(board: Board, record: TransactionRecord): string {
  const region = regionOf(board, record);
  return region === null ? '' : board.ownerOf(region.target)?.name ?? '';
}

function actor(board: Board, record: TraceRecord): string {
  const name = 'initiator' in record ? record.initiator
    : 'port' in record ? record.port
      : record.kind === 'edge' ? record.line
        : record.kind === 'event' ? record.name : record.kind === 'note' ? record.source : '';
  return componentOf(board, name) ?? '';
}

/** How a transaction reads in a list: `ide.busmaster BMIC` or `memory 0x100000`. */
function registerName(registers: readonly AccessedRegister[]): string {
  return [...new Set(registers.map((r) => r.register))].join(' or ');
}

function sentence(r: TraceRecord, registers: readonly AccessedRegister[]): string {
  switch (r.kind) {
    case 'transaction': return transaction(r, registers);
    case 'request':
      return `${r.port} asks to ${r.write ? 'write' : 'read'} ${bytes(r.size)} at ${r.space} ${hex(r.address)}`;
    case 'completion':
      return `${r.port} has moved ${bytes(r.bytes)}${r.status === 'ok' ? '' : `: ${statusWords(r.status)}`}`;
    case 'event': return `event ${r.name}`;
    case 'edge': return `${r.line} goes ${r.level ? 'high' : 'low'}`;
    case 'acknowledge': return `${r.initiator} asks which interrupt: vector ${hex(r.vector)}`;
    case 'handler':
      return `${r.initiator} enters the handler of vector ${hex(r.vector)} at ${hex(r.entry)}`;
    case 'return': return `${r.initiator} returns from the handler to ${hex(r.pc)}`;
    case 'mark': return `mark ${r.name}`;
    case 'note': return `${r.source}: ${r.detail}`;
    default: return '';
  }
}

function transaction(r: TransactionRecord, registers: readonly AccessedRegister[]): string {
  const what = `${r.initiator} ${r.write ? 'writes' : 'reads'} ${bytes(r.size)} ${r.write ? 'to' : 'from'}`;
  const where = r.target === 'none' ? `${r.space} ${hex(r.address)}, where nobody is` : r.target;
  const name = registerName(registers);
  const place = name === '' ? (r.target === 'none' ? '' : ` at ${hex(r.address)}`) : `, ${name}`;
  const value = r.value < 0 || (!r.write && r.target === 'none') ? '' : ` = ${hex(r.value, 2 * r.size)}`;
  const only = registers.length === 1 ? fieldWords(registers[0].fields) : '';
  const end = r.status === 'ok' || r.target === 'none' ? '' : ` (${statusWords(r.status)})`;
  return `${what} ${where}${place}${value}${only === '' ? '' : `: ${only}`}${end}`;
}

/** Fields that changed, else those that are not 0; nothing for one that is the whole register. */
function fieldWords(fields: readonly AccessedField[]): string {
  if (fields.length < 2) return '';
  const changed = fields.filter((f) => f.before !== null && f.before !== f.value);
  if (changed.length > 0) return changed.map((f) => `${f.name} ${f.before}→${f.value}`).join(', ');
  return fields.filter((f) => f.value !== 0)
    .map((f) => (f.high === f.low ? f.name : `${f.name} ${f.value}`)).join(', ');
}

function statusWords(status: string): string {
  return status === 'decode-error' ? 'nobody answered' : status === 'target-error' ? 'the target refused' : status;
}

function bytes(n: number): string {
  return n === 1 ? '1 byte' : `${n} bytes`;
}

function hex(n: number, digits = 0): string {
  return `0x${n.toString(16).padStart(digits, '0')}`;
}
