/** The typist, the arithmetic and the statements of key-echo, these on one boot of Debian. */
import { beforeAll, describe, expect, test } from 'vitest';
import { DEBIAN_WANTED, linuxKit } from '../../../../test/benches/linux-bench.ts';
import type { KeyboardInput } from '../../../host/input.ts';
import { IrqLine } from '../../../irq/line.ts';
import { Scheduler } from '../../../sim/scheduler.ts';
import { Trace } from '../../../sim/trace.ts';
import { ms } from '../../../sim/time.ts';
import type { RunResult } from '../experiment.ts';
import { jobOf } from '../job.ts';
import { runMethod } from '../runner.ts';
import { delays, quantile, shareAbove, whole } from './delays.ts';
import { judge, KEY_ECHO } from './experiment.ts';
import { KEY_ECHO_STATEMENTS } from './statements.ts';
import { GAP_RANGE, isLit, SHORTEST_GAP, Typist } from './typist.ts';

function typed(seed: number): { typist: Typist; keys: string[] } {
  const trace = new Trace(), scheduler = new Scheduler(trace), line = new IrqLine('line');
  const keys: string[] = [];
  const keyboard: KeyboardInput = {
    press: (code) => {
      keys.push(code);
      line.set(true);
      line.set(false);
      return true;
    },
    release: () => {
      line.set(true);
      line.set(false);
      return true;
    },
  };
  const typist = new Typist({ trace, scheduler }, keyboard, line, 5, seed);
  typist.start();
  scheduler.runUntil(ms(2000));
  return { typist, keys };
}

describe('a typist', () => {
  test('presses keys one after the other, at times that the seed alone decides', () => {
    const { typist, keys } = typed(1);
    expect(keys).toEqual(['KeyA', 'KeyH', 'KeyO', 'KeyV', 'KeyC']);
    const times = [...typist.times.down];
    for (const [k, t] of times.entries()) {
      const gap = t - (times[k - 1] ?? 0);
      expect(gap).toBeGreaterThanOrEqual(SHORTEST_GAP);
      expect(gap).toBeLessThan(SHORTEST_GAP + GAP_RANGE);
    }
    expect([...typed(1).typist.times.down]).toEqual(times);
    expect([...typed(2).typist.times.down]).not.toEqual(times);
  });

  test('notes the request of a key that goes down, not of one that goes up', () => {
    const { times } = typed(1).typist;
    expect([...times.requested]).toEqual([...times.down]);
    expect([...times.taken]).toEqual([...times.down]);
    expect(whole(times)).toBe(false);
  });

  test('sees a character at its place of the screen', () => {
    const picture = { width: 720, height: 400, rgba: new Uint8Array(4 * 720 * 400) };
    picture.rgba[4 * (17 * 720 + 10)] = 170;
    expect([0, 1, 80, 81, 82].map((place) => isLit(picture, place))).toEqual([false, false, false, true, false]);
  });
});

test('quantiles are by nearest rank; keys that did not get there are left out', () => {
  expect([0.5, 0.95, 1].map((part) => quantile([4, 1, 3, 2], part))).toEqual([2, 4, 4]);
  expect(quantile([], 0.5)).toBeNaN();
  expect(shareAbove([1, 2, 3, 4], 3)).toBe(0.25);
  const none = [-1, -1];
  const times = { down: [0, ms(1)], requested: [ms(1), -1], taken: none, had: none, written: none, seen: none };
  expect(delays(times, 'down', 'requested')).toEqual([0.001]);
});

test('lost keys are said before everything else', () => {
  const run = { method: 'pio', matches: false, measures: {} } as unknown as RunResult;
  expect(judge([run]).sentence).toBe('not every key came to the screen: pio');
});

let run: RunResult;

const CHECKS: Readonly<Record<string, () => void>> = {
  S133: () => {
    expect(run).toMatchObject({ mode: 'pio4', matches: true });
    const { cpuBusy, takenWorst, median, hadWorst } = run.measures;
    expect(Number(cpuBusy)).toBeGreaterThan(0.99);
    // The interrupt is served at once; the program waits for its turn.
    expect(Number(takenWorst)).toBeLessThan(0.001);
    expect(Number(median)).toBeGreaterThan(0.0015);
    expect(Number(hadWorst)).toBeGreaterThan(0.003);
  },
  S134: () => {
    expect(run.measures).toMatchObject({ above50: 0, above100: 0, seenAbove100: 0 });
  },
};

test('there is a check for each statement', () => {
  expect(Object.keys(CHECKS)).toEqual(KEY_ECHO_STATEMENTS.map((s) => s.id));
});

describe.skipIf(!DEBIAN_WANTED)('keys beside a disk read by PIO under Debian', () => {
  beforeAll(async () => {
    const base = jobOf(KEY_ECHO, { values: { keys: 12 } });
    const job = { ...base, boardOptions: { ...base.boardOptions, kernelEntry: 'vmlinux' } };
    const steps = runMethod(KEY_ECHO, job, 'pio', await linuxKit(), {});
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done !== true) continue;
      run = step.value;
      break;
    }
  });
  test.each(KEY_ECHO_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
});
