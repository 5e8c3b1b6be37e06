/** A run from a kept start is the run from reset to the last digit; a bad one is made anew. */
import { describe, expect, test } from 'vitest';
import { runExperiment, TEST_KIT } from '../../../test/benches/experiment-bench.ts';
import { PathsCard } from '../../hw/paths/paths.ts';
import { findBoard } from '../../machine/boards/index.ts';
import type { BoardDefinition } from '../../machine/definition.ts';
import { Machine } from '../../machine/machine.ts';
import type { LinuxSoftware } from '../../machine/software.ts';
import { ms, us } from '../../sim/time.ts';
import { DiskOverlay } from '../disk-overlay.ts';
import { generatedDisk } from '../image-disk.ts';
import { POST } from '../guests/status.ts';
import { decodeSnapshot, encodeSnapshot } from '../snapshot-format.ts';
import { stateChecksum } from '../state-checksum.ts';
import { DISK_READ } from './disk-read/experiment.ts';
import type { Experiment, JobOf, Kit, RunResult, Trial } from './experiment.ts';
import { jobOf, type JobWish } from './job.ts';
import { KeptStart, type KeptStarts } from './kept-start.ts';
import type { Bench } from './trial-run.ts';

/** A store in memory that remembers what it was asked. */
class Shelf implements KeptStarts {
  program = 'test';
  readonly files = new Map<string, Uint8Array>();
  readonly asked: string[] = [];
  kept = 0;

  find(key: string): Uint8Array | null {
    this.asked.push(key);
    return this.files.get(key) ?? null;
  }

  keep(key: string, file: Uint8Array): void {
    this.kept++;
    this.files.set(key, file);
  }
}

/** disk-read by our own program, which comes to its mark in no time, as if that were long. */
function resumable(more: (trial: Trial) => Partial<Trial> = () => ({})): Experiment {
  return {
    ...DISK_READ,
    prepare: (...args) => {
      const trial = { ...DISK_READ.prepare(...args), resumable: true, marks: [POST.begin, POST.end] };
      const finish: Trial['finish'] = (end) => {
        const outcome = trial.finish(end);
        return { ...outcome, found: { ...outcome.found, ticks: end.between(POST.begin, POST.end)?.ticks ?? null } };
      };
      return { ...trial, finish, ...more(trial) };
    },
  };
}
const LONG_START = resumable();

function overlayOf(trial: Trial): DiskOverlay {
  const [disk] = trial.machine.disks ?? [];
  return disk as DiskOverlay;
}

interface Ran {
  readonly result: RunResult;
  /** Of the machine at the end. */
  readonly checksum: string;
  readonly kept: boolean;
}

function run(bench: Bench, e = LONG_START, wish: JobWish = {}, method = 'dma'): Ran {
  const machines: Machine[] = [];
  let kept = false;
  const { runs: [result] } = runExperiment(
    e, { values: { bytes: 64 << 10 }, ...wish, methods: [method] },
    { ...bench, started: (machine, name, from) => {
      bench.started?.(machine, name, from);
      machines.push(machine);
      kept = from;
    } },
  );
  expect(machines).toHaveLength(1);
  return { result, checksum: stateChecksum(machines[0]), kept };
}

describe('equal to a run without a store', () => {
  test.each(['pio-polled', 'pio-irq', 'dma'])('%s: cold, warm, by either engine, in slices of any size', (method) => {
    const without = run({ engine: 'interpreter' }, LONG_START, {}, method);
    expect(without.kept).toBe(false);
    const files: Uint8Array[] = [];
    for (const maker of ['jit', 'interpreter'] as const) {
      const starts = new Shelf();
      expect(run({ starts, engine: maker }, LONG_START, {}, method)).toEqual(without);
      expect([starts.kept, starts.files.size]).toEqual([1, 1]);
      files.push(...starts.files.values());
      for (const engine of ['jit', 'interpreter'] as const)
        for (const slice of [ms(10), us(37)])
          expect(run({ starts, engine, slice }, LONG_START, {}, method)).toEqual({ ...without, kept: true });
      expect([starts.kept, new Set(starts.asked).size]).toEqual([1, 1]);
    }
    expect(Buffer.compare(files[0], files[1])).toBe(0);
    const sliced = new Shelf();
    expect(run({ starts: sliced, slice: us(37) }, LONG_START, {}, method)).toEqual(without);
    expect(Buffer.compare(files[0], [...sliced.files.values()][0])).toBe(0);
  });

  test('kept at the mark also where accesses to RAM are traced from there on', () => {
    const plain = new Shelf(), traced = new Shelf();
    expect(run({ starts: traced, processorRam: true })).toEqual(run({ starts: plain }));
    expect([...traced.files.keys()]).toEqual([...plain.files.keys()]);
    expect(Buffer.compare([...traced.files.values()][0], [...plain.files.values()][0])).toBe(0);
  });

  test('the phase of a kept start is that of the measured part, from the first step on', () => {
    const starts = new Shelf(), e = LONG_START;
    run({ starts, slice: us(5) });
    const phases = new Set<string>();
    runExperiment(e, { values: { bytes: 64 << 10 }, methods: ['dma'] }, { starts, slice: us(5) },
      ({ phase }) => phases.add(phase));
    expect([...phases]).toEqual(['reading', 'finishing']);
  });

  test('what the guest wrote to its disk before the mark is there', () => {
    let disk: DiskOverlay | null = null;
    const text = Uint8Array.from({ length: 512 }, (_, n) => n & 255);
    const e = resumable((trial) => {
      disk = overlayOf(trial);
      return { finish: (end) => {
        const sector = new Uint8Array(512);
        overlayOf(trial).read(1 << 19, sector, 0, 512);
        return { ...trial.finish(end), found: { written: Buffer.compare(sector, text) } };
      } };
    });
    const starts = new Shelf();
    // In the guest's place.
    const cold = run({ starts, started: () => disk?.write(1 << 19, text, 0, 512) }, e);
    expect(cold.result.found).toEqual({ written: 0 });
    expect(run({ starts }, e)).toEqual({ ...cold, kept: true });
  });
});

describe('what a trial does to its machine before the first instruction', () => {
  /** Beyond what the program uses. */
  const FAR = 10 << 20;
  const attaching = (seen: (machine: Machine) => void): Experiment => resumable(() => ({
    attach: (machine) => {
      seen(machine);
      machine.ram[FAR] = 0x55;
    },
  }));

  test('comes behind the loading of the software, and is in the start that is kept', () => {
    const starts = new Shelf();
    const loaded: boolean[] = [];
    const inRam: number[] = [];
    const e = attaching((machine) => loaded.push(machine.ram.some((byte) => byte !== 0)));
    const started = (machine: Machine): void => void inRam.push(machine.ram[FAR]);
    const cold = run({ starts, started }, e);
    expect(run({ starts, started }, e)).toEqual({ ...cold, kept: true });
    expect(loaded).toEqual([true, false]);
    expect(inRam).toEqual([0x55, 0x55]);
  });

  test('is undone by a kept start that was made without it', () => {
    const starts = new Shelf();
    const without = run({ starts });
    let machines = 0;
    const warm = run({ starts, started: (machine) => expect(machine.ram[FAR]).toBe(0) }, attaching(() => machines++));
    expect(warm).toEqual({ ...without, kept: true });
    expect(machines).toBe(1);
  });

  test('is done again to the machine that boots in place of a start that does not fit', () => {
    const starts = new Shelf();
    const e = attaching((machine) => machines.add(machine)), machines = new Set<Machine>();
    const cold = run({ starts }, e);
    for (const [key, file] of starts.files) starts.files.set(key, file.slice(1));
    machines.clear();
    expect(run({ starts }, e)).toEqual(cold);
    expect(machines.size).toBe(2);
  });
});

test('a fault of the program\'s own while a start is taken back is not taken for a bad file', () => {
  const starts = new Shelf();
  run({ starts });
  const e = resumable((trial) => {
    overlayOf(trial).load = () => { throw new TypeError('a fault'); };
    return {};
  });
  expect(() => run({ starts }, e)).toThrow('a fault');
  expect(starts.kept).toBe(1);
});

describe('what does not fit is made anew', () => {
  const starts = new Shelf();
  const without = run({ starts });
  const [[key, file]] = [...starts.files];
  const withFile = (other: Uint8Array): void => {
    const damaged = new Shelf();
    damaged.files.set(key, other);
    expect(run({ starts: damaged })).toEqual({ ...without, kept: false });
    expect(damaged.kept).toBe(1);
    expect(Buffer.compare(damaged.files.get(key) as Uint8Array, file)).toBe(0);
  };
  const changed = (at: number): Uint8Array => {
    const other = file.slice();
    other[at] ^= 0x10;
    return other;
  };

  test.each([0, 8, 12, 0x21, 5000, Math.floor(file.length / 2), file.length - 1])('a bit is another one at %i',
    (at) => withFile(changed(at)));
  test.each([0, 7, 40, 5000, file.length - 1])('cut after %i bytes', (at) => withFile(file.slice(0, at)));
  test('bytes behind it', () => withFile(Uint8Array.from([...file, 0])));

  const snapshot = (): ReturnType<typeof decodeSnapshot> => decodeSnapshot(file);
  const parts: [string, (s: ReturnType<typeof decodeSnapshot>) => void][] = [
    ['no run', (s) => { delete s.attachments['run']; }],
    ['no disk', (s) => { delete s.attachments['disk 0']; }],
    ['no console', (s) => { delete s.attachments['run']['console']; }],
    ['a console of numbers', (s) => { s.attachments['run']['console'] = { lines: 1, marked: 2, current: 3 }; }],
    ['no marks', (s) => { s.attachments['run']['marks'] = { names: '' }; }],
    ['a mark too few', (s) => { delete s.attachments['run']['mark 1']; }],
    ['a counter too few', (s) => { delete s.attachments['run']['mark 0']['instructions']; }],
    ['a counter that is none', (s) => { s.attachments['run']['mark 0']['instructions'] = 'many'; }],
    ['another board', (s) => { s.machine.board = 'at'; }],
    ['another configuration', (s) => { s.machine.config += ', more'; }],
    ['a component too few', (s) => { delete s.machine.components['cpu0']; }],
  ];
  test.each(parts)('sound, but of another program: %s', (_, change) => {
    const other = snapshot();
    change(other);
    withFile(encodeSnapshot(other));
  });
  test('one that fits is taken', () => {
    expect(Buffer.compare(encodeSnapshot(snapshot()), file)).toBe(0);
    expect(run({ starts })).toEqual({ ...without, kept: true });
  });
});

describe('keys', () => {
  /** What a run asks for. */
  const keyOf = (e = LONG_START, wish: JobWish = {}, method = 'dma', bench: Bench = {}, program = 'test'): string => {
    const starts = new Shelf();
    starts.program = program;
    run({ starts, ...bench }, e, wish, method);
    expect(starts.asked).toHaveLength(1);
    expect(starts.kept).toBe(1);
    return starts.asked[0];
  };
  const withDisk = (identity: string): Experiment => resumable((trial) => {
    const base = generatedDisk(1 << 20);
    const disk = new DiskOverlay({
      name: 'd', size: base.size, readOnly: true, identity,
      read: base.read.bind(base), write: () => {}, flush: () => {},
    });
    return { machine: { ...trial.machine, disks: [disk] } };
  });

  test('another one for everything that goes in', () => {
    const keys = [
      keyOf(), keyOf(LONG_START, {}, 'pio-irq'), keyOf(LONG_START, {}, 'dma', {}, 'test 2'),
      keyOf(LONG_START, { values: { bytes: 128 << 10 } }),
      keyOf(LONG_START, { boardOptions: { processorClock: 99e6 } }),
      keyOf(LONG_START, { boardOptions: { ram: 64 << 20 } }), keyOf(LONG_START, { values: { mode: ['mwdma1'] } }),
      keyOf(withDisk('one')), keyOf(withDisk('two')), keyOf(resumable(() => ({ marks: [POST.end] }))),
      keyOf(resumable(() => ({ limit: 11 }))),
      keyOf(resumable(({ software }) => {
        const boot = software.boot as { image: Uint8Array };
        const image = Uint8Array.from([...boot.image, 0]);
        return { software: { ...software, boot: { ...boot, image } } as Trial['software'] };
      })),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
  });

  /** What a key is made of. */
  interface Parts {
    readonly program: string;
    readonly e: Experiment;
    readonly job: JobOf;
    readonly method: string;
    readonly trial: Trial;
    readonly config: string;
  }
  const hashed: string[] = [];
  const kit: Kit = { ...TEST_KIT, sha256: () => {
    const hash = TEST_KIT.sha256();
    return { digest: () => hash.digest(), update: (bytes) => {
      hash.update(bytes);
      hashed.push(Buffer.from(bytes).toString('latin1'));
    } };
  } };
  const keyOfParts = ({ program, e, job, method, trial, config }: Parts): string => {
    const starts = new Shelf();
    starts.program = program;
    KeptStart.of(starts, e, job, method, trial, config, kit)?.find();
    expect(starts.asked).toHaveLength(1);
    return starts.asked[0];
  };
  const partsOf = (): Parts => {
    const job = jobOf(LONG_START, { values: { bytes: 64 << 10 } });
    const prepared = LONG_START.prepare(job, 'dma', kit);
    const linux: LinuxSoftware = {
      kind: 'linux', kernel: Uint8Array.of(1), vmlinux: Uint8Array.of(2), initrd: Uint8Array.of(3), append: 'quiet',
    };
    return {
      program: 'test', e: LONG_START, job, method: 'dma', config: 'config',
      trial: { ...prepared, software: { guest: 'debian', boot: linux } },
    };
  };
  const withBoot = (change: Partial<LinuxSoftware>) => (p: Parts): Partial<Parts> => ({
    trial: { ...p.trial, software: {
      guest: 'debian', boot: { ...p.trial.software.boot as LinuxSoftware, ...change },
    } },
  });
  const withTrial = (change: Partial<Trial>) => (p: Parts): Partial<Parts> => ({ trial: { ...p.trial, ...change } });
  const withJob = (change: Partial<JobOf>) => (p: Parts): Partial<Parts> => ({ job: { ...p.job, ...change } });
  test.each<[string, (p: Parts) => Partial<Parts>]>([
    ['program', () => ({ program: 'another' })],
    ['experiment', ({ e }) => ({ e: { ...e, name: 'another' } })],
    ['method', () => ({ method: 'pio-irq' })],
    ['guest', withJob({ guest: 'debian' })],
    ['board', withJob({ board: 'at' })],
    ['values', withJob({ values: { bytes: 512 } as never })],
    ['configuration', () => ({ config: 'config, more' })],
    ['disk', withTrial({ machine: { options: {}, disks: [null] } })],
    ['phases', withTrial({ phases: ['a', 'b', 'c'] })],
    ['marks', withTrial({ marks: [] })],
    ['limit', withTrial({ limit: 11 })],
    ['kernel', withBoot({ kernel: Uint8Array.of(9) })],
    ['unpacked kernel', withBoot({ vmlinux: Uint8Array.of(9) })],
    ['initramfs', withBoot({ initrd: Uint8Array.of(9) })],
    ['command line', withBoot({ append: 'quiet loud' })],
    ['kernel and initramfs exchanged', withBoot({ kernel: Uint8Array.of(3), initrd: Uint8Array.of(1) })],
  ])('each part goes in: %s', (_, change) => {
    const parts = partsOf();
    expect(keyOfParts({ ...parts })).toBe(keyOfParts(partsOf()));
    expect(keyOfParts({ ...parts, ...change(parts) })).not.toBe(keyOfParts(parts));
  });

  test('the version of what is kept goes in, and how a kernel is entered by the configuration', () => {
    keyOfParts(partsOf());
    expect(hashed.at(-1)).toMatch(/[{,]"version":\d+[,}]/);
    const [one, other] = ['decompressor', 'vmlinux'].map((kernelEntry) =>
      new Machine(findBoard('pc') as BoardDefinition, { options: { kernelEntry } }).config);
    expect(one).not.toBe(other);
  });

  test('the same one for what has no influence', () => {
    const one = keyOf();
    expect(keyOf(LONG_START, {}, 'dma', { engine: 'jit' })).toBe(one);
    expect(keyOf(LONG_START, {}, 'dma', { engine: 'interpreter', slice: us(50) })).toBe(one);
  });

  test.each<[string, Experiment]>([
    ['is not resumable', DISK_READ],
    ['follows the marks by itself', resumable(() => ({ posted: () => {} }))],
    ['has a disk that nobody can tell', withDisk('')],
    ['has a disk that is written to elsewhere', resumable(({ machine }) => ({
      machine: { ...machine, disks: [{
        name: 'd', size: 1 << 20, readOnly: false, identity: 'd',
        read: (_, buffer, at, length) => void buffer.fill(0, at, at + length), write: () => {}, flush: () => {},
      }] },
      finish: () => ({ mode: null, matches: true, found: {} }),
    }))],
    ['has a disk that was written to before', resumable((trial) => {
      overlayOf(trial).write(1 << 19, new Uint8Array(512), 0, 512);
      return {};
    })],
  ])('a trial that %s is neither looked up nor kept', (_, e) => {
    const starts = new Shelf();
    run({ starts }, e);
    expect([starts.asked.length, starts.kept]).toEqual([0, 0]);
  });

  test('values that are no plain ones are refused', () => {
    const e = resumable(({ software }) => ({ software: { ...software, boot: { ...software.boot, more: new Map() } } }));
    expect(() => run({ starts: new Shelf() }, e)).toThrow('plain values');
  });

  test('beside a card of the user\'s own nothing is looked up or kept', () => {
    const starts = new Shelf();
    run({ starts, devices: [{ use: PathsCard, at: 'pci', name: 'own' }] });
    expect([starts.asked.length, starts.kept]).toEqual([0, 0]);
  });

  test('a disk that changes while the guest comes to its mark is not kept', () => {
    let identity = 'before';
    const e = resumable((trial) => {
      const base = generatedDisk(1 << 20);
      const disk = new DiskOverlay({
        name: 'd', size: base.size, readOnly: true, get identity() { return identity; },
        read: base.read.bind(base), write: () => {}, flush: () => {},
      });
      return { machine: { ...trial.machine, disks: [disk] } };
    });
    const starts = new Shelf();
    run({ starts, started: () => { identity = 'after'; } }, e);
    expect([starts.asked.length, starts.kept]).toEqual([1, 0]);
    run({ starts }, e);
    expect(starts.kept).toBe(1);
  });
});
