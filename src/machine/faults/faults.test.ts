import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Device } from '../../hw/device.ts';
import { I8237Pair } from '../../hw/dma/i8237/pair.ts';
import { Ram } from '../../mem/ram.ts';
import { STATUS, Transaction } from '../../mem/transaction.ts';
import type { Simulation } from '../../sim/component.ts';
import { us } from '../../sim/time.ts';
import { Board } from '../board.ts';
import { loadBoard, saveBoard } from '../snapshot.ts';
import { parseFaults } from './rows.ts';

const BYTES = 4096;

class Master extends Device {
  readonly s = this.cells('s', { done: 0, status: -1, request: false });
  readonly port = this.dmaPort('port', { burst: 64, buffer: BYTES });
  readonly done = this.completion(this.port, 'done', (status) => {
    this.s.done++;
    this.s.status = status;
  });
  readonly irq = this.irqOut('irq');
  constructor(sim: Simulation) {
    super('m', sim);
  }
  request(level: boolean): void {
    this.s.request = level;
    this.outputs();
  }
  protected override outputs(): void {
    this.irq.set(this.s.request);
  }
}

/** A controller that remembers the rises of its input. */
class Controller extends Device {
  readonly s = this.cells('s', { level: false, rises: 0 });
  readonly pin = this.irqIn((_input, level) => {
    this.s.level = level;
    this.s.rises += +level;
  });
}

function built(faults: string, gated = false) {
  const board = new Board('b');
  board.inject(parseFaults(faults));
  const memory = board.space('memory', { bits: 32 }), ram = new Ram('ram', new Uint8Array(BYTES));
  memory.map(0, BYTES, ram);
  const m = board.add(new Master(board)), pic = board.add(new Controller('pic', board));
  board.initiator(m.port, { space: memory, bus: null, latency: us(1), enabled: () => true });
  const pin = { sink: pic.pin, input: 0, requests: true };
  if (gated) board.gate('g', [m.irq], pin, 'pic.0');
  else board.wire(m.irq, pin, 'pic.0');
  expect(board.check()).toEqual([]);
  board.reset();
  const run = (time: number): void => {
    board.scheduler.runUntil(board.scheduler.now + time);
  };
  const faultCount = (): number => board.trace.noteTotals.reduce((n, t) => n + (t.what === 'fault' ? t.count : 0), 0);
  return { board, m, pic, ram, run, faultCount };
}

/** Words of memory that differ from what a write of 1, 2, 3 … brings. */
function written(faults: string): { wrong: number[]; words: Uint32Array; told: number } {
  const b = built(faults);
  b.ram.bytes.fill(0xee);
  const data = new Uint32Array(b.m.port.buffer.buffer);
  data.forEach((_, i) => { data[i] = i + 1; });
  b.m.port.write(0, BYTES, b.m.done);
  b.run(us(100));
  expect(b.m.s).toMatchObject({ done: 1, status: STATUS.OK });
  expect(data.every((w, i) => w === i + 1)).toBe(true);
  const words = new Uint32Array(b.ram.bytes.buffer);
  return { words, wrong: [...words.keys()].filter((i) => words[i] !== i + 1), told: b.faultCount() };
}

describe('words of bus masters', () => {
  test('none is touched where the fault is of somebody else, or has not begun', () => {
    for (const faults of ['', 'dma-drop,rate=1,of=x', 'dma-drop,rate=1,of=m.po', 'dma-drop,rate=1,from=1s'])
      expect(written(faults)).toMatchObject({ wrong: [], told: 0 });
    expect(written('dma-drop,rate=1,of=m.port').wrong).toHaveLength(BYTES / 4);
    expect(written('dma-drop,rate=1,of=m').wrong).toHaveLength(BYTES / 4);
  });

  test('one that is dropped leaves what was in memory', () => {
    const { wrong, words, told } = written('dma-drop,rate=0.05');
    expect(wrong.length).toBe(told);
    expect(told).toBeGreaterThan(30);
    expect(told).toBeLessThan(75);
    expect(wrong.every((i) => words[i] === 0xeeeeeeee)).toBe(true);
  });

  test('one that is repeated takes the place of the next in its burst', () => {
    const { wrong, words } = written('dma-repeat,rate=0.02');
    expect(wrong.length).toBeGreaterThan(5);
    expect(wrong.every((i) => words[i] === words[i - 1] && i % 16 !== 0)).toBe(true);
  });

  test('one that is corrupted differs in one bit', () => {
    const { wrong, words, told } = written('dma-corrupt,rate=0.02');
    expect(wrong.length).toBe(told);
    for (const i of wrong) {
      const bits = (words[i] ^ (i + 1)) >>> 0;
      expect(bits & (bits - 1)).toBe(0);
    }
  });

  test('another seed, other words; the same seed, the same', () => {
    expect(written('dma-drop,rate=0.05,seed=2').wrong).not.toEqual(written('dma-drop,rate=0.05').wrong);
    expect(written('dma-drop,rate=0.05,seed=2').wrong).toEqual(written('dma-drop,rate=0.05,seed=2').wrong);
  });

  test('a read that loses a word finds what was in the buffer', () => {
    const b = built('dma-drop,rate=1');
    b.m.port.buffer.fill(0x11);
    b.m.port.read(0, 64, b.m.done);
    b.run(us(10));
    expect(b.m.port.buffer.subarray(0, 64).every((x) => x === 0x11)).toBe(true);
    expect(b.m.s.status).toBe(STATUS.OK);
  });

  test('any length and place: nothing beside the request is written, traced or not', () => {
    const some = fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 200 }), fc.boolean());
    fc.assert(fc.property(fc.array(some, { maxLength: 8 }), (requests) => {
      const b = built('dma-drop,rate=0.2+dma-repeat,rate=0.2+dma-corrupt,rate=0.2');
      for (const [address, length, traced] of requests) {
        if (traced) b.board.trace.listen(() => {});
        b.ram.bytes.fill(0);
        b.m.port.buffer.fill(0);
        b.m.port.write(address, length, b.m.done);
        b.run(us(20));
        expect(b.m.port.active).toBe(false);
        expect(b.ram.bytes.every((x, i) => x === 0 || (i >= address && i < address + length))).toBe(true);
      }
    }));
  });
});

describe('transactions that never end', () => {
  test('the request stays, other work goes on, and giving it up frees the port', () => {
    const b = built('dma-hang,rate=1');
    b.m.port.write(0, 64, b.m.done);
    b.run(us(1000));
    expect([b.m.port.active, b.m.s.done]).toEqual([true, 0]);
    b.m.port.abort();
    expect(b.m.port.active).toBe(false);
    expect(b.faultCount()).toBe(1);
  });
});

describe('channels of a DMA controller', () => {
  /** Bytes of memory after a block of 256 cycles of channel 1, which brings 55h. */
  function moved(faults: string): Uint8Array {
    const board = new Board('b');
    board.inject(parseFaults(faults));
    const memory = board.space('memory', { bits: 32 }), io = board.space('io', { bits: 16 });
    const ram = new Ram('ram', new Uint8Array(BYTES));
    memory.map(0, BYTES, ram);
    const dma = board.add(new I8237Pair('dma', board, { memory }));
    io.map(0, 0x20, dma.first);
    io.map(0xc0, 0x20, dma.second);
    class Card extends Device {
      readonly s = this.cells('s', { wants: 0 });
      readonly dma = this.isaDma('dreq', { read: () => {
        this.s.wants--;
        return 0x55;
      } });
      ask(bytes: number): void {
        this.s.wants = bytes;
        this.outputs();
      }
      protected override outputs(): void {
        this.dma.dreq.set(this.s.wants > 0);
      }
    }
    const card = board.add(new Card('card', board));
    board.isaDma(card.dma, dma.channel(1));
    expect(board.check().filter((w) => !w.includes('not wired'))).toEqual([]);
    board.reset();
    const tx = new Transaction('test');
    const cascade = [[0x08, 0], [0x0c, 0], [0xd6, 0xc0], [0xd4, 0]];
    const program = [...cascade, [2, 0], [2, 0], [3, 255], [3, 0], [0x0b, 0x45], [0x0a, 1]];
    for (const [port, value] of program) io.write(port, 1, value, tx);
    card.ask(256);
    board.scheduler.runUntil(us(2000));
    return ram.bytes.slice(0, 256);
  }

  test('have faulty cycles as bus masters have', () => {
    expect(moved('').every((x) => x === 0x55)).toBe(true);
    expect(moved('dma-drop,rate=1,of=ide').every((x) => x === 0x55)).toBe(true);
    const dropped = moved('dma-drop,rate=0.1,of=dma.1'), corrupt = moved('dma-corrupt,rate=0.1');
    expect(new Set(dropped)).toEqual(new Set([0, 0x55]));
    expect(corrupt.filter((x) => x !== 0x55).length).toBeGreaterThan(10);
    expect(corrupt).not.toContain(0);
  });

  test('whose DREQ is not seen give no cycle', () => {
    expect(moved('dma-hang,rate=1').every((x) => x === 0)).toBe(true);
  });
});

describe.each([['a wire', false], ['a gate', true]])('interrupt lines behind %s', (_name, gated) => {
  test('a lost rise is not seen before the next one', () => {
    const b = built('irq-lost,rate=0.5', gated);
    for (let n = 0; n < 200; n++) {
      b.m.request(true);
      b.m.request(false);
    }
    expect(b.pic.s.rises + b.faultCount()).toBe(200);
    expect(b.faultCount()).toBeGreaterThan(70);
    expect(b.faultCount()).toBeLessThan(150);
  });

  test('a line rises with no reason, and never hides a reason', () => {
    const b = built('irq-spurious,every=10us,width=3us', gated);
    b.run(us(1000));
    expect(b.pic.s.rises).toBe(b.faultCount());
    expect(b.faultCount()).toBeGreaterThan(50);
    b.m.request(true);
    const before = b.pic.s.rises;
    b.run(us(200));
    expect(b.pic.s).toEqual({ level: true, rises: before });
  });

  test('a line of somebody else is sound', () => {
    const b = built('irq-lost,rate=1,of=n+irq-spurious,every=1us,of=m.irq2', gated);
    b.m.request(true);
    b.run(us(100));
    expect(b.pic.s.rises).toBe(1);
  });
});

test('a board with faults goes on from a snapshot as without', () => {
  const faults = 'dma-corrupt,rate=0.05+dma-hang,rate=0.02+irq-lost,rate=0.3+irq-spurious,every=5us,width=2us';
  const work = (b: ReturnType<typeof built>, from: number, to: number): void => {
    for (let n = from; n < to; n++) {
      b.m.request(n % 3 !== 0);
      if (b.m.port.active && n % 7 === 0) b.m.port.abort();
      if (!b.m.port.active) b.m.port.write((n * 64) % 2048, 200, b.m.done);
      b.run(us(3) + n);
    }
  };
  const first = built(faults), second = built(faults);
  work(first, 0, 50);
  const state = saveBoard(first.board, '');
  loadBoard(second.board, '', state);
  second.ram.bytes.set(first.ram.bytes);
  work(first, 50, 150);
  work(second, 50, 150);
  expect(saveBoard(second.board, '')).toEqual(saveBoard(first.board, ''));
  expect(second.ram.bytes).toEqual(first.ram.bytes);
});

test('faults come before the parts of a board', () => {
  const board = new Board('b');
  board.add(new Master(board));
  expect(() => board.inject(parseFaults('dma-drop'))).toThrow('faults come before parts');
});

test('a fault of something that the machine has not is told, with what there is', () => {
  const b = built('dma-drop,of=n+irq-lost,of=m.irq+dma-drop,of=m');
  expect(b.board.misplacedFaults()).toEqual(
    ["dma-drop: there is no 'n' that it could be of in this machine (known: m.port)"],
  );
  expect(built('drive-late,of=drive7').board.misplacedFaults()[0]).toMatch(/nothing that it could be of/);
});
