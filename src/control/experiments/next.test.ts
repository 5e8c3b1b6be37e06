import { describe, expect, test } from 'vitest';
import type { RunResult } from './experiment.ts';
import { floppyDetails, type FloppyJob } from './floppy/job.ts';
import { EXPERIMENTS } from './index.ts';
import { judge as judgeRegisters } from './register-block/experiment.ts';

const run = (method: string, measures: RunResult['measures'], guest: RunResult['guest'] = 'bare'): RunResult =>
  ({ method, guest, board: 'pc', mode: null, matches: true, found: {}, measures });

describe('what to run next with Debian', () => {
  const experiments = EXPERIMENTS.filter((e) => e.variants.some((v) => v.guest === 'debian'));
  test.each(experiments.map((e) => [e.name, e] as const))('%s: its first command is for this guest', (name, e) => {
    const values = Object.fromEntries(Object.entries(e.parameters).map(([key, row]) => [key, row.default]));
    const job = {
      values, texts: {}, board: 'pc', boardOptions: {}, given: new Set<string>(), guest: 'debian', methods: [],
    } as never;
    const method = e.variants.find((v) => v.guest === 'debian')?.method ?? '';
    const { next = '' } = e.judge([run(method, {}, 'debian')], job);
    // Where it is the only guest nobody names it.
    const only = e.variants.every((v) => v.guest === 'debian');
    expect(next.startsWith(`compare ${name}${only ? '' : ' --guest debian'}`)).toBe(true);
  });
});

test('costs of registers that are nearly the same are both told', () => {
  const sentence = (port: number, mmio: number): string =>
    judgeRegisters([run('port', { secondsPerFrame: port }), run('mmio', { secondsPerFrame: mmio })]).sentence;
  expect(sentence(3.72e-6, 3.71e-6)).toContain('nearly the same, 3.72 µs a frame by ports and 3.71 µs by memory');
  expect(sentence(3.72e-6, 3.7201e-6)).toContain('cost the same, 3.72 µs a frame.');
});

test('what Debian reads ahead of a floppy disk is told in tracks', () => {
  const job = { guest: 'debian', values: { bytes: 36864 } } as FloppyJob;
  const runs = [
    run('floppy', { dmaChannelBytes: 129024, floppyFifoAccesses: 193 }),
    run('floppy-nodma', { dmaChannelBytes: 0, floppyFifoAccesses: 129217 }),
  ];
  expect(floppyDetails(runs, job, 'read').map((line) => /once: (.*) where/.exec(line)?.[1]))
    .toEqual(['14 tracks (129,024 bytes)', '14 tracks (129,024 bytes)']);
  expect(floppyDetails(runs, job, 'write')).toEqual([]);
  expect(floppyDetails([run('floppy', { dmaChannelBytes: 36864 })], job, 'read')).toEqual([]);
});
