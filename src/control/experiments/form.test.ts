import { describe, expect, test } from 'vitest';
import type { Experiment, Kit } from './experiment.ts';
import { FieldError, formOf, jobFromTexts, readJob, type JobTexts } from './form.ts';
import { EXPERIMENTS, findExperiment } from './index.ts';
import { guestsOf } from './job.ts';
import { checkJob, commandLine, sheetOf } from './sheet.ts';

const KIT: Kit = {
  guestImage: () => new Uint8Array(), linux: null, disk: null,
  sha256: () => ({ update: () => {}, digest: () => '' }),
};
const PATHS = findExperiment('paths') as Experiment, DISK = findExperiment('disk-read') as Experiment;

function refusal(e: Experiment, texts: Readonly<Record<string, string>>, methods?: string[]): FieldError {
  try {
    jobFromTexts(e, { texts, ...(methods === undefined ? {} : { methods }) }, KIT);
  } catch (error) {
    if (error instanceof FieldError) return error;
    throw error;
  }
  throw new Error('was taken');
}

describe('a form', () => {
  test.each(EXPERIMENTS.flatMap((e) => guestsOf(e).map((g) => [e.name, g, e] as const)))(
    '%s, %s: what stands in it at first is what is meant when nothing is typed', (_name, guest, e) => {
      const { own, machine } = formOf(e, guest);
      const texts = Object.fromEntries([...own, ...machine].filter((f) => !f.decided).map((f) => [f.name, f.initial]));
      const typed = readJob(e, { guest, texts }).job, nothing = readJob(e, { guest }).job;
      expect([typed.values, typed.boardOptions]).toEqual([nothing.values, nothing.boardOptions]);
      for (const f of [...own, ...machine]) {
        expect(f.doc).not.toBe('');
        if (f.decided) expect(f.initial).toMatch(/^as the job needs$|^vmlinux/);
      }
    });

  test('own fields first; the machine\'s memory is called as everywhere, and the job decides it', () => {
    const { own, machine } = formOf(PATHS, 'bare');
    expect(own.map((f) => f.name)).toEqual(Object.keys(PATHS.parameters));
    expect(machine.find((f) => f.name === 'ram')).toMatchObject({ word: 'memory', decided: true });
    expect(own[0]).toMatchObject({ name: 'bytes', kind: 'size', initial: '4MiB' });
  });

  test('Linux has fields where it runs', () => {
    const has = (guest: 'bare' | 'debian'): boolean =>
      formOf(DISK, guest).machine.some((f) => f.name === 'kernelEntry');
    expect([has('bare'), has('debian')]).toEqual([false, true]);
  });
});

describe('a job from texts', () => {
  test('has the values, what was given, and texts for people', () => {
    const job = jobFromTexts(PATHS, { texts: { bytes: '65536', processorClock: '100MHz' } }, KIT);
    expect(job.values).toMatchObject({ bytes: 65536, direction: 'both' });
    expect(job.boardOptions).toMatchObject({ processorClock: 100e6 });
    expect([...job.given].sort()).toEqual(['bytes', 'processorClock']);
    expect(job.texts['bytes']).toBe('65536 B');
  });

  test.each([
    ['bytes', '12x', "bytes '12x' is no size; write 512, 64KiB or 16MiB"],
    ['direction', 'both-ways', "direction 'both-ways' is none of both, to-card, from-card; did you mean 'both'?"],
    ['ram', 'x', "memory 'x' is no size"],
    ['processorClock', '', "processor-clock '' is no frequency"],
  ])('%s %j: the error names the field', (name, text, message) => {
    const error = refusal(PATHS, { [name]: text });
    expect(error.field).toBe(name);
    expect(error.message).toContain(message);
  });

  test('what is not there is named, with the nearest that is', () => {
    expect(refusal(PATHS, { byte: '1KiB' })).toMatchObject({
      field: '', message: "paths has no parameter 'byte'; did you mean 'bytes'?",
    });
    expect(refusal(PATHS, {}, ['dma']).message).toContain("unknown method 'dma' (known: port-pio");
    expect(refusal(DISK, { kernelEntry: 'vmlinux' }).message).toBe('kernel-entry is for the guest debian');
  });

  test('values that do not go together are an error of one of them', () => {
    expect(refusal(DISK, { bytes: '1GiB' }).field).toBe('bytes');
  });
});

test.each(EXPERIMENTS.map((e) => [e.name, e] as const))('%s says who moves the data in each method', (_name, e) => {
  for (const guest of sheetOf(e).guests)
    for (const m of guest.methods) expect([m.method, m.carriers.length > 0]).toEqual([m.method, true]);
});

test.each([
  ['paths', {}, 'northbridge compare paths'],
  ['paths', { methods: ['mmio-uc'], texts: { ram: '64MiB', bytes: '64KiB' } },
    'northbridge compare paths --methods mmio-uc --bytes 64KiB --memory 64MiB'],
  ['disk-read', { guest: 'debian', methods: ['pio', 'dma'], texts: { fault: 'dma-corrupt,rate=1e-4' } },
    'northbridge compare disk-read --guest debian --fault dma-corrupt,rate=1e-4'],
] as const)('the command line of %s %j', (name, wish, line) => {
  expect(commandLine(findExperiment(name) as Experiment, wish as JobTexts)).toBe(line);
});

test('a job is checked without an error', () => {
  expect(checkJob(PATHS, { texts: { bytes: '64KiB' } }, KIT)).toEqual({
    heading: 'paths: 64KiB to the card and from it, board pc, guest bare', problem: null,
  });
  expect(checkJob(PATHS, { texts: { bytes: 'x' } }, KIT).problem?.field).toBe('bytes');
});
