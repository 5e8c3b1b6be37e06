import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findBoard } from '../../machine/boards/index.ts';
import { CARD_NAMES, houseCard } from '../../machine/cards.ts';
import { describeBoard, type BoardDescription } from '../../machine/describe.ts';
import { Machine } from '../../machine/machine.ts';
import type { BoardDefinition } from '../../machine/definition.ts';
import type { Box, Diagram, Point } from './diagram.ts';
import { fitting } from './arrange.ts';
import { labelLines } from './label.ts';
import { layout } from './layout.ts';

const pc = findBoard('pc') as BoardDefinition;
const options = { ram: 2 ** 22 };

function boardWith(cards: readonly (readonly [kind: string, slot: number])[], more: object = {}): BoardDescription {
  return describeBoard(new Machine(pc, {
    options: { ...options, ...more },
    devices: cards.map(([kind, slot], n) => houseCard(kind, `pci ${slot}`, {}, `${kind}${n}`)),
  }));
}

/** Cards on slots of their own. */
const cards = fc.uniqueArray(fc.tuple(fc.constantFrom(...CARD_NAMES), fc.integer({ min: 2, max: 20 })), {
  maxLength: 6, selector: ([, slot]) => slot,
});
const choices = fc.record({
  sound: fc.constantFrom('none', 'sb16'), patternSource: fc.boolean(), serialPeer: fc.constantFrom('none', 'com2'),
});

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** A polyline of horizontal and vertical pieces goes through the inside of a box. */
function crosses(points: readonly Point[], box: Box): boolean {
  return points.slice(1).some((b, n) => {
    const a = points[n] as Point;
    return Math.max(a.x, b.x) > box.x && Math.min(a.x, b.x) < box.x + box.width
      && Math.max(a.y, b.y) > box.y && Math.min(a.y, b.y) < box.y + box.height;
  });
}

function square(points: readonly Point[]): boolean {
  return points.slice(1).every((b, n) => b.x === (points[n] as Point).x || b.y === (points[n] as Point).y);
}

/** What is wrong with a drawing, in words. */
function faultsOf(d: Diagram): string[] {
  const wrong: string[] = [];
  const check = (good: boolean, what: string): void => {
    if (!good) wrong.push(what);
  };
  for (const [n, a] of d.parts.entries()) {
    check([a.x, a.y, a.width, a.height].every((v) => v % 4 === 0), `${a.name} is off the grid`);
    check(a.x >= 0 && a.y >= 0 && a.x + a.width <= d.width && a.y + a.height <= d.height, `${a.name} is outside`);
    for (const b of d.parts.slice(n + 1)) check(!overlap(a, b), `${a.name} lies on ${b.name}`);
    for (const rail of d.rails) check(!overlap(a, rail), `${a.name} lies on ${rail.name}`);
    for (const b of d.parts)
      for (const way of [b.stub, b.leadStub, b.ownerStub])
        check(!crosses(way, a), `the way of ${b.name} crosses ${a.name}`);
    for (const { to, taps } of d.nets)
      for (const tap of taps) check(!crosses(tap.points, a), `the line from ${tap.from} to ${to} crosses ${a.name}`);
  }
  for (const p of d.parts) for (const way of [p.stub, p.leadStub, p.ownerStub]) check(square(way), `${p.name} slants`);
  for (const net of d.nets) for (const tap of net.taps) check(square(tap.points), `a line of ${tap.from} slants`);
  return wrong;
}

describe('the drawing of a board', () => {
  test('the PC: a row for each bus, bridges lead from one to the next', () => {
    const d = layout(boardWith([['paths', 2]]));
    expect(d.rails.map((r) => [r.name, r.behind, r.parent])).toEqual([
      ['processor', null, null], ['pci', 'pci0', 'processor'], ['isa', 'piix3', 'pci'],
    ]);
    const on = (rail: string): string[] => d.parts.filter((p) => p.rail === rail && !p.quiet).map((p) => p.name).sort();
    expect(on('processor')).toEqual(['cpu0', 'pci0', 'ram']);
    expect(on('pci')).toEqual(['ide', 'paths0', 'piix3']);
    expect(d.parts.find((p) => p.name === 'pic')).toMatchObject({ rail: 'isa', quiet: true });
    expect(d.nets.map((n) => [n.kind, n.to])).toEqual([
      ['interrupt', 'piix3'], ['interrupt', 'pic'], ['request', 'dma'], ['interrupt', 'cpu0'],
    ]);
  });

  test('nothing lies on anything else, whatever cards are in whatever slots', () => {
    fc.assert(fc.property(cards, choices, fc.option(fc.array(fc.integer({ min: 0, max: 30 }))), (set, more, some) => {
      const board = boardWith(set, more);
      const important = some?.flatMap((n) => board.components[n]?.name ?? []);
      const d = layout(board, important === undefined ? {} : { important });
      expect(d.parts.map((p) => p.name)).toEqual(board.components.map((c) => c.name));
      expect(faultsOf(d)).toEqual([]);
      expect(layout(board, important === undefined ? {} : { important })).toEqual(d);
    }), { numRuns: 25 });
  });

  test('for a panel of any shape nothing lies on anything else, and the order stays', () => {
    const side = fc.integer({ min: 200, max: 1400 });
    fc.assert(fc.property(cards, side, side, (set, width, height) => {
      const board = boardWith(set), d = layout(board, { important: ['paths0', 'pic'], shape: { width, height } });
      expect(faultsOf(d)).toEqual([]);
      const usual = layout(board, { important: ['paths0', 'pic'] });
      for (const rail of usual.rails) {
        const order = (of: Diagram): string[] =>
          of.parts.filter((p) => !p.quiet && p.rail === rail.name).sort((a, b) => a.x - b.x).map((p) => p.name);
        expect(order(d)).toEqual(order(usual));
      }
    }), { numRuns: 20 });
  });

  test.each([
    [960, 340, 1.15], [550, 300, 0.95], [474, 327, 0.99], [374, 212, 0.85], [308, 230, 0.8],
  ])('letters of the PC with a card keep their size in a panel of %i by %i', (width, height, scale) => {
    const board = boardWith([['paths', 2]]);
    for (const important of [['paths0'], ['paths0', 'pic', 'piix3'], ['ide', 'pic']]) {
      const shape = { width, height };
      expect(fitting(layout(board, { important, shape }), shape)).toBeGreaterThanOrEqual(scale);
    }
  });

  test('a card more leaves what stood before it where it was, but for a common step', () => {
    fc.assert(fc.property(cards, fc.constantFrom(...CARD_NAMES), (set, kind) => {
      const before = layout(boardWith(set)), after = layout(boardWith([...set, [kind, 21]]));
      const steps = new Set(before.parts.filter((p) => !p.quiet).map((p) => {
        const moved = after.parts.find((q) => q.name === p.name) as Box;
        return moved.x - p.x;
      }));
      expect(steps.size).toBe(1);
    }), { numRuns: 10 });
  });

  test('only what matters is large, with what leads to it', () => {
    const board = boardWith([['paths', 2]]);
    const large = (important: string[]): string[] =>
      layout(board, { important }).parts.filter((p) => !p.quiet).map((p) => p.name);
    expect(large([])).toEqual(['ram', 'cpu0']);
    expect(large(['paths0'])).toEqual(['ram', 'pci0', 'cpu0', 'paths0']);
    expect(large(['com1'])).toEqual(['ram', 'pci0', 'piix3', 'com1', 'cpu0']);
  });
});

test('a label is what stands before the first comma or colon, in lines that fit', () => {
  expect(labelLines('82371SB (PIIX3) south bridge: ISA', 22, 2)).toEqual(['82371SB (PIIX3) south', 'bridge']);
  expect(labelLines('Two cascaded 8259A interrupt controllers, with ELCR', 22, 2))
    .toEqual(['Two cascaded 8259A', 'interrupt controllers']);
  expect(labelLines('A very long title that goes on and on', 12, 2)).toEqual(['A very long', 'title that…']);
  expect(labelLines('', 12, 2)).toEqual([]);
});
