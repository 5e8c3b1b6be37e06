import { houseCard } from '../../../machine/cards.ts';
import { choice, count, duration, ParameterError, size, type ValuesOf } from '../../../sim/parameter.ts';
import { ms, TICKS_PER_SECOND, toSeconds, us } from '../../../sim/time.ts';
import { roundedRam } from '../disk/disk-job.ts';
import { busyShare } from '../../counters.ts';
import {
  bare, experiment, type Carrier, type EndedTrial, type FinishedRun, type JobOf, type Kit, type Measure, type Trial,
} from '../experiment.ts';
import {
  BYTES_PER_SECOND, CPU_BUSY, CPU_MMIO_ACCESSES, CPU_PORT_ACCESSES, DEVICE_BYTES, DEVICE_TRANSFERS, found,
  INSTRUCTIONS, INTERRUPTS, SECONDS,
} from '../measures.ts';
import { RING_MEMORY, RING_METHODS, RING_RECEIVE_BLOCK, RING_ROOM, SLOT_BYTES, type RingMethod } from './block.ts';
import { judge } from './judge.ts';
import { linuxTrial } from './linux.ts';
import { LEAST_FRAME, lookAtSlots } from './reference.ts';
import { RING_RECEIVE_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20, KiB = 2 ** 10;
const MOST_FRAMES = 100_000;
/** Frames that the source sends beyond those that count: the last that does may be lost. */
const BEYOND = 1_000_000;
/** Slots behind the last frame's, for what is on its way when the program ends. */
const SPARE_SLOTS = 64;
/** Bytes of time of a frame beside its own: preamble, FCS, gap. */
const FRAME_COST = 24;
/** Ticks of the unit of ITR (8254x manual §13.4.18). */
const ITR_UNIT = 768;

/** The card of each method, who moves a frame, and which wires it can do, the fastest first. */
export const RING_CARDS: Readonly<Record<RingMethod, { card: string; mover: string; rates: readonly string[] }>> = {
  'ne2000-pio': { card: 'rtl8029', mover: 'processor, by ports', rates: ['10'] },
  'rtl8139-ring': { card: 'rtl8139', mover: 'card, then processor', rates: ['100', '10'] },
  'e1000-rings': { card: 'e1000', mover: 'card', rates: ['1000', '100', '10'] },
};

const CARRIERS: Readonly<Record<RingMethod, readonly Carrier[]>> = {
  'ne2000-pio': ['processor'], 'rtl8139-ring': ['device', 'processor'], 'e1000-rings': ['device'],
};
const ringVariant = (method: RingMethod) => ({ method, boards: ['pc'], carriers: CARRIERS[method] }) as const;

export const RING_RECEIVE_PARAMETERS = {
  frames: count(300, { doc: 'frames of the series that count', source: 'a choice', minimum: 2, maximum: MOST_FRAMES }),
  size: size(1514, { doc: 'bytes of each, without FCS', source: 'IEEE 802.3', minimum: LEAST_FRAME, maximum: 1514 }),
  rate: choice(['10', '100', '1000', 'card'], '10', {
    doc: 'Mbit/s of the wire; card: as fast as each card can', source: 'what all three cards can do',
  }),
  interval: duration(0, {
    doc: 'from a frame to the next; 0: one right behind the other', source: 'a choice', maximum: ms(1000),
  }),
  ring: choice(['16KiB', '32KiB', '64KiB'], '32KiB', {
    doc: 'ring of the RTL8139; the 82540EM gets as many bytes of buffers; the NE2000 has its own 16 KiB',
    source: 'Linux 8139too has 32 KiB',
  }),
  itr: duration(0, {
    doc: '82540EM: least time between interrupts, in steps of 256 ns', source: 'a choice', maximum: ms(16),
  }),
  work: duration(us(20), { doc: 'work on each frame', source: 'a choice', maximum: TICKS_PER_SECOND }),
  stall: duration(ms(20), {
    doc: 'time for something else, now and then', source: 'a choice', maximum: TICKS_PER_SECOND,
  }),
  every: count(100, { doc: 'after how many frames', source: 'a choice', minimum: 1, maximum: MOST_FRAMES }),
  seed: count(1, { doc: 'seed of the frames\' contents', source: 'a choice', maximum: 2 ** 31 - 1 }),
};

export type RingJob = JobOf<typeof RING_RECEIVE_PARAMETERS>;

function memoryFor({ values }: RingJob): number {
  return RING_MEMORY + RING_ROOM + (values.frames + SPARE_SLOTS) * SLOT_BYTES;
}

function settle(job: RingJob): ValuesOf<typeof RING_RECEIVE_PARAMETERS> {
  const needed = memoryFor(job);
  if (job.guest === 'bare' && job.given.has('ram') && needed > Number(job.boardOptions['ram']))
    throw new ParameterError(`frames: so many need ${Math.ceil(needed / MiB)}MiB of memory`);
  return job.values;
}

/** Mbit/s of a method's wire in this job. */
function rateOf(method: string, { values }: RingJob): string {
  return values.rate === 'card' ? RING_CARDS[method as RingMethod].rates[0] : values.rate;
}

function fits(method: RingMethod): (job: RingJob) => string {
  return (job) => {
    const rate = rateOf(method, job), { card, rates } = RING_CARDS[method];
    return rates.includes(rate) ? '' : `${card} has no wire of ${rate} Mbit/s`;
  };
}

/** What only our own program does: Debian's drivers have rings and work of their own. */
const OF_OUR_PROGRAM = ['ring', 'work', 'stall', 'every'] as const;

function fitsDebian(method: RingMethod): (job: RingJob) => string {
  return (job) => {
    const given = OF_OUR_PROGRAM.find((name) => job.given.has(name));
    return given === undefined ? fits(method)(job) : `--${given} is for --guest bare: Debian's driver does as it does`;
  };
}

/** Interrupts a second that `InterruptThrottleRate` of Linux's e1000 takes (0: as many as come). */
const THROTTLE_LEAST = 100, THROTTLE_MOST = 100_000;

function debian(job: RingJob, method: RingMethod, kit: Kit): Trial {
  const { frames, size: bytes, interval, itr, seed } = job.values, { card, mover } = RING_CARDS[method];
  const throttle = itr === 0 ? 0 : Math.round(TICKS_PER_SECOND / itr);
  const within = throttle === 0 ? 0 : Math.min(THROTTLE_MOST, Math.max(THROTTLE_LEAST, throttle));
  return linuxTrial(kit, {
    method, card, mover, rate: rateOf(method, job), frames, size: bytes, interval, seed,
    parameters: method === 'e1000-rings' && job.given.has('itr') ? `InterruptThrottleRate=${within}` : '',
  });
}

function prepare(job: RingJob, method: string, kit: Kit): Trial {
  return job.guest === 'debian' ? debian(job, method as RingMethod, kit) : ours(job, method, kit);
}

function ours(job: RingJob, method: string, kit: Kit): Trial {
  const { frames, size: bytes, interval, ring, itr, work, stall, every, seed } = job.values;
  const clock = Number(job.boardOptions['processorClock']), rate = rateOf(method, job);
  const cyclesOf = (ticks: number): number => Math.floor(toSeconds(ticks) * clock);
  const { card, mover } = RING_CARDS[method as RingMethod];
  const onWire = Math.max(toSeconds(interval), ((bytes + FRAME_COST) * 8) / (Number(rate) * 1e6));
  return {
    machine: {
      options: { ram: roundedRam(memoryFor(job), 32 * MiB) },
      devices: [houseCard(card, 'pci 3', {
        rate, far: 'source', frames: frames + BEYOND, size: bytes, interval: Math.max(1, interval), delay: 0, seed,
      }, 'nic')],
    },
    software: bare(kit.guestImage('ring-receive'), RING_RECEIVE_BLOCK, {
      method: method as RingMethod, frames, ringBytes: Number.parseInt(ring, 10) * KiB,
      itr: Math.floor(itr / ITR_UNIT), memory: RING_MEMORY, workCycles: cyclesOf(work), stallCycles: cyclesOf(stall),
      every,
    }),
    bytes: frames * bytes,
    phases: ['starting', 'receiving', 'finishing'],
    limit: 10 + 4 * frames * (onWire + toSeconds(work) + toSeconds(stall) / every + 1e-3),
    finish: ({ block, machine, failure }: EndedTrial) => {
      const a = RING_RECEIVE_BLOCK.decode(block);
      if (a.spurious !== 0) throw failure(`${a.spurious} interrupts came that the card had not asked for`);
      const arrived = lookAtSlots(kit, machine.ram.subarray(0), a.received, bytes, seed);
      const share = (n: number): number => (a.received === 0 ? 0 : n / a.received);
      return {
        mode: null,
        matches: arrived.right && a.bytes === a.received * bytes,
        found: {
          mover, sent: frames, received: a.received, lost: frames - a.received, overflows: a.overflows,
          receivedBytes: a.bytes, processorBytes: method === 'ne2000-pio' ? a.bytes : a.copied,
          interruptsPer100: 100 * share(a.interrupts), sha256: arrived.digest,
          // Neither belongs to receiving: they are the same for every card.
          elsewhere: a.received * toSeconds(work) + Math.floor(a.received / every) * toSeconds(stall),
        },
      };
    },
  };
}

const receivedOf = (run: FinishedRun): number => Math.max(1, Number(run.found['received']));

/** A count for 100 frames that arrived. */
function per100(key: string, of: string): Measure {
  return {
    key, label: '  for 100 frames', unit: '', better: 'less',
    of: (run) => (100 * (run.counters[of] ?? 0)) / receivedOf(run),
  };
}

const PROCESSOR_TIME: Measure = {
  key: 'processorSeconds', label: '  for receiving a frame', unit: 's', better: 'less',
  // Debian's drivers have no mark of their own: the network stack and the program are in it.
  labels: { debian: '  for a frame, up to the program' },
  of: (run) => Math.max(0, busyShare(run.counters) * run.seconds - Number(run.found['elsewhere'])) / receivedOf(run),
};

const MEASURES: readonly Measure[] = [
  found('mover', 'who moves a frame to memory', { unit: 'word' }),
  found('sent', 'frames that were sent'),
  found('received', 'frames received', { better: 'more' }),
  found('lost', 'frames lost', { better: 'less' }),
  found('overflows', '  interrupts for a full ring', { better: 'less' }),
  { ...BYTES_PER_SECOND, of: (run) => Number(run.found['receivedBytes']) / run.seconds },
  CPU_BUSY, PROCESSOR_TIME,
  found('processorBytes', 'bytes that the processor moved', { unit: 'B', better: 'less' }),
  DEVICE_BYTES, DEVICE_TRANSFERS, INTERRUPTS,
  found('interruptsPer100', '  for 100 frames', { better: 'less' }),
  CPU_PORT_ACCESSES, per100('portsPer100', 'cpuPortAccesses'),
  CPU_MMIO_ACCESSES, per100('mmioPer100', 'cpuMmioAccesses'),
  SECONDS, INSTRUCTIONS,
  found('sha256', 'SHA-256 of what arrived', { unit: 'digest' }),
];

/** Frames from the wire, by three generations of cards. */
export const RING_RECEIVE = experiment({
  name: 'ring-receive',
  place: 40,
  question: 'Who moves a frame from the wire to memory, and what if nobody has the time?',
  summary: 'A stream of Ethernet frames: fetched by the processor, stored in a ring by the card, or in buffers.',
  shows: ['R10'],
  statements: RING_RECEIVE_STATEMENTS,
  parameters: RING_RECEIVE_PARAMETERS,
  variants: [
    ...RING_METHODS.map((method) => ({ ...ringVariant(method), guest: 'bare', fits: fits(method) }) as const),
    ...RING_METHODS.map((method) => ({ ...ringVariant(method), guest: 'debian', fits: fitsDebian(method) }) as const),
  ],
  linuxJobs: true,
  measures: MEASURES,
  plots: [
    { x: 'stall', y: 'lost', series: 'method' },
    { x: 'size', y: 'cpuBusy', series: 'method' },
    { x: 'itr', y: 'interruptsPer100', series: 'method' },
  ],
  blocks: [RING_RECEIVE_BLOCK as never],
  checks: {
    right: 'each frame\'s bytes are right', wrong: 'bytes of a frame are wrong',
    part: { right: 'the bytes of each frame that arrived are right', counts: { lost: 'lost' } },
  },
  decides: ['ram'],
  settle,
  title: ({ values }) => `${values.frames} frames of ${values.size} bytes`,
  prepare,
  judge: (runs, job) =>
    (job.values.rate === 'card' ? judge(runs, (method) => rateOf(method, job)) : judge(runs)),
});
