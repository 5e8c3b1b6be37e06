/** What a picture of lanes says: under the pointer, at edges, in one machine only. */
import { describe, expect, test } from 'vitest';
import type { LaneWindow } from '../../../../src/control/trace/window.ts';
import type { BoardDescription } from '../../../../src/machine/describe.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import { laneOf } from './lane-of.ts';
import { busyPixels, differences } from './difference.ts';
import { hit } from './hit.ts';
import { snapped } from './measure.ts';
import { spansOf, type Lane, type Picture } from './picture.ts';
import { spanWords } from './words.ts';

const lane: Lane = { key: 'initiator:a', kind: 'initiator', name: 'a', count: 3, parts: ['initiator:a'] };

function picture(...spans: readonly (readonly [id: number, start: number, end: number])[]): Picture {
  const of = (n: 0 | 1 | 2): Float64Array => Float64Array.from(spans, (s) => s[n]);
  const none = new Float64Array(spans.length);
  const found: LaneWindow = {
    key: lane.key, pixels: null,
    spans: {
      ids: of(0), starts: of(1), ends: of(2), shapes: new Int32Array(spans.length), addresses: none, values: none,
    },
  };
  return { from: 0, to: 100, lanes: new Map([[lane.key, found]]), tables: { names: [], shapes: [] }, gaps: [] };
}

describe('a lane', () => {
  const three = picture([1, 0, 50], [2, 10, 20], [3, 60, 60]);

  test('under the pointer is what covers it and began last, else the nearest within reach', () => {
    const at = (time: number, reach = 5): number => hit(spansOf(three, lane), time, reach);
    expect([5, 15, 30, 52, 58, 62].map((t) => at(t))).toEqual([1, 2, 1, 1, 3, 3]);
    expect(at(90)).toBe(0);
    expect(at(90, Number.MAX_VALUE)).toBe(3);
  });

  test('a measured span goes from edge to edge', () => {
    expect([12, 18, 47, 56, 90].map((t) => snapped(three, t, 5))).toEqual([10, 20, 50, 60, 90]);
    expect(snapped(three, 12, 5, 'initiator:b')).toBe(12);
  });

  test('where only one machine is busy', () => {
    const view = { from: 0, span: 100 };
    const a = busyPixels(picture([1, 0, 30]), lane, view, 100, 0);
    const b = busyPixels(picture([1, 30, 60]), lane, view, 100, 10);
    expect(differences(a, b)).toEqual([{ pane: 0, left: 0, right: 20 }, { pane: 1, left: 30, right: 50 }]);
  });
});

describe('words', () => {
  test('a span in nanoseconds and in periods of clocks', () => {
    const clock = (name: string, hertz: number): BoardDescription['clocks'][number] =>
      ({ name, hertz, numerator: hertz, denominator: 1 });
    const clocks = [clock('pci', 1e8 / 3), clock('rtc', 32_768), clock('processor', 2e8)];
    const buses = [{ name: 'pci', clock: 'pci', bytesPerBeat: 4 }];
    expect(spanWords(900, clocks, buses as never)).toBe('300 ns = 60 processor, 10 pci clocks');
    expect(spanWords(100, clocks, buses as never)).toBe('33.3 ns = 6.7 processor, 1.1 pci clocks');
  });

  test('each kind of record has its lane', () => {
    const of = (record: object): string => laneOf({ id: 1, parent: 0, time: 0, ...record } as TraceRecord);
    expect(of({ kind: 'transaction', initiator: 'cpu0' })).toBe('initiator:cpu0');
    expect(of({ kind: 'completion', port: 'ide.primary' })).toBe('request:ide.primary');
    expect(of({ kind: 'acknowledge', initiator: 'cpu0' })).toBe('handler:cpu0');
    expect(of({ kind: 'note', source: 'pic' })).toBe('note');
  });
});
