import { describe, expect, test } from 'vitest';
import { findBoard } from '../../machine/boards/index.ts';
import { houseCard } from '../../machine/cards.ts';
import type { BoardDefinition } from '../../machine/definition.ts';
import { describeBoard } from '../../machine/describe.ts';
import { Machine } from '../../machine/machine.ts';
import type { TraceRecord } from '../../sim/trace/records.ts';
import { layout } from './layout.ts';
import { route } from './route.ts';

const board = describeBoard(new Machine(findBoard('pc') as BoardDefinition, {
  options: { ram: 2 ** 24 }, devices: [houseCard('paths')],
}));
const diagram = layout(board), small = layout(board, { important: [] });

const access = (initiator: string, target: string, write: boolean, space = 'memory', address = 0): TraceRecord => ({
  kind: 'transaction', id: 1, parent: 0, space, initiator, target, address, size: 4, write, value: 1, secure: false,
  privileged: true, memoryType: '', start: 0, end: 0, status: 'ok', pc: -1,
});
const edge = (line: string): TraceRecord => ({ kind: 'edge', id: 1, parent: 0, time: 0, line, level: true });
const legs = (record: TraceRecord): string[] =>
  route(diagram, record).legs.map((l) => `${l.kind}: ${l.through.join(' ')}`);

describe('the way of a record through the machine', () => {
  test('port I/O and memory-mapped I/O: from the processor over both bridges, a read comes back', () => {
    expect(legs(access('cpu0', 'paths.registers', true, 'io'))).toEqual([
      'address: cpu0 processor pci0 pci paths', 'data: cpu0 processor pci0 pci paths',
    ]);
    expect(legs(access('cpu0', 'paths.buffer', false))).toEqual([
      'address: cpu0 processor pci0 pci paths', 'data: paths pci pci0 processor cpu0',
    ]);
    expect(legs(access('cpu0', 'com1.ports', false, 'io'))[1])
      .toBe('data: com1 isa piix3 pci pci0 processor cpu0');
    expect(legs(access('cpu0', 'pci0.ports', true, 'io'))[0]).toBe('address: cpu0 processor pci0');
  });

  test('bus-master DMA never meets the processor', () => {
    expect(legs(access('paths.dma', 'ram', true))).toEqual([
      'address: paths pci pci0 processor ram', 'data: paths pci pci0 processor ram',
    ]);
    expect(legs(access('ide.primary', 'shadow', false))[1]).toBe('data: ram processor pci0 pci ide');
    expect(legs(access('paths.dma', 'paths.buffer', false))[1]).toBe('data: paths pci paths');
  });

  test('a DMA controller gives the address and DACK#; the data go past it', () => {
    expect(legs(access('dma.2', 'ram', true))).toEqual([
      'address: dma isa piix3 pci pci0 processor ram', 'acknowledge: dma fdc',
      'data: fdc isa piix3 pci pci0 processor ram',
    ]);
  });

  test('configuration space, and what nobody claims', () => {
    expect(legs(access('cpu0', 'ide.config', false, 'pci-config'))[0]).toBe('address: cpu0 processor pci0 pci ide');
    expect(legs(access('cpu0', 'none', false, 'pci-config'))[0]).toBe('address: cpu0 processor pci0 pci');
    expect(legs(access('cpu0', 'none', true, 'io', 0x5000))[0]).toBe('address: cpu0 processor pci0 pci piix3 isa');
    expect(legs(access('cpu0', 'none', true, 'memory', 0xf000_0000))[0]).toBe('address: cpu0 processor pci0 pci');
  });

  test('an interrupt: edges from part to part, then the acknowledge cycle', () => {
    expect(legs(edge('paths.INTA#'))).toEqual(['line: paths piix3']);
    expect(legs(edge('pirqb'))).toEqual(['line: piix3']);
    expect(legs(edge('piix3.irq9'))).toEqual(['line: piix3 pic']);
    expect(legs(edge('ide.irq14'))).toEqual(['line: ide pic']);
    expect(legs(edge('irq14'))).toEqual(['line: pic']);
    expect(legs(edge('fdc.DRQ'))).toEqual(['line: fdc dma']);
    expect(legs(edge('pic.intr'))).toEqual(['line: pic cpu0']);
    expect(legs({ kind: 'acknowledge', id: 1, parent: 0, time: 0, initiator: 'cpu0', vector: 9 })).toEqual([
      'address: cpu0 processor pci0 pci piix3 isa pic', 'data: pic isa piix3 pci pci0 processor cpu0',
    ]);
  });

  test('what happens within a part shows there', () => {
    const event: TraceRecord = { kind: 'event', id: 1, parent: 0, time: 0, name: 'ide.primary.cable' };
    expect(route(diagram, event)).toEqual({ legs: [], parts: ['ide'] });
    expect(route(diagram, { ...event, kind: 'mark' } as TraceRecord).parts).toEqual([]);
    expect(route(diagram, edge('reset')).parts).toEqual([]);
  });

  test('ways are made of horizontal and vertical pieces, whatever is drawn small', () => {
    for (const d of [diagram, small])
      for (const record of [
        access('cpu0', 'paths.buffer', false), access('dma.2', 'ram', true), edge('paths.INTA#'), edge('pic.intr'),
        access('cpu0', 'com2.ports', true, 'io'), access('cpu0', 'none', true, 'io', 0x5000),
      ])
        for (const leg of route(d, record).legs)
          for (const [n, p] of leg.points.entries()) {
            const before = leg.points[n - 1] ?? p;
            expect(p.x === before.x || p.y === before.y, `${leg.kind} ${leg.through.join(' ')}`).toBe(true);
          }
  });
});
