/** Which buses a transaction is seen on, and how wide its words are. */
import { expect, test } from 'vitest';
import type { BoardDescription } from '../../../../src/machine/describe.ts';
import type { TransactionRecord } from '../../../../src/sim/trace/records.ts';
import { busesOf, busWaves } from './waves.ts';

const region = (name: string, base: number, bus: string | null): object => ({
  name, base, size: 0x100, enabled: true, owner: name, bus,
});
const board = {
  buses: [{ name: 'pci', clock: 'pci', bytesPerBeat: 4 }, { name: 'isa', clock: 'isa', bytesPerBeat: 1 }],
  spaces: [
    { name: 'memory', bits: 32, behind: null, regions: [region('ram', 0, null), region('card', 0x1000, 'pci')] },
    { name: 'io', bits: 16, behind: null, regions: [region('com1', 0x3f8, 'isa')] },
  ],
  initiators: [
    { name: 'cpu0', component: 'cpu0', kind: 'processor', spaces: ['memory', 'io'], bus: null },
    { name: 'ide', component: 'ide', kind: 'dma', spaces: ['memory'], bus: 'pci' },
  ],
} as unknown as BoardDescription;
const access = (rest: Partial<TransactionRecord>): TransactionRecord => ({
  kind: 'transaction', id: 1, parent: 0, space: 'memory', initiator: 'cpu0', target: 'ram', address: 0, size: 4,
  write: false, value: 1, secure: false, privileged: true, memoryType: 'UC', start: 0, end: 30, status: 'ok', pc: -1,
  ...rest,
});

test('a transaction is on the bus of who began it and on that of what answered', () => {
  expect(busesOf(access({}), board)).toEqual(['processor']);
  expect(busesOf(access({ target: 'card', address: 0x1010 }), board)).toEqual(['processor', 'pci']);
  expect(busesOf(access({ space: 'io', target: 'com1', address: 0x3fd }), board)).toEqual(['processor', 'isa']);
  expect(busesOf(access({ initiator: 'ide' }), board)).toEqual(['pci']);
});

test('words are as wide as the lines that carry them', () => {
  const waves = busWaves([
    access({ space: 'io', target: 'com1', address: 0x3fd, size: 1, value: 0x60 }),
    access({ id: 2, initiator: 'ide', size: 64, value: -1, address: 0x1000, write: true }),
  ], board);
  expect(waves.map((w) => (w.kind === 'bus' ? [w.name, w.what, w.values.map((v) => v.text).join(' ')] : []))).toEqual([
    ['processor', 'address [15:0]', '0x03fd'], ['processor', 'data', '0x60'], ['processor', 'direction', 'read io'],
    ['pci', 'address [31:0]', '0x00001000'], ['pci', 'data [31:0]', '64 bytes'], ['pci', 'direction', 'write memory'],
    ['isa', 'address [15:0]', '0x03fd'], ['isa', 'data [7:0]', '0x60'], ['isa', 'direction', 'read io'],
  ]);
});
