import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdeBench } from '../../../test/benches/ide-bench.ts';
import { ms, us } from '../../sim/time.ts';
import { Surface, type SurfaceFigures } from './surface.ts';

/** A turn of 10 ms, 100 sectors of 0.1 ms. */
const FIGURES: SurfaceFigures = {
  revolution: ms(10), sectorsPerTrack: 100, heads: 2, seekTrack: ms(2), seekAverage: ms(10), headSwitch: ms(1),
  buffer: 128,
};
const SECTOR = us(100);
const made = (): Surface => new Surface(FIGURES, 200 * 900);

describe('the surface of a drive', () => {
  test('the first sector comes after seek and rotation, the next ones one by one', () => {
    const s = made();
    expect(s.read(0, 0, 1)).toBe(SECTOR);
    expect(s.read(SECTOR, 1, 16)).toBe(16 * SECTOR);
    const t = made();
    // Cylinder 300 of 900 is a third away; the sector then is somewhere on its way round.
    const wait = t.read(0, 200 * 300, 1);
    expect(t.positioning?.seek).toBe(ms(10));
    expect(t.positioning?.rotation).toBeLessThan(ms(10));
    expect(wait).toBe(ms(10) + (t.positioning?.rotation ?? 0) + SECTOR);
    expect(made().read(ms(2), 10, 1)).toBe(ms(10) - ms(2) + ms(1) + SECTOR);
  });

  test('a track in a turn; another head costs its switch, another cylinder a seek', () => {
    const s = made();
    expect(s.read(0, 0, 100)).toBe(ms(10));
    expect(s.read(ms(10), 100, 100)).toBe(ms(11));
    expect(s.read(ms(21), 200, 100)).toBe(ms(12));
  });

  test('what was read ahead is there at once; a full buffer costs the wait for the next turn', () => {
    const s = made();
    s.read(0, 0, 16);
    expect(s.read(ms(5), 16, 16)).toBe(0);
    expect(s.read(ms(40), 32, 16)).toBe(0);
    // The surface stopped at 16 + 128; now it waits for that one to come round.
    const wait = s.read(ms(40), 140, 8);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(ms(11));
  });

  test('writes run ahead of the surface by its buffer; a flush waits for it', () => {
    const s = made();
    expect(s.write(0, 0, 16)).toBe(0);
    let now = us(100), waited = 0;
    for (let lba = 16; lba < 1600; lba += 16) {
      const wait = s.write(now, lba, 16);
      waited += wait;
      now += wait + us(100);
    }
    expect(waited).toBeGreaterThan(ms(100));
    const end = now + s.flush(now);
    // 16 tracks, of 10 ms and a switch each.
    expect(end).toBeGreaterThan(ms(170));
    expect(end).toBeLessThan(ms(190));
  });

  test('any requests: no time is negative or longer than a seek and two turns and the data', () => {
    const request = fc.record({
      lba: fc.nat(179_000), n: fc.integer({ min: 1, max: 16 }), write: fc.boolean(), next: fc.boolean(),
      gap: fc.nat(ms(30)),
    });
    fc.assert(fc.property(fc.array(request, { maxLength: 40 }), (requests) => {
      const s = made();
      let now = 0, last = 0;
      for (const r of requests) {
        const lba = r.next ? last : r.lba;
        const wait = r.write ? s.write(now, lba, r.n) : s.read(now, lba, r.n);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThan(ms(120));
        last = lba + r.n;
        now += wait + r.gap;
      }
    }));
  });
});

describe('a drive with a surface', () => {
  const read = (b: IdeBench): void => {
    b.idetim(2, 3, 0x0d);
    b.driver.simple(0xef, { features: 3, count: 0x22 });
    b.driver.table(0x8000, [{ address: 0x100000, bytes: 65536 - 512, end: true }]);
    b.driver.startDma(0x8000, true);
    b.driver.command(0xc8, { lba: 200, count: 127 });
  };

  test('has events for the trace, and goes on from a snapshot in mid-seek, rotation and transfer', () => {
    const options = { drives: [{ surface: FIGURES }] };
    const a = new IdeBench(options);
    read(a);
    a.run(us(100));
    const pending = JSON.stringify(a.scheduler.save());
    for (const name of ['seek', 'rotation']) expect(pending).toContain(`ide.primary.master.${name}`);
    expect(a.driver.waitDma()).toBe(4);
    for (const at of [us(500), ms(3), ms(9), ms(15)]) {
      const first = new IdeBench(options), second = new IdeBench(options);
      read(first);
      first.run(at);
      second.load(first.save());
      for (const b of [first, second]) expect(b.driver.waitDma()).toBe(4);
      expect(second.scheduler.now).toBe(first.scheduler.now);
      expect(second.ide.save()).toEqual(first.ide.save());
      expect(Buffer.compare(second.ram.bytes, a.ram.bytes)).toBe(0);
    }
  });

  test('FLUSH CACHE waits for the surface', () => {
    const b = new IdeBench({ drives: [{ surface: FIGURES }] });
    b.driver.table(0x8000, [{ address: 0x100000, bytes: 512, end: true }]);
    b.idetim(2, 3, 0x0d);
    b.driver.simple(0xef, { features: 3, count: 0x22 });
    b.driver.startDma(0x8000, false);
    b.driver.command(0xca, { lba: 2000, count: 1 });
    expect(b.driver.waitDma()).toBe(4);
    b.driver.endDma();
    const before = b.scheduler.now;
    b.driver.simple(0xe7, {});
    expect(b.scheduler.now - before).toBeGreaterThan(ms(1));
  });
});
