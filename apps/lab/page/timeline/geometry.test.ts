/** Where times and lanes stand on the paper. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisOf } from './axis.ts';
import type { Lane } from './picture.ts';
import { AS_THEY_COME, heightOf, moved, pin, rowAt, rowsOf, thin } from './rows.ts';
import { fitted, LEAST_SPAN, panned, showing, timeAt, xOf, zoomed } from './scale.ts';

const WIDTH = 1000;

describe('the scale', () => {
  const time = fc.integer({ min: 0, max: 3e12 });
  test('zooming leaves the time under the cursor where it is, where there is room', () => {
    fc.assert(fc.property(fc.double({ min: 0.1, max: 0.9, noNaN: true }), time, (factor, at) => {
      const whole = fitted(0, 3e12), view = whole;
      const next = zoomed(view, factor, at, whole);
      expect(xOf(next, WIDTH, at)).toBeCloseTo(xOf(view, WIDTH, at), 3);
    }));
  });

  test('neither zooming nor moving shows what is not there', () => {
    fc.assert(fc.property(time, fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.integer(), (at, factor, by) => {
      const whole = fitted(0, 3e12);
      const view = panned(zoomed(whole, factor, at, whole), by, whole);
      expect(view.span).toBeGreaterThanOrEqual(LEAST_SPAN);
      expect(view.from).toBeGreaterThanOrEqual(whole.from - 1);
      expect(view.from + view.span).toBeLessThanOrEqual(whole.from + whole.span + 1);
    }));
  });

  test('pixels and times are one another', () => {
    fc.assert(fc.property(time, (at) => {
      const view = fitted(1000, 2e12);
      expect(timeAt(view, WIDTH, xOf(view, WIDTH, at))).toBeCloseTo(at, 0);
    }));
  });

  test('a time that is not seen is brought to the middle', () => {
    const whole = fitted(0, 1e6), view = { from: 0, span: 1000 };
    expect(showing(view, 500, whole)).toBe(view);
    expect(xOf(showing(view, 50_000, whole), WIDTH, 50_000)).toBeCloseTo(WIDTH / 2);
  });
});

describe('the axis', () => {
  const labels = (from: number, span: number): string[] =>
    axisOf({ from, span }, WIDTH).ticks.map((t) => t.label).filter((l) => l !== '');

  test('round times in a unit that fits', () => {
    expect(labels(0, 3000).slice(0, 3)).toEqual(['0', '0.1 µs', '0.2 µs']);
    expect(labels(0, 2400)[1]).toBe('100 ns');
    expect(labels(0, 3e9)[1]).toBe('0.1 s');
  });

  test('far into the run, small steps count from a base', () => {
    const { ticks, base } = axisOf({ from: 3e9 + 300, span: 300 }, WIDTH);
    expect(base).toMatch(/^1\.0+ s$/);
    expect(ticks.filter((t) => t.label !== '')[0].label).toMatch(/^\+1\d\d ns$/);
  });

  test('labels do not touch and are on the paper', () => {
    fc.assert(fc.property(fc.double({ min: 60, max: 3e13, noNaN: true }), fc.double({ min: 0, max: 3e13, noNaN: true }),
      (span, from) => {
        const { ticks } = axisOf({ from, span }, WIDTH), xs = ticks.filter((t) => t.label !== '').map((t) => t.x);
        for (let n = 1; n < xs.length; n++) expect(xs[n] - xs[n - 1]).toBeGreaterThan(90);
        expect(ticks.length).toBeLessThan(200);
        for (const { x } of ticks) expect(x >= -1 && x <= WIDTH + 1).toBe(true);
      }));
  });
});

describe('rows', () => {
  const lane = (name: string, count = 1): Lane => ({
    key: `initiator:${name}`, kind: 'initiator', name, count, parts: [`initiator:${name}`],
  });
  const names = (lanes: readonly Lane[], a = AS_THEY_COME): string[] =>
    rowsOf([{ pane: 0, title: '', lanes }], a).map((r) => r.label);

  test('quiet lanes are one line that opens', () => {
    const lanes = [lane('a'), lane('b', 0), lane('c'), lane('d', 0)];
    expect(names(lanes)).toEqual(['a', 'c', '2 quiet lanes …']);
    expect(names(lanes, { ...AS_THEY_COME, quiet: true })).toEqual(['a', 'c', '2 quiet lanes', 'b', 'd']);
  });

  test('pinned lanes come first, moved ones where they were put', () => {
    const lanes = [lane('a'), lane('b'), lane('c'), lane('d')];
    expect(names(lanes, pin(AS_THEY_COME, 'initiator:c'))).toEqual(['c', 'a', 'b', 'd']);
    const down = moved(AS_THEY_COME, lanes, 'initiator:a', 1);
    expect(names(lanes, down)).toEqual(['b', 'a', 'c', 'd']);
    expect(names([...lanes, lane('e')], down)).toEqual(['b', 'a', 'c', 'd', 'e']);
    expect(moved(AS_THEY_COME, lanes, 'initiator:a', -1)).toBe(AS_THEY_COME);
  });

  test('each point belongs to one row', () => {
    const rows = rowsOf([{ pane: 0, title: '', lanes: [lane('a'), lane('b'), lane('c')] }],
      thin(AS_THEY_COME, 'initiator:b'));
    expect(heightOf(rows)).toBe(48);
    expect([0, 19, 20, 27, 28, 47, 48].map((y) => rowAt(rows, y))).toEqual([0, 0, 1, 1, 2, 2, -1]);
  });

  test('two machines, one above the other or in one row', () => {
    const a = [lane('cpu'), lane('ide')], b = [lane('cpu'), lane('fdc')];
    const sides = [{ pane: 0, title: 'A', lanes: a }, { pane: 1, title: 'B', lanes: b }] as const;
    expect(rowsOf(sides, AS_THEY_COME).map((r) => r.label)).toEqual(['A', 'cpu', 'ide', 'B', 'cpu', 'fdc']);
    expect(rowsOf(sides, AS_THEY_COME, true).map((r) => [r.label, r.panes.join('')]))
      .toEqual([['cpu', '01'], ['ide', '0'], ['fdc', '1']]);
  });
});
