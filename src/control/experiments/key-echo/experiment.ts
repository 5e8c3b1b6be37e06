import { Device } from '../../../hw/device.ts';
import { houseCard } from '../../../machine/cards.ts';
import type { Machine } from '../../../machine/machine.ts';
import { count } from '../../../sim/parameter.ts';
import { DiskOverlay } from '../../disk-overlay.ts';
import { ImageDisk, pseudoRandomImage } from '../../image-disk.ts';
import { formatSeconds } from '../../quantities.ts';
import { POST } from '../../guests/status.ts';
import { linuxMode } from '../disk/transfer-mode.ts';
import {
  experiment, LOOKS_ONLY, type EndedTrial, type JobOf, type Judgement, type Kit, type Outcome, type RunResult,
  type Trial,
} from '../experiment.ts';
import { Said } from '../linux/said.ts';
import { CPU_BUSY, counted, DEVICE_BYTES, found, INTERRUPTS, SECONDS } from '../measures.ts';
import { delays, quantile, shareAbove, THRESHOLDS, whole } from './delays.ts';
import { KEY_ECHO_METHODS, keyEchoJob, type KeyEchoMethod } from './linux.ts';
import { KEY_ECHO_STATEMENTS } from './statements.ts';
import { letterOf, Monitor, Typist } from './typist.ts';

const MiB = 2 ** 20;
const RAM = 128 * MiB, DISK = 4 * MiB;
/** Marks of guest/linux/key-echo. */
const HAS = 0xc1, WRITTEN = 0xc2;

export const KEY_ECHO_PARAMETERS = {
  keys: count(50, { doc: 'keys that are pressed', source: 'a run of seconds', minimum: 2, maximum: 2000 }),
  seed: count(1, {
    doc: 'of the times between keys: the same, the same times', source: 'a choice', minimum: 1, maximum: 0x7fffffff,
  }),
};

type KeyEchoJob = JobOf<typeof KEY_ECHO_PARAMETERS>;

function typistAt(machine: Machine, keys: number, seed: number): Typist {
  const { board, keyboard } = machine;
  const controller = board.components.find((c): c is Device => c instanceof Device && c.name === 'i8042');
  const line = controller?.irqLines[0];
  if (keyboard === null || line === undefined) throw new Error(`board ${board.name} has no keyboard`);
  return board.add(new Typist(board, keyboard, line, keys, seed));
}

function prepare(job: KeyEchoJob, methodName: string, kit: Kit): Trial {
  const { keys, seed } = job.values, monitor = new Monitor();
  const disk = new ImageDisk('xorshift32', pseudoRandomImage(DISK), `xorshift32, ${DISK} bytes`);
  return {
    machine: {
      options: { ram: RAM }, disks: [new DiskOverlay(disk)], devices: [houseCard('vga', 'pci')], pictures: monitor,
    },
    software: keyEchoJob(kit, methodName as KeyEchoMethod, keys),
    bytes: keys,
    phases: ['booting Linux', 'typing', 'ending'],
    limit: 120 + keys,
    attach: (machine) => {
      monitor.typist = typistAt(machine, keys, seed);
    },
    posted: (code) => {
      const { typist } = monitor;
      if (code === POST.begin) typist?.start();
      else if (code === HAS) typist?.had();
      else if (code === WRITTEN) typist?.written();
    },
    // What it acts on is the typist, who is a part of the machine.
    remembers: LOOKS_ONLY,
    finish: (end) => outcome(end, monitor.typist as Typist, keys),
  };
}

function outcome(end: EndedTrial, { times }: Typist, keys: number): Outcome {
  const typed = Array.from({ length: keys }, (_, k) => letterOf(k)).join('');
  const echo = delays(times, 'down', 'written'), seen = delays(times, 'down', 'seen');
  return {
    mode: linuxMode(end.lines.after('nb: mode ')),
    matches: new Said(end).text('got') === typed && whole(times),
    found: {
      median: quantile(echo, 0.5), most: quantile(echo, 0.95), worst: quantile(echo, 1),
      requested: quantile(delays(times, 'down', 'requested'), 0.5),
      taken: quantile(delays(times, 'requested', 'taken'), 0.5),
      takenWorst: quantile(delays(times, 'requested', 'taken'), 1),
      had: quantile(delays(times, 'taken', 'had'), 0.5), hadWorst: quantile(delays(times, 'taken', 'had'), 1),
      written: quantile(delays(times, 'had', 'written'), 0.5),
      seen: quantile(seen, 0.5), seenMost: quantile(seen, 0.95), seenWorst: quantile(seen, 1),
      ...above('', echo), ...above('seen', seen),
    },
  };
}

/** Shares above each threshold, by names like `above10` and `seenAbove10`. */
function above(what: string, values: readonly number[]): Record<string, number> {
  return Object.fromEntries(THRESHOLDS.map((limit) =>
    [`${what}${what === '' ? 'a' : 'A'}bove${limit}`, shareAbove(values, limit / 1000)]));
}

/** What is to be said of the runs that were made. */
export function judge(runs: readonly RunResult[]): Omit<Judgement, 'verdict'> {
  const of = (run: RunResult, key: string): number => Number(run.measures[key]);
  const [idle, pio, dma] = KEY_ECHO_METHODS.map((m) => runs.find((r) => r.method === m));
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  const late = runs.filter((r) => of(r, 'seenAbove100') > 0);
  const others = [pio, dma].filter((r) => r !== undefined);
  const sentences = wrong.length > 0 ? [`not every key came to the screen: ${wrong.join(', ')}`] : [
    ...(idle === undefined ? [] : others.map((run) =>
      `Beside a disk read by ${run.method.toUpperCase()} a key is echoed ` +
      `${formatSeconds(of(run, 'median'))} after it went down (worst ${formatSeconds(of(run, 'worst'))}), beside an ` +
      `idle disk ${formatSeconds(of(idle, 'median'))} (worst ${formatSeconds(of(idle, 'worst'))}).`)),
    late.length === 0
      ? 'Every echo is on the screen within 100 ms, and a person takes that for at once.'
      : `Echoes that a person notices: ${late.map((r) =>
        `${r.method} ${(100 * of(r, 'seenAbove100')).toFixed(0)} %`).join(', ')}.`,
  ];
  return { sentence: sentences.join('\n'), next: 'compare key-echo --seed 2; compare two-jobs', reference: '' };
}

const TIME = { unit: 's', better: 'less' } as const, SHARE = { unit: 'share', better: 'less' } as const;

/** Somebody types while a disk is read. */
export const KEY_ECHO = experiment({
  name: 'key-echo',
  place: 270,
  question: 'Does a person at the keyboard notice how a disk is read?',
  summary: 'Keys are pressed under Debian while the disk is idle, read by PIO or read by DMA; a program echoes them.',
  shows: ['R30'],
  statements: KEY_ECHO_STATEMENTS,
  parameters: KEY_ECHO_PARAMETERS,
  variants: KEY_ECHO_METHODS.map((method) => ({
    method, guest: 'debian', boards: ['pc'], carriers: [method === 'dma' ? 'device' : 'processor'],
  }) as const),
  linuxJobs: true,
  measures: [
    found('median', 'key to echo, median', TIME), found('most', '  95 % are within', TIME),
    found('worst', '  worst', TIME),
    found('above10', '  more than 10 ms', SHARE), found('above50', '  more than 50 ms', SHARE),
    found('above100', '  more than 100 ms', SHARE),
    found('requested', 'until IRQ 1, median', TIME),
    found('taken', '  until the driver has taken it', TIME), found('takenWorst', '    worst', TIME),
    found('had', '  until the program has it', TIME), found('hadWorst', '    worst', TIME),
    found('written', '  until it has written the echo', TIME),
    found('seen', 'key to picture, median', TIME), found('seenMost', '  95 % are within', TIME),
    found('seenWorst', '  worst', TIME),
    found('seenAbove10', '  more than 10 ms', SHARE), found('seenAbove50', '  more than 50 ms', SHARE),
    found('seenAbove100', '  more than 100 ms', SHARE),
    SECONDS, CPU_BUSY, counted('dataPortAccesses', 'reads of the disk\'s data port'), DEVICE_BYTES, INTERRUPTS,
  ],
  modeLabel: 'transfer mode',
  checks: { right: 'every key is echoed in its place', wrong: 'keys were lost or are wrong' },
  blocks: [],
  decides: ['ram'],
  title: ({ values }) => `${values.keys} keys`,
  prepare,
  judge,
});
