import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BM_BASE, IDE_DEVFN, IdeBench, type IdeBenchOptions } from '../../../test/benches/ide-bench.ts';

const TABLE = 0x8000, BUFFER = 0x100000;

describe('snapshots in mid-transfer end as the original does', () => {
  const options: IdeBenchOptions = { drives: [{}, { maxMultiple: 32 }], variant: 'piix4' };
  const startRead = (b: IdeBench): void => {
    b.idetim(2, 3, 0x0d);
    b.driver.simple(0xef, { features: 3, count: 0x22 });
    b.driver.table(TABLE, [
      { address: BUFFER, bytes: 3000 },
      { address: BUFFER + 0x20000, bytes: 65536 - 3000, end: true },
    ]);
    b.driver.startDma(TABLE, true);
    b.driver.command(0xc8, { lba: 3, count: 128 });
  };
  const startWrite = (b: IdeBench): void => {
    for (let k = 0; k < 65536; k++) b.ram.bytes[BUFFER + k] = k * 5;
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 0, end: true }]);
    b.driver.startDma(TABLE, false);
    b.driver.command(0xca, { lba: 3, count: 128 });
  };
  for (const [name, start] of [['read', startRead], ['write', startWrite]] as const) {
    for (const at of [0, 1000, 151_000, 1_234_567, 4_000_001]) {
      test(`DMA ${name}, ${at} ticks after the command`, () => {
        const a = new IdeBench(options);
        start(a);
        a.run(at);
        const saved = a.save();
        expect(a.driver.waitDma()).toBe(4);
        const b = new IdeBench(options);
        b.load(saved);
        expect(b.driver.waitDma()).toBe(4);
        expect(b.scheduler.now).toBe(a.scheduler.now);
        expect(b.irq14.level).toBe(true);
        expect(Buffer.compare(b.ram.bytes, a.ram.bytes)).toBe(0);
        expect(Buffer.compare(b.disks[0].bytes, a.disks[0].bytes)).toBe(0);
        expect(b.ide.save()).toEqual(a.ide.save());
        expect(b.scheduler.save()).toEqual(a.scheduler.save());
      });
    }
  }

  test('PIO in the middle of a block', () => {
    const a = new IdeBench(options);
    a.driver.simple(0xc6, { count: 4 });
    a.driver.command(0xc4, { lba: 8, count: 8 });
    a.driver.ready();
    for (let k = 0; k < 100; k++) a.inl(0x1f0);
    const b = new IdeBench(options);
    b.load(a.save());
    expect(b.ide.channels[0].timing.pio).toEqual(a.ide.channels[0].timing.pio);
    const rest = (m: IdeBench) => Array.from({ length: 412 }, () => m.inl(0x1f0));
    expect(rest(b)).toEqual(rest(a));
    expect(b.driver.ready()).toBe(a.driver.ready());
    expect(b.ide.save()).toEqual(a.ide.save());
  });
});

/** One thing that a hostile guest does. */
type Step =
  | { do: 'out' | 'in'; port: number; size: 1 | 2 | 4; value: number }
  | { do: 'config'; register: number; size: 1 | 2 | 4; value: number }
  | { do: 'memory'; address: number; value: number }
  | { do: 'time'; ticks: number }
  | { do: 'data'; words: number };

const size = fc.constantFrom(1 as const, 2 as const, 4 as const);
const commands = fc.constantFrom(
  0x20, 0x24, 0x25, 0x29, 0x30, 0x35, 0x40, 0x90, 0x91, 0xc4, 0xc5, 0xc6, 0xc8, 0xca, 0xe0, 0xe5, 0xe6, 0xe7,
  0xec, 0xef, 0xf8, 0x00, 0xff,
);
const port = fc.oneof(
  fc.integer({ min: 0x1f0, max: 0x1f7 }), fc.constant(0x3f6), fc.integer({ min: BM_BASE, max: BM_BASE + 15 }),
  fc.integer({ min: 0x170, max: 0x177 }), fc.integer({ min: 0xcf8, max: 0xcff }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('out' as const, 'in' as const),
      port, size,
      value: fc.oneof(fc.nat(0xffffffff), fc.nat(15)),
    }),
  },
  { weight: 4, arbitrary: commands.map((value) => ({ do: 'out' as const, port: 0x1f7, size: 1 as const, value })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(0, 1, 8, 9)
      .map((value) => ({ do: 'out' as const, port: BM_BASE, size: 1 as const, value })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(TABLE, 0, 0xfffffffc, 0xe0000000, 0x3ffff8)
      .map((value) => ({ do: 'out' as const, port: BM_BASE + 4, size: 4 as const, value })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('config' as const),
      register: fc.integer({ min: 0, max: 0x5f }),
      size: fc.constant(1 as const),
      value: fc.nat(255),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('memory' as const),
      address: fc.integer({ min: 0, max: 15 }).map((k) => TABLE + 4 * k),
      value: fc.oneof(fc.nat(0xffffffff), fc.constant(0x80000200), fc.constant(BUFFER)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('time' as const),
      ticks: fc.oneof(fc.nat(1000), fc.nat(1_000_000), fc.constant(10_000_000)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('data' as const), words: fc.integer({ min: 1, max: 600 }) }) },
);

function apply(b: IdeBench, s: Step): void {
  switch (s.do) {
    case 'out': b.io.write(s.port, s.size, s.size === 4 ? s.value : s.value & (2 ** (8 * s.size) - 1), b.tx); break;
    case 'in': b.io.read(s.port, s.size, b.tx); break;
    case 'config': b.pci.write(IDE_DEVFN, s.register, s.value, s.size); break;
    case 'memory': b.memory.write(s.address, 4, s.value, b.tx); break;
    case 'time': b.run(s.ticks); break;
    case 'data': for (let k = 0; k < s.words; k++) b.inw(0x1f0); break;
  }
}

test('random accesses never throw, never run away, and a reset always helps', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('piix3' as const, 'piix4' as const, 'ich2' as const),
      fc.array(step, { minLength: 5, maxLength: 80 }),
      (variant, steps) => {
        const b = new IdeBench({ variant, drives: [{}, {}] });
        for (const s of steps) {
          const events = b.scheduler.executed,
            t0 = b.scheduler.now;
          apply(b, s);
          // A burst takes at least 10 clocks (900 ticks) and a chunk of one word 60 ticks; at most
          // three kinds of events per channel follow one another.
          expect(b.scheduler.executed - events).toBeLessThan(50 + (b.scheduler.now - t0) / 60);
        }
        // Any driver's way out: stop the bus master, set the function up again, reset the channel.
        b.pci.write(IDE_DEVFN, 0x40, 0x80008000);
        b.pci.write(IDE_DEVFN, 0x44, 0);
        b.pci.write(IDE_DEVFN, 0x48, 0);
        b.pci.write(IDE_DEVFN, 0x20, BM_BASE);
        b.pci.write(IDE_DEVFN, 0x04, 5, 2);
        b.driver.endDma();
        b.run(30_000);
        expect(b.driver.reset()).toBe(0x50);
        b.driver.simple(0xef, { features: 3, count: 0x22 });
        b.driver.table(TABLE, [{ address: BUFFER, bytes: 512, end: true }]);
        b.driver.startDma(TABLE, true);
        b.driver.command(0xc8, { lba: 1, count: 1 });
        expect(b.driver.waitDma()).toBe(4);
        expect(Buffer.compare(b.ram.bytes.slice(BUFFER, BUFFER + 512), b.disks[0].bytes.slice(512, 1024))).toBe(0);
        // What it is left with can be saved and restored.
        const saved = b.ide.save();
        expect(b.ide.mismatch(saved)).toBe('');
      },
    ),
    { numRuns: 120, seed: 290550 },
  );
});

test('same accesses, same state', () => {
  fc.assert(fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
    const runs = [new IdeBench(), new IdeBench()];
    for (const b of runs) for (const s of steps) apply(b, s);
    expect(runs[1].ide.save()).toEqual(runs[0].ide.save());
    expect(runs[1].scheduler.save()).toEqual(runs[0].scheduler.save());
  }), { numRuns: 20, seed: 290562 });
});

describe('tables that a guest makes on purpose', () => {
  const read = (b: IdeBench, sectors: number): number => {
    b.driver.startDma(TABLE, true);
    b.driver.command(0xc8, { lba: 3, count: sectors });
    b.run(30_000_000);
    return b.inb(BM_BASE + 2);
  };

  test('data that overwrite their own table: what is fetched next is data, and it stays bounded', () => {
    const b = new IdeBench();
    b.driver.table(TABLE, [{ address: TABLE, bytes: 512 }]);
    const status = read(b, 8);
    expect(status & 7).not.toBe(0);
    expect(b.scheduler.executed).toBeLessThan(100_000);
    b.driver.endDma();
    expect(b.driver.reset()).toBe(0x50);
  });

  test('every descriptor of no more than a word, and none at the end: bounded by the drive', () => {
    const b = new IdeBench();
    for (let n = 0; n < 8192; n++) b.driver.table(TABLE + 8 * n, [{ address: BUFFER, bytes: 2 }]);
    expect(read(b, 2) & 4).toBe(4);
    expect(b.ide.counters(0).prdFetches).toBeLessThanOrEqual(514);
  });

  test('the bus master\'s own range is I/O: as a memory address nothing decodes it, and the device is named', () => {
    const b = new IdeBench();
    b.memory.write(TABLE, 4, 0xfeb0_0000 + BM_BASE, b.tx);
    b.memory.write(TABLE + 4, 4, 0x8000_0200, b.tx);
    expect(read(b, 1) & 3).toBe(2);
    const notes = b.trace.noteTotals.map((n) => `${n.source} ${n.what}`);
    expect(notes).toContain('ide.primary dma-decode-error');
  });
});
