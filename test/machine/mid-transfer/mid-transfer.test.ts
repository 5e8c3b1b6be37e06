/**
 * A snapshot in the middle of each kind of transfer, restored in another process and with the other
 * engine, comes to the same end.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaseRun, CASES } from './cases.ts';
import type { Saved } from './restored.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const RESTORED = fileURLToPath(new URL('restored.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'northbridge-mid-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By the number of the case. */
const expected: string[] = [], found: string[] = [];
/** How far into the measured part the snapshot is taken: another share for each case. */
const shareOf = (n: number): number => 0.2 + ((n * 0.618034) % 1) * 0.6;

beforeAll(() => {
  const saved = CASES.map((c, n): Saved => {
    const whole = new CaseRun(c, 'jit');
    whole.boot();
    whole.toTheEnd();
    expect([c.experiment, c.method, whole.begin > 0 && whole.end > whole.begin]).toEqual([c.experiment, c.method, true]);
    // All stop at whole ticks, as everything else does.
    const until = Math.ceil(whole.session.now), middle = Math.floor(whole.begin + (whole.end - whole.begin) * shareOf(n));
    whole.session.run(until);
    expected[n] = whole.checksum();
    const part = new CaseRun(c, 'jit');
    part.boot();
    part.session.run(middle);
    const file = join(folder, `${n}.nbs`);
    writeFileSync(file, part.session.snapshot());
    return { case: c, file, until };
  });
  writeFileSync(join(folder, 'list.json'), JSON.stringify(saved));
  const child = spawnSync(process.execPath, ['--import', 'tsx', RESTORED, join(folder, 'list.json')], {
    cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 24,
  });
  expect(child.stderr).toBe('');
  found.push(...child.stdout.trim().split('\n'));
});

test.each(CASES.map((c, n) => [c.experiment, c.method, n] as const))('%s %s', (_experiment, _method, n) => {
  expect(found[n]).toBe(expected[n]);
});
