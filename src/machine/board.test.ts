import { describe, expect, test } from 'vitest';
import { Device } from '../hw/device.ts';
import type { Simulation } from '../sim/component.ts';
import { Ram } from '../mem/ram.ts';
import { regs, reg, rw } from '../reg/layout.ts';
import { Board } from './board.ts';
import { e820 } from './firmware/e820.ts';
import { loadBoard, saveBoard } from './snapshot.ts';

class Latch extends Device {
  readonly irq = this.irqOut('irq');
  readonly dma = this.dmaPort('mem', { burst: 64, buffer: 64 });
  readonly ports = this.regs('ports', regs(8, { DATA: reg(0, { VALUE: rw(7, 0) }) }), {});
  constructor(name: string, sim: Simulation) {
    super(name, sim);
  }
  protected override outputs(): void {
    this.irq.set(this.ports.r.DATA.VALUE !== 0);
  }
}

describe('a board refuses what cannot work', () => {
  test('open lines and unbound ports are named', () => {
    const board = new Board('b');
    board.add(new Latch('latch', board));
    expect(board.check()).toEqual(['line latch.irq is not wired', 'DMA port latch.mem is not bound']);
  });

  test('overlapping regions of one priority are named, of two priorities are not', () => {
    const board = new Board('b');
    const io = board.space('io', { bits: 16 });
    const latch = board.add(new Latch('latch', board));
    board.leaveOpen(latch.irq, 'test');
    board.initiator(latch.dma, { space: io, bus: null, latency: 0, enabled: () => true });
    board.map(io, 0x10, 8, latch.ports);
    board.map(io, 0x14, 8, latch.ports, { priority: 1 });
    expect(board.check()).toEqual([]);
    board.map(io, 0x17, 1, latch.ports);
    expect(board.check()).toEqual(['io: latch.ports and latch.ports overlap at 0x17']);
  });

  test('two components of one name are refused', () => {
    const board = new Board('b');
    board.add(new Latch('latch', board));
    expect(() => board.add(new Latch('latch2', board))).not.toThrow();
    expect(() => board.add(new Latch('latch', board))).toThrow();
  });
});

test('the e820 map is read from the memory map', () => {
  const board = new Board('b');
  const memory = board.space('memory', { bits: 32 });
  const ram = new Ram('ram', new Uint8Array(0x200000));
  board.map(memory, 0, 0xa0000, ram);
  board.map(memory, 0xc0000, 0x40000, ram, { offset: 0xc0000 });
  board.map(memory, 0x100000, 0x100000, ram, { offset: 0x100000 });
  expect(e820(memory)).toEqual([
    { base: 0, size: 0x9fc00, type: 1 },
    { base: 0x9fc00, size: 0x400, type: 2 },
    { base: 0xf0000, size: 0x10000, type: 2 },
    { base: 0x100000, size: 0x100000, type: 1 },
  ]);
});

test('a snapshot that does not fit changes nothing', () => {
  const make = () => {
    const board = new Board('b');
    const io = board.space('io', { bits: 16 });
    const latch = board.add(new Latch('latch', board));
    board.map(io, 0x10, 8, latch.ports);
    board.leaveOpen(latch.irq, 'test');
    return { board, latch };
  };
  const a = make();
  a.latch.ports.r.DATA.VALUE = 7;
  const state = saveBoard(a.board, 'x');
  const b = make();
  expect(() => loadBoard(b.board, 'y', state)).toThrow('made with x');
  expect(b.latch.ports.r.DATA.VALUE).toBe(0);
  const broken = structuredClone(state);
  delete (broken.components['latch'] as Record<string, unknown>)['dma.mem'];
  expect(() => loadBoard(b.board, 'x', broken)).toThrow('dma.mem');
  expect(b.latch.ports.r.DATA.VALUE).toBe(0);
  loadBoard(b.board, 'x', state);
  expect(b.latch.ports.r.DATA.VALUE).toBe(7);
});

describe('who drives an input', () => {
  test('is told through gates: the lines of devices that are high', () => {
    const board = new Board('b');
    const [a, b, c] = ['a', 'b', 'c'].map((name) => board.add(new Latch(name, board)));
    let who: () => readonly string[] = () => [];
    const drivenBy = (lines: () => readonly string[]): void => { who = lines; };
    const pin = { sink: { irqLevel: () => {} }, input: 0, requests: true, drivenBy };
    board.gate('irq11', [a.irq, b.irq, c.irq], pin, 'pic.11');
    expect(who()).toEqual([]);
    a.irq.set(true);
    c.irq.set(true);
    expect(who()).toEqual(['a.irq', 'c.irq']);
  });
});
