import { expect, test } from 'vitest';
import { PcMachine } from '../../machine/pc-machine.ts';
import type { NoteRecord, TraceRecord, TransactionRecord } from '../../sim/trace.ts';
import { lookAtNote } from './notes.ts';
import { causesOf, lastAccessBefore, notesUpTo, shortened, type RecordSource } from './record-links.ts';

const access = (id: number, parent: number, address: number): TransactionRecord => ({
  kind: 'transaction', id, parent, space: 'io', initiator: 'cpu0', target: 'x', address, size: 1, write: true,
  value: id, secure: true, privileged: true, memoryType: '', start: 10 * id, end: 10 * id + 3, status: 'ok', pc: -1,
});
const note = (id: number, parent: number, what: string): NoteRecord => ({
  kind: 'note', id, parent, time: 10 * id, source: 'ide.primary', what, detail: 'd',
});

/** Records by id from 1 on; those before `first` are gone. */
function source(list: readonly TraceRecord[], first = 1): RecordSource {
  const record = (id: number): TraceRecord | null => (id < first ? null : list[id - 1] ?? null);
  return {
    first, record,
    idAt: (time) => Math.max(first, Math.min(list.length + 1, Math.ceil(time / 10))),
    seek: (id, _direction, { kinds = [] }) =>
      list.findLast((r) => r.id < id && r.id >= first && kinds.includes(r.kind)) ?? null,
  };
}

const LIST = [
  access(1, 0, 0x80), access(2, 1, 0x81), access(3, 2, 0x80), note(4, 2, 'fault'), access(5, 3, 0x80),
  note(6, 5, 'ide-bus-master-off'),
];

test('causes are followed as far as they are kept', () => {
  const all = source(LIST);
  expect(causesOf(all, LIST[5]).map((r) => r.id)).toEqual([5, 3, 2, 1]);
  expect(causesOf(source(LIST, 3), LIST[5]).map((r) => r.id)).toEqual([5, 3]);
});

test('the access before to the same bytes', () => {
  expect(lastAccessBefore(source(LIST), LIST[4] as TransactionRecord)?.id).toBe(3);
  expect(lastAccessBefore(source(LIST), LIST[0] as TransactionRecord)).toBe(null);
  expect(lastAccessBefore(source(LIST, 4), LIST[4] as TransactionRecord)).toBe(null);
});

test('a long chain keeps both ends; one link is not worth a gap', () => {
  expect(shortened(LIST, 2, 3)).toEqual({ near: LIST, skipped: 0, far: [] });
  expect(shortened(LIST, 1, 2)).toEqual({ near: [LIST[0]], skipped: 3, far: [LIST[4], LIST[5]] });
});

test('notes up to a time, the newest first, with the rule that was broken', () => {
  const all = source(LIST);
  expect(notesUpTo(all, 59, 9).map((n) => n.id)).toEqual([4]);
  expect(notesUpTo(all, 60, 9).map((n) => n.id)).toEqual([6, 4]);
  expect(notesUpTo(all, Infinity, 1).map((n) => n.id)).toEqual([6]);
  const { board } = new PcMachine({ ramBytes: 4 << 20, disk: null, onSerial: () => {}, onPost: () => {} });
  expect(lookAtNote(board, LIST[5] as NoteRecord)).toMatchObject({
    part: 'ide', rule: expect.stringContaining('bus'), document: 'PCI 2.2 §6.2.2, Bus Master',
  });
  expect(lookAtNote(board, LIST[3] as NoteRecord)).toMatchObject({ part: 'ide', rule: '', document: '' });
});
