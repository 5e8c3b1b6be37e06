import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Scheduler, StandstillError, type SimEvent } from './scheduler.ts';
import { Trace, type TraceRecord } from './trace.ts';

type Op = { op: 'at' | 'cancel'; event: number; time: number } | { op: 'run'; event: number; time: number };

const EVENTS = 40;
const ops = fc.array(
  fc.record({
    op: fc.constantFrom<Op['op']>('at', 'at', 'at', 'cancel', 'run'),
    event: fc.nat(EVENTS - 1),
    time: fc.nat(50),
  }),
  { maxLength: 200 },
);

describe('order', () => {
  test('(tick, priority, sequence), whatever is scheduled, moved and cancelled: as a sorted list', () => {
    fc.assert(
      fc.property(
        ops,
        fc.array(fc.integer({ min: -2, max: 2 }), { minLength: EVENTS, maxLength: EVENTS }),
        (list, priorities) => {
          const scheduler = new Scheduler();
          const ran: string[] = [],
            expected: string[] = [];
          const events = priorities.map((p, i) => scheduler.event(`e${i}`, () => ran.push(`${i}@${scheduler.now}`), p));
          let model: { id: number; time: number; sequence: number }[] = [];
          let now = 0,
            sequence = 0;
          const due = (until: number): void => {
            model.sort((a, b) => a.time - b.time || priorities[a.id] - priorities[b.id] || a.sequence - b.sequence);
            while (model.length > 0 && model[0].time <= until) {
              expected.push(`${model[0].id}@${model[0].time}`);
              model.shift();
            }
          };
          for (const o of list) {
            if (o.op === 'run') {
              due((now += o.time));
              scheduler.runUntil(now);
            } else {
              model = model.filter((m) => m.id !== o.event);
              if (o.op === 'cancel') events[o.event].cancel();
              else {
                model.push({ id: o.event, time: now + o.time, sequence: sequence++ });
                events[o.event].after(o.time);
              }
            }
            expect(scheduler.nextTime).toBe(Math.min(Infinity, ...model.map((m) => m.time)));
          }
          due((now += 100));
          scheduler.runUntil(now);
          expect(ran).toEqual(expected);
        },
      ),
    );
  });

  test('an event may schedule itself and others at the same tick; they run in the order in which they ' +
    'were asked for', () => {
    const s = new Scheduler();
    const ran: string[] = [];
    let again = 2;
    const b: SimEvent = s.event('b', () => ran.push('b'));
    const a: SimEvent = s.event('a', () => {
      ran.push('a');
      b.after(0);
      if (again-- > 0) a.after(0);
    });
    a.at(5);
    s.runUntil(5);
    expect(ran).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect([s.now, s.executed]).toEqual([5, 6]);
  });

  test('an event has its own time, and the cause of whoever scheduled it last', () => {
    const trace = new Trace();
    const s = new Scheduler(trace);
    const records: TraceRecord[] = [];
    trace.listen((r) => records.push(r));
    const y: SimEvent = s.event('y', () => {
      trace.mark(s.now, 'in y');
      x.at(7);
    });
    const quiet: SimEvent = s.event('quiet', () => trace.mark(s.now, 'quiet'), 0, false);
    const x: SimEvent = s.event('x', () => quiet.after(2));
    trace.cause = 40;
    x.at(5);
    y.at(3);
    trace.cause = 0;
    s.runUntil(10);
    expect(trace.cause).toBe(0);
    expect(records).toEqual([
      { kind: 'event', id: 1, parent: 40, time: 3, name: 'y' },
      { kind: 'mark', id: 2, parent: 1, time: 3, name: 'in y' },
      { kind: 'event', id: 3, parent: 1, time: 7, name: 'x' },
      { kind: 'mark', id: 4, parent: 3, time: 9, name: 'quiet' },
    ]);
  });

  test('causes move with the tables when they grow, and are unknown after a restore', () => {
    const trace = new Trace();
    const s = new Scheduler(trace);
    const parents: number[] = [];
    trace.listen((r) => parents.push(r.parent));
    const first = s.event('first', () => {});
    trace.cause = 9;
    first.at(1);
    for (let n = 0; n < 100; n++) s.event(`e${n}`, () => {}).at(2);
    trace.cause = 0;
    const saved = s.save();
    s.runUntil(2);
    expect(parents).toEqual(Array.from({ length: 101 }, () => 9));
    trace.forget();
    s.load(saved);
    s.runUntil(2);
    expect(parents.slice(101)).toEqual(Array.from({ length: 101 }, () => 0));
  });
});

describe('refusals', () => {
  test('the past, fractions, NaN and infinity', () => {
    const s = new Scheduler();
    const e = s.event('e', () => {});
    s.runUntil(10);
    for (const t of [9, 10.5, NaN, Infinity, 2 ** 53]) expect(() => e.at(t)).toThrow('e: cannot be scheduled');
    expect(e.pending).toBe(false);
  });

  test('two events of one name', () => {
    const s = new Scheduler();
    s.event('e', () => {});
    expect(() => s.event('e', () => {})).toThrow('two events are named e');
  });
});

describe('snapshots', () => {
  test('save and load: the same events at the same times in the same order, with the same sequence after it', () => {
    fc.assert(fc.property(ops, (list) => {
      const machines = [0, 1].map(() => {
        const scheduler = new Scheduler();
        const ran: string[] = [];
        const events = Array.from({ length: EVENTS }, (_, i) =>
          scheduler.event(`e${i}`, () => ran.push(`${i}@${scheduler.now}`), i % 3),
        );
        return { scheduler, ran, events };
      });
      const [a, b] = machines;
      for (const o of list) {
        if (o.op === 'at') a.events[o.event].after(o.time);
        else if (o.op === 'cancel') a.events[o.event].cancel();
        else a.scheduler.runUntil(a.scheduler.now + o.time);
      }
      b.events[3].at(1); // something that the load must forget
      const saved = a.scheduler.save();
      b.scheduler.load(structuredClone(saved));
      expect(b.scheduler.save()).toEqual(saved);
      a.ran.length = 0;
      for (const m of machines) {
        m.events[1].after(5);
        m.scheduler.runUntil(m.scheduler.now + 60);
      }
      expect(b.ran).toEqual(a.ran);
      expect(b.scheduler.save()).toEqual(a.scheduler.save());
    }));
  });

  test.each([
    ['an unknown event', { name: 'gone' }, {}, 'an event gone, which this machine has not'],
    ['an event that was due before', { time: 8 }, {}, 'due at 8 ticks, its time is 9'],
    ['a fraction of a tick', { time: 10.5 }, {}, 'due at 10.5 ticks'],
    ['a number that is not given yet', { sequence: 3 }, {}, 'has the number 3'],
    ['a number of another event', { sequence: 1 }, {}, 'has the number 1'],
    ['an event twice', { name: 'f' }, {}, 'the event f twice'],
    ['a time that is none', {}, { now: 1.5 }, 'its time is 1.5 ticks'],
    ['a time that cannot be counted', {}, { now: 2 ** 53 }, 'its time is 9007199254740992 ticks'],
    ['a next number that is none', {}, { sequence: NaN }, 'its next event number NaN'],
  ])('%s is refused before anything is changed', (_, event, state, words) => {
    const s = new Scheduler();
    s.event('e', () => {}).at(3);
    s.event('f', () => {}).at(4);
    const before = s.save();
    const events = [{ name: 'f', time: 12, sequence: 1 }, { name: 'e', time: 10, sequence: 2, ...event }];
    expect(() => s.load({ now: 9, sequence: 3, events, ...state })).toThrow(words);
    expect(s.save()).toEqual(before);
    expect(s.nextTime).toBe(3);
  });
});

test('a thousand events: the tables grow', () => {
  const s = new Scheduler();
  let ran = 0;
  for (let i = 0; i < 1000; i++) s.event(`e${i}`, () => ran++).at(1000 - i);
  s.runUntil(500);
  expect(ran).toBe(500);
  s.runUntil(1000);
  expect(ran).toBe(1000);
});

describe('events without end at one time', () => {
  test('are an error that names the event, after a million', () => {
    const s = new Scheduler();
    let ran = 0;
    const again: SimEvent = s.event('card.again', () => {
      ran++;
      again.after(0);
    });
    again.after(7);
    let thrown: unknown;
    try {
      s.runUntil(10);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(StandstillError);
    expect(thrown).toMatchObject({ event: 'card.again' });
    expect([ran, s.now]).toEqual([1e6, 7]);
  });

  test('are none if time passes', () => {
    const s = new Scheduler();
    const again: SimEvent = s.event('a', () => again.after(1));
    again.after(0);
    s.runUntil(1_500_000);
    expect(s.executed).toBe(1_500_001);
  });
});
