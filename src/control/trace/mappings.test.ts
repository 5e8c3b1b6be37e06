import { expect, test } from 'vitest';
import type { TransactionRecord, TraceRecord } from '../../sim/trace.ts';
import { Trace } from '../../sim/trace.ts';
import { ndjsonRecord } from '../export/ndjson.ts';
import { mappedWords, MappingNames, mappingOf, tellMapping } from './mappings.ts';
import { TraceStore } from './store.ts';

const FILE = '/sys/bus/pci/devices/0000:00:03.0/resource0';
const access: TransactionRecord = {
  kind: 'transaction', id: 9, parent: 0, space: 'memory', initiator: 'cpu0', target: 'paths.registers',
  address: 0xe0010024, size: 4, write: true, value: 1, secure: true, privileged: false, memoryType: 'UC',
  start: 0, end: 9, status: 'ok', pc: 0x8048000,
};

function told(): MappingNames {
  const trace = new Trace(), names = new MappingNames();
  trace.listen((r: TraceRecord) => names.see(r));
  tellMapping(trace, 3, {
    space: 'memory', first: 0xe0010000, last: 0xe0010fff, name: FILE, linear: 0x50000000, entry: 'e0010237',
  });
  tellMapping(trace, 3, { space: 'io', first: 0xc000, last: 0xc03f, name: 'ioperm', linear: -1, entry: '' });
  // Nobody is warned of it.
  expect(trace.noteTotals).toEqual([]);
  return names;
}

test('a user\'s access in the range has the name, the linear address and the entry', () => {
  const names = told(), found = names.of(access);
  expect(found).toEqual({ name: FILE, linear: 0x50000024, entry: 'e0010237' });
  expect(mappedWords(found)).toBe(`, by ${FILE} at 0x50000024, entry e0010237`);
  expect(JSON.parse(ndjsonRecord(access, found))).toMatchObject({
    mapping: FILE, linear: 0x50000024, linearHex: '0x50000024', entry: 'e0010237', privileged: false,
  });
  const port = names.of({ ...access, space: 'io', address: 0xc024 });
  expect(port).toEqual({ name: 'ioperm', linear: -1, entry: '' });
  expect(mappedWords(port)).toBe(', by ioperm');
});

test('accesses of the kernel, beside the range, or of which nobody told have none', () => {
  expect(told().of({ ...access, privileged: true })).toBeNull();
  expect(told().of({ ...access, address: 0xe0011000 })).toBeNull();
  expect(new MappingNames().of(access)).toBeNull();
  expect(ndjsonRecord(access)).not.toContain('mapping');
});

test('a record that is looked up goes by what was told before it, the newest first', () => {
  const trace = new Trace(), store = new TraceStore();
  store.attach(trace);
  const range = { space: 'memory', first: 0xe0010000, last: 0xe0010fff, linear: -1, entry: '' } as const;
  tellMapping(trace, 3, { ...range, name: 'old' });
  trace.note(3, 'vga', 'mapping', 'is no mapping');
  tellMapping(trace, 4, { ...range, name: 'new' });
  trace.flush();
  const at = (id: number) => mappingOf(store, { ...access, id })?.name;
  expect([at(1), at(2), at(3), at(4)]).toEqual([undefined, 'old', 'old', 'new']);
  expect(mappingOf(store, { ...access, id: 4, privileged: true })).toBeNull();
});
