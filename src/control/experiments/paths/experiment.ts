import { SystemDma } from '../../../hw/dma/system-dma/system-dma.ts';
import { PathsCard } from '../../../hw/paths/paths.ts';
import { choice, flag, ParameterError, size, type ValuesOf } from '../../../sim/parameter.ts';
import { busyShare, type Counters } from '../../counters.ts';
import { toSeconds } from '../../../sim/time.ts';
import { pseudoRandomImage } from '../../image-disk.ts';
import { withUnit } from '../../quantities.ts';
import { digestOf, roundedRam } from '../disk/disk-job.ts';
import type { Machine } from '../../../machine/machine.ts';
import { POST } from '../../guests/status.ts';
import {
  bare, experiment, type EndedTrial, type JobOf, type Kit, type MeasuredValue, type RunResult, type Trial,
} from '../experiment.ts';
import {
  CARD_BYTES, COMPLETIONS, DATA_AT, DIRECTIONS, PATHS_BLOCK, PATHS_METHODS, PATHS_POST, REGISTER_PATHS, SWEEP_SIZES,
  type PathsMethod,
} from './block.ts';
import { costs, crossovers } from './crossover.ts';
import { limitOf } from './limit.ts';
import { PATHS_MEASURES } from './measures.ts';
import { sentences } from './sentences.ts';
import { PATHS_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20;

export const PATHS_PARAMETERS = {
  bytes: size(4 * MiB, {
    doc: 'how much to move each way, in transfers of at most 64 KiB', source: 'a choice', minimum: 4, step: 4,
    maximum: 256 * MiB,
  }),
  direction: choice(DIRECTIONS, 'both', { doc: 'to the card, from it, or first the one and then the other' }),
  width: choice(['8', '16', '32'], '32', { doc: 'bits of each access by which the processor moves data' }),
  completion: choice(COMPLETIONS, 'interrupt', {
    doc: 'how the program notices the end of a DMA transfer: it halts until the interrupt, or reads a status register',
  }),
  registers: choice(REGISTER_PATHS, 'memory', { doc: 'how device-dma reaches the registers of the card' }),
  burst: size(64, {
    doc: 'longest burst of the card and of the DMA engine: a power of two from 4B to 256B', minimum: 4, maximum: 256,
    step: 4, source: "a choice: as long as the bursts of this board's IDE function, two cache lines of the P6 family",
  }),
  sweep: flag(true, { doc: 'afterwards measure one transfer of each size from 4 bytes to 64 KiB' }),
};

export type PathsJob = JobOf<typeof PATHS_PARAMETERS>;

/** Who moves the data, and how the processor reaches the registers that say so. */
function quadrant(method: string, job: PathsJob): { mover: string; registers: string } {
  const mover = method === 'device-dma' ? 'the card' : method === 'system-dma' ? 'DMA engine' : 'processor';
  const ports = method === 'port-pio' || (method === 'device-dma' && job.values.registers === 'ports');
  return { mover, registers: ports ? 'ports' : 'memory' };
}

/** What goes out and what comes back: two halves of one row of pseudo-random bytes. */
function dataFor(bytes: number): { out: Uint8Array; back: Uint8Array } {
  const all = pseudoRandomImage(2 * bytes);
  return { out: all.subarray(0, bytes), back: all.subarray(bytes) };
}

/** The card `paths` of a machine that has one under its own name. */
export function cardOf(machine: Machine): PathsCard {
  const found = machine.devices.find((d) => d.component.name === 'paths')?.component;
  if (!(found instanceof PathsCard)) throw new Error('the machine has no card paths');
  return found;
}

/** Where what comes back is put. */
function targetFor(bytes: number): number {
  return DATA_AT + Math.ceil(bytes / CARD_BYTES) * CARD_BYTES;
}

/** The least memory that holds the program and what it moves, whole MiB as the board has it. */
function leastRam(bytes: number): number {
  return Math.ceil((targetFor(bytes) + bytes) / MiB) * MiB;
}

/** Memory where the user has not chosen it. */
function ramFor(bytes: number): number {
  return roundedRam(targetFor(bytes) + bytes, 32 * MiB);
}

function settle(job: PathsJob): ValuesOf<typeof PATHS_PARAMETERS> {
  const { bytes, burst } = job.values, ram = Number(job.boardOptions['ram']);
  const { format } = PATHS_PARAMETERS.bytes;
  if (job.given.has('ram') && leastRam(bytes) > ram)
    throw new ParameterError(`bytes: ${format(bytes)} each way need ${format(leastRam(bytes))} of memory`);
  if (Math.log2(burst) % 1 !== 0)
    throw new ParameterError(`burst: ${format(burst)} is no power of two`);
  return job.values;
}

/** One direction of a run. */
interface Leg {
  readonly rate: number | null;
  readonly busy: number | null;
}

function leg(moved: boolean, bytes: number, counters: Counters | null): Leg {
  if (!moved || counters === null || counters.ticks <= 0) return { rate: null, busy: null };
  return { rate: bytes / toSeconds(counters.ticks), busy: busyShare(counters) };
}

function prepare(job: PathsJob, method: string, kit: Kit): Trial {
  const { bytes, direction, width, completion, registers, sweep, burst } = job.values;
  const { out, back } = dataFor(bytes);
  const arrived = kit.sha256();
  let pieces = 0, wanted = 0, came = '';
  const target = targetFor(bytes);
  const piece = (n: number): [number, number] => [n * CARD_BYTES, Math.min(bytes, (n + 1) * CARD_BYTES)];
  const toCard = direction !== 'from-card', fromCard = direction !== 'to-card';
  return {
    machine: {
      options: { ram: ramFor(bytes) },
      devices: [
        { use: PathsCard, at: 'pci 3', name: 'paths', options: { burst } },
        { use: SystemDma, at: 'pci 4', name: 'sysdma', options: { fifo: burst } },
      ],
    },
    software: bare(kit.guestImage('paths'), PATHS_BLOCK, {
      method: method as PathsMethod, direction, completion, registers, byteCount: bytes, width: Number(width),
      source: DATA_AT, target, sweep: sweep ? 1 : 0,
    }),
    bytes: (toCard ? bytes : 0) + (fromCard ? bytes : 0),
    phases: ['starting', 'moving', sweep ? 'measuring sizes' : 'finishing'],
    limit: limitOf(job),
    attach: (machine) => {
      machine.ram.set(out, DATA_AT);
      machine.ram.fill(0, target, target + bytes);
    },
    marks: [POST.begin, PATHS_POST.turn, POST.end],
    posted: (code, machine) => {
      // What the card has got is looked at, and what it shall send is put there, by no transaction.
      if (code === PATHS_POST.toBlock) {
        const [from, to] = piece(pieces++);
        arrived.update(cardOf(machine).buffer.bytes.subarray(0, to - from));
      } else if (code === PATHS_POST.fromBlock) {
        const [from, to] = piece(wanted++);
        cardOf(machine).buffer.bytes.set(back.subarray(from, to));
      }
    },
    remembers: {
      save: () => ({ pieces: { pieces, wanted } }),
      mismatch: (saved) =>
        typeof saved['pieces']?.['pieces'] === 'number' && typeof saved['pieces']['wanted'] === 'number'
          ? '' : 'no count of pieces',
      load: (saved) => {
        pieces = Number(saved['pieces']['pieces']);
        wanted = Number(saved['pieces']['wanted']);
      },
    },
    measured: (machine) => {
      came = digestOf(kit, machine.ram.subarray(target, target + bytes));
    },
    finish: (end: EndedTrial) => {
      const answer = PATHS_BLOCK.decode(end.block);
      const moved = (answer.bytesTo === bytes || !toCard) && (answer.bytesFrom === bytes || !fromCard);
      if (!moved) throw end.failure(`the guest moved ${answer.bytesTo} and ${answer.bytesFrom} of ${bytes} bytes`);
      if (answer.spurious !== 0)
        throw end.failure(`${answer.spurious} interrupts came that neither the card nor the engine had asked for`);
      const to = leg(toCard, bytes, end.between(POST.begin, PATHS_POST.turn));
      const from = leg(fromCard, bytes, end.between(PATHS_POST.turn, POST.end));
      const went = arrived.digest();
      const found: Record<string, MeasuredValue> = {
        ...quadrant(method, job),
        rateTo: to.rate, busyTo: to.busy, rateFrom: from.rate, busyFrom: from.busy,
        polls: answer.polls,
        sha256To: toCard ? went : null,
        sha256From: fromCard ? came : null,
      };
      const clock = Number(job.boardOptions['processorClock']);
      const curve = (cycles: readonly number[]): [number, number][] =>
        cycles.map((n, k) => [SWEEP_SIZES[k], n / clock]);
      return {
        mode: null,
        matches: (!toCard || went === digestOf(kit, out)) && (!fromCard || came === digestOf(kit, back)),
        found,
        ...(sweep
          ? { series: { secondsToBySize: curve(answer.sweepTo), secondsFromBySize: curve(answer.sweepFrom) } }
          : {}),
      };
    },
  };
}

/** The lines on where DMA begins to win, and what they rest on. */
function detailsOf(runs: readonly RunResult[], job: PathsJob): string[] {
  const lines = crossovers(runs);
  return lines.length === 0 ? [] : [...lines, costs(job.boardOptions, job.values.burst)];
}

const NEXT = 'compare paths with --completion polled, --registers ports, --width 8 or --interrupt-entry 4000; ' +
  'compare register-effects; compare disk-read';

/** One device, every path: the question in the project's title. */
export const PATHS = experiment({
  name: 'paths',
  place: 10,
  question: 'What is the difference between DMA and memory-mapped I/O?',
  summary: 'The same bytes to a card and from it: by ports, by memory-mapped I/O, by the card itself, by a DMA engine.',
  shows: ['R1', 'R2', 'R5', 'R25'],
  statements: PATHS_STATEMENTS,
  parameters: PATHS_PARAMETERS,
  variants: PATHS_METHODS.map((method) => ({
    method, guest: 'bare', boards: ['pc'],
    carriers: [method === 'device-dma' ? 'device' : method === 'system-dma' ? 'DMA controller' : 'processor'],
  }) as const),
  measures: PATHS_MEASURES,
  decides: ['ram'],
  settle,
  plots: [
    { x: 'size', y: 'secondsToBySize', series: 'method', log: 'xy', curve: true },
    { x: 'size', y: 'secondsFromBySize', series: 'method', log: 'xy', curve: true },
  ],
  blocks: [PATHS_BLOCK as never],
  title: (job) => {
    const ways = { both: 'to the card and from it', 'to-card': 'to the card', 'from-card': 'from the card' };
    return `${withUnit(job.texts['bytes'])} ${ways[job.values.direction]}`;
  },
  prepare,
  judge: (runs, job) => ({
    sentence: sentences(runs),
    details: detailsOf(runs, job),
    next: NEXT,
    reference: '',
  }),
});
