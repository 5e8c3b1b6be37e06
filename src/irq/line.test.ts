import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IrqLine, OrGate } from './line.ts';

function probe() {
  const changes: [number, boolean][] = [];
  return { changes, irqLevel: (input: number, level: boolean) => void changes.push([input, level]) };
}

test('only changes travel, with the number of the input', () => {
  const line = new IrqLine('l'), sink = probe();
  line.connect(sink, 5);
  for (const level of [false, true, true, false, false, true]) line.set(level);
  expect(sink.changes).toEqual([[5, true], [5, false], [5, true]]);
});

test('a restored level makes no edge', () => {
  const line = new IrqLine('l'), sink = probe();
  line.connect(sink, 0);
  line.restore(true);
  line.set(true);
  expect(sink.changes).toEqual([]);
  line.set(false);
  expect(sink.changes).toEqual([[0, false]]);
});

test('a line without a wire may be driven; two wires are refused', () => {
  const line = new IrqLine('l');
  line.set(true);
  expect([line.wired, line.level]).toEqual([false, true]);
  line.connect(probe(), 0);
  expect(line.wired).toBe(true);
  expect(() => line.connect(probe(), 1)).toThrow('line l is wired twice');
});

test('an OR gate has the OR of its lines, whatever happens, and passes only changes', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(3), fc.boolean())), (steps) => {
    const gate = new OrGate('g'), sink = probe();
    gate.out.connect(sink, 7);
    const lines = Array.from({ length: 4 }, (_, i) => new IrqLine(`l${i}`));
    for (const l of lines) gate.add(l);
    let last = false;
    let changes = 0;
    for (const [i, level] of steps) {
      lines[i].set(level);
      const or = lines.some((l) => l.level);
      expect(gate.out.level).toBe(or);
      if (or !== last) changes++;
      last = or;
    }
    expect(sink.changes.length).toBe(changes);
  }));
});

test('an OR gate goes on from restored levels: silent at the restore, heard at the next change', () => {
  const gate = new OrGate('g'), sink = probe();
  gate.out.connect(sink, 0);
  const line = new IrqLine('l');
  gate.add(line);
  line.restore(true);
  gate.out.restore(true);
  expect(sink.changes).toEqual([]);
  line.set(false);
  expect([gate.out.level, sink.changes.length]).toEqual([false, 1]);
});
