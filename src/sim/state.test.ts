import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Component } from './component.ts';
import { Scheduler } from './scheduler.ts';
import { StateStore } from './state.ts';
import { Trace, type NoteRecord } from './trace.ts';

function declared() {
  const store = new StateStore();
  const a = store.declare('a', { n: 1, flag: false, text: 'x', bytes: new Uint8Array([1, 2, 3]) });
  const b = store.declare('battery', { words: new Uint32Array(4), f: new Float64Array(2) }, true);
  return { store, a, b };
}

describe('StateStore', () => {
  test('any contents: save, load into another store, equal; and the copy is independent', () => {
    fc.assert(
      fc.property(
        fc.integer(), fc.boolean(), fc.string(), fc.uint8Array({ minLength: 3, maxLength: 3 }),
        fc.uint32Array({ minLength: 4, maxLength: 4 }),
        (n, flag, text, bytes, words) => {
          const one = declared(),
            two = declared();
          one.a.n = n;
          one.a.flag = flag;
          one.a.text = text;
          one.a.bytes.set(bytes);
          one.b.words.set(words);
          const saved = one.store.save();
          two.store.load(saved);
          expect(two.store.save()).toEqual(saved);
          two.a.bytes[0] ^= 1;
          two.store.load(saved);
          one.a.bytes[0] ^= 1;
          expect(two.a.bytes[0]).toBe(bytes[0]);
        },
      ),
    );
  });

  test('reset sets initial values, and leaves battery-backed groups', () => {
    const { store, a, b } = declared();
    a.n = 9;
    a.bytes.fill(9);
    b.words.fill(9);
    store.reset();
    expect([a.n, [...a.bytes], [...b.words]]).toEqual([1, [1, 2, 3], [9, 9, 9, 9]]);
  });

  test.each<[string, (s: Record<string, Record<string, unknown>>) => void]>([
    ['unknown group extra', (s) => (s['extra'] = {})],
    ['group a is missing', (s) => delete s['a']],
    ['cell a.n is missing or of another type', (s) => delete s['a']['n']],
    ['cell a.flag is missing or of another type', (s) => (s['a']['flag'] = 1)],
    ['cell a.bytes has another shape', (s) => (s['a']['bytes'] = new Uint8Array(4))],
    ['cell battery.words has another shape', (s) => (s['battery']['words'] = new Int32Array(4))],
  ])('refuses: %s, and nothing is changed', (message, spoil) => {
    const { store, a } = declared();
    const saved = store.save();
    a.n = 5;
    spoil(saved as Record<string, Record<string, unknown>>);
    expect(store.mismatch(saved)).toBe(message);
    expect(() => store.load(saved)).toThrow(message);
    expect(a.n).toBe(5);
  });

  test('a group is declared once', () => {
    const { store } = declared();
    expect(() => store.declare('a', {})).toThrow('declared twice');
  });
});

describe('Component', () => {
  class Part extends Component {
    readonly s = this.cells('s', { x: 0 });
    readonly e = this.event('tick', () => {
      this.s.x++;
    });
  }

  test('reset cancels its events and sets its state', () => {
    const sim = { scheduler: new Scheduler(), trace: new Trace() };
    const part = new Part('part', sim);
    expect(part.e.name).toBe('part.tick');
    part.s.x = 4;
    part.e.at(10);
    part.resetEnter();
    sim.scheduler.runUntil(20);
    expect(part.s.x).toBe(0);
  });
});

describe('Trace', () => {
  test('notes are counted always, passed on to listeners, and limited', () => {
    const trace = new Trace();
    trace.note(0, 'a', 'w', 'd');
    expect(trace.noteCount('a', 'w')).toBe(1);
    const notes: NoteRecord[] = [];
    trace.listen((r) => r.kind === 'note' && notes.push(r));
    for (let i = 0; i < 999; i++) trace.note(i, 'a', 'w', 'd');
    expect(trace.noteCount('a', 'w')).toBe(1000);
    expect(notes.length).toBe(15 + 5); // up to 16, then 32, 64 … 512
    expect(notes.at(-1)?.detail).toBe('d (512 times so far)');
    trace.note(0, 'b', 'w', 'd');
    expect(notes.at(-1)?.source).toBe('b');
  });
});
