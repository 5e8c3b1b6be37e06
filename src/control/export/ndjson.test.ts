import { describe, expect, test } from 'vitest';
import type { NoteRecord, TransactionRecord } from '../../sim/trace.ts';
import { ndjsonHeader, ndjsonRecord, ndjsonRun } from './ndjson.ts';
import { describeFilter, parseAddressRange, passes, type TraceFilter } from './trace-filter.ts';

const read: TransactionRecord = {
  kind: 'transaction', id: 7, parent: 3, space: 'io', initiator: 'cpu0', target: 'ide.command', address: 0x1f0, size: 2,
  write: false, value: 0xbeef, secure: true, privileged: true, memoryType: '', start: 100, end: 460,
  status: 'ok', pc: 0x100234,
};
const burst: TransactionRecord = {
  ...read, space: 'memory', initiator: 'ide.mem', target: 'ram', address: 0x1000, size: 64, write: true,
  value: -1, memoryType: 'WB', pc: -1,
};
const note: NoteRecord = {
  kind: 'note', id: 9, parent: 0, time: 5, source: 'ide', what: 'odd', detail: 'a "quoted" thing\n',
};

describe('a trace line', () => {
  test('is one JSON object with all keys in one order', () => {
    for (const r of [read, burst]) {
      const line = ndjsonRecord(r);
      expect(line.endsWith('\n')).toBe(true);
      expect(line.slice(0, -1)).not.toContain('\n');
      expect(Object.keys(JSON.parse(line))).toEqual([
        'kind', 'id', 'parent', 'start', 'end', 'initiator', 'space', 'target', 'address', 'addressHex', 'size',
        'write', 'value', 'status', 'secure', 'privileged', 'memoryType', 'pc', 'pcHex',
      ]);
    }
    expect(JSON.parse(ndjsonRecord(read))).toMatchObject({
      id: 7, parent: 3, start: 100, end: 460, address: 496, addressHex: '0x1f0', value: 0xbeef, memoryType: null,
      pc: 0x100234, pcHex: '0x100234',
    });
    expect(JSON.parse(ndjsonRecord(burst))).toMatchObject({
      value: null, memoryType: 'WB', pc: null, pcHex: null,
    });
    expect(JSON.parse(ndjsonRecord(note))).toEqual({
      kind: 'note', id: 9, parent: 0, time: 5, source: 'ide', what: 'odd',
      detail: 'a "quoted" thing\n',
    });
  });

  test('the header says what the numbers are', () => {
    expect(JSON.parse(ndjsonHeader({ board: 'pc', generator: 'northbridge 1', filter: '' }))).toMatchObject({
      'northbridge-trace': 2,
      ticksPerSecond: 3e9, board: 'pc',
    });
    expect(JSON.parse(ndjsonRun('dma'))).toEqual({ kind: 'run', name: 'dma' });
  });
});

describe('a trace filter', () => {
  const all: TraceFilter = { initiators: [], targets: [], ranges: [] };
  test('knows components by their first name', () => {
    expect(passes({ ...all, initiators: ['ide'] }, burst)).toBe(true);
    expect(passes({ ...all, initiators: ['id'] }, burst)).toBe(false);
    expect(passes({ ...all, targets: ['ide.command', 'uart'] }, read)).toBe(true);
    expect(passes({ ...all, initiators: ['ide'], targets: ['uart'] }, burst)).toBe(false);
    expect(passes({ ...all, initiators: ['nobody'] }, note)).toBe(true);
  });

  test('an address range holds what overlaps it, in its space only', () => {
    const range = (text: string): TraceFilter => ({ ...all, ranges: [parseAddressRange(text)!] });
    expect(passes(range('0x1f0-0x1f7'), read)).toBe(true);
    expect(passes(range('0x1f1'), read)).toBe(true);
    expect(passes(range('0x1f2+6'), read)).toBe(false);
    expect(passes(range('io:496'), read)).toBe(true);
    expect(passes(range('memory:496'), read)).toBe(false);
    expect(passes(range('0x103f'), burst)).toBe(true);
    expect(passes(range('0x1040'), burst)).toBe(false);
    for (const bad of ['', '0x', '5-3', 'io:', '1-2-3', '0x1f0+0']) expect(parseAddressRange(bad)).toBe(null);
    expect(describeFilter({ initiators: ['ide'], targets: [], ranges: [parseAddressRange('io:0x1f0+8')!] })).toBe(
      'initiator ide, address io:0x1f0-0x1f7',
    );
  });
});
