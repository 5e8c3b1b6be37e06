import { Rtl8139 } from '../../../hw/net/rtl8139/rtl8139.ts';
import { houseCard } from '../../../machine/cards.ts';
import type { Machine } from '../../../machine/machine.ts';
import { Transaction } from '../../../mem/transaction.ts';
import { count } from '../../../sim/parameter.ts';
import { formatSeconds } from '../../quantities.ts';
import {
  bare, experiment, type EndedTrial, type JobOf, type Kit, type Measure, type RunResult, type Trial,
} from '../experiment.ts';
import { CPU_BUSY, CPU_MMIO_ACCESSES, CPU_PORT_ACCESSES, found, INSTRUCTIONS, SECONDS } from '../measures.ts';
import {
  CONTENT_WORDS, FRAME_ACCESSES, REGISTER_BLOCK_BLOCK, REGISTER_BLOCK_METHODS, TIMED_ACCESSES,
} from './block.ts';
import { datagramsCrc } from '../linux/datagrams.ts';
import { echoBy8139too } from './linux.ts';
import { REGISTER_BLOCK_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20;
const WIDTHS = [8, 16, 32] as const;
/** Payload of a datagram: a whole frame. */
const ECHO_BYTES = 1472;

export const REGISTER_BLOCK_PARAMETERS = {
  frames: count(1000, {
    doc: 'frames whose 12 register accesses are made, as Linux 8139too makes them; Debian: datagrams that are echoed',
    source: 'a choice', minimum: 1, maximum: 1_000_000,
  }),
};

type BlockJob = JobOf<typeof REGISTER_BLOCK_PARAMETERS>;

/** What the card itself holds, looked at by no transaction. */
function contentsOf(machine: Machine): number[] {
  const card = machine.devices.find((d) => d.component.name === 'rtl8139')?.component;
  if (!(card instanceof Rtl8139)) throw new Error('the machine has no card rtl8139');
  const look = new Transaction('look');
  look.debug = true;
  return Array.from({ length: CONTENT_WORDS }, (_, n) => card.registers.read(4 * n, 4, look));
}

function prepare(job: BlockJob, method: string, kit: Kit): Trial {
  if (job.guest === 'debian') return prepareLinux(job, method, kit);
  const clock = Number(job.boardOptions['processorClock']);
  return {
    machine: { options: { ram: 32 * MiB }, devices: [houseCard('rtl8139', 'pci 3')] },
    software: bare(kit.guestImage('register-block'), REGISTER_BLOCK_BLOCK, {
      method: method as (typeof REGISTER_BLOCK_METHODS)[number], rounds: job.values.frames,
    }),
    bytes: 0,
    phases: ['starting', 'reading and writing registers', 'timing each width'],
    // A frame's accesses take some 10 µs at the board's clocks.
    limit: 10 + job.values.frames * 1e-3,
    finish: ({ block, machine, failure }: EndedTrial) => {
      const a = REGISTER_BLOCK_BLOCK.decode(block);
      if (a.mismatches !== 0) throw failure(`${a.mismatches} values were others by the other way`);
      const held = contentsOf(machine);
      const one = (cycles: number): number => (cycles - a.loopCycles) / TIMED_ACCESSES / clock;
      const widths = WIDTHS.flatMap((w, k): [string, number][] => [
        [`read${w}`, one(a.readCycles[k])], [`write${w}`, one(a.writeCycles[k])],
      ]);
      return {
        mode: null,
        matches: a.contents.every((v, n) => v === held[n]),
        found: { ...Object.fromEntries(widths), frames: job.values.frames },
      };
    },
  };
}

/** The same by Linux: its own driver, told which way to take, and UDP that is echoed. */
function prepareLinux(job: BlockJob, method: string, kit: Kit): Trial {
  const bytes = job.values.frames * ECHO_BYTES;
  return {
    machine: { options: { ram: 256 * MiB }, devices: [houseCard('rtl8139', 'pci 3')] },
    software: echoBy8139too(kit, method === 'port', bytes, ECHO_BYTES),
    bytes,
    phases: ['booting Linux', 'sending and receiving', 'ending'],
    limit: 600 + job.values.frames * 10e-3,
    resumable: true,
    finish: ({ lines, failure }) => {
      const [, datagrams, moved, lost, crc] = (lines.section('echo')?.[0] ?? '').split(' ');
      if (crc === undefined) throw failure('the guest said nothing of what came back');
      return {
        mode: null,
        matches: Number(moved) === bytes && lost === '0' && crc === datagramsCrc(bytes, ECHO_BYTES),
        found: { frames: Number(datagrams), echoed: Number(datagrams) },
      };
    },
  };
}

const PER_FRAME: Measure = {
  key: 'secondsPerFrame', label: `a driver's ${FRAME_ACCESSES} accesses for a frame`, unit: 's', better: 'less',
  of: (run) => (run.found['echoed'] === undefined ? run.seconds / Number(run.found['frames']) : null),
};

/** Linux only: a datagram there and back, and what of the registers it took. */
const ECHOES: readonly Measure[] = [
  {
    key: 'secondsPerEcho', label: 'a datagram there and back', unit: 's', better: 'less',
    of: (run) => (run.found['echoed'] === undefined ? null : run.seconds / Number(run.found['echoed'])),
  },
  {
    key: 'accessesPerEcho', label: '  register accesses for it', unit: '', better: 'less',
    of: (run) => (run.found['echoed'] === undefined
      ? null : (run.counters['controlAccesses'] ?? 0) / Number(run.found['echoed'])),
  },
];

const MEASURES: readonly Measure[] = [
  PER_FRAME,
  ...WIDTHS.map((w) => found(`read${w}`, `read of ${w} bits`, { unit: 's', better: 'less' })),
  ...WIDTHS.map((w) => found(`write${w}`, `write of ${w} bits`, { unit: 's', better: 'less' })),
  ...ECHOES,
  SECONDS, CPU_BUSY, INSTRUCTIONS, CPU_PORT_ACCESSES, CPU_MMIO_ACCESSES,
];

/** What the two ways cost, from the runs; either may be the cheaper one. */
export function judge(runs: readonly RunResult[]): { sentence: string; reference: string; next: string } {
  const of = (method: string): number | null => {
    const measures = runs.find((r) => r.method === method)?.measures;
    const value = measures?.['secondsPerFrame'] ?? measures?.['secondsPerEcho'];
    return typeof value === 'number' ? value : null;
  };
  const port = of('port'), mmio = of('mmio');
  const next = runs[0]?.guest === 'debian'
    ? 'compare register-block --guest debian --processor-clock 1GHz; compare register-block'
    : 'compare register-block --processor-clock 1GHz; compare register-effects; northbridge device rtl8139';
  if (port === null || mmio === null)
    return { sentence: 'Both ways are needed for a comparison.', reference: '', next };
  const [fast, slow] = port <= mmio ? [port, mmio] : [mmio, port];
  const winner = port <= mmio ? 'ports' : 'memory';
  const share = (slow - fast) / slow;
  const what = runs[0]?.guest === 'debian' ? 'a datagram' : 'a frame';
  const [byPort, byMmio] = [formatSeconds(port), formatSeconds(mmio)];
  const sentence = share < 0.005
    ? byPort === byMmio
      ? `Both ways reach the same registers and cost the same, ${byPort} ${what}.`
      : `Both ways reach the same registers and cost nearly the same, ${byPort} ${what} by ports and ` +
        `${byMmio} by memory.`
    : `Both ways reach the same registers; ${winner} cost ${formatSeconds(fast)} ${what}, the other way ` +
      `${formatSeconds(slow)}: ${(100 * share).toFixed(1)} % less. The bus is the same, the instructions are not.`;
  return { sentence, reference: '', next };
}

/** The register block of an Ethernet card by ports and by memory. */
export const REGISTER_BLOCK = experiment({
  name: 'register-block',
  place: 30,
  question: 'What is the difference between port-mapped and memory-mapped I/O?',
  summary: 'The registers of an RTL8139 by ports and by memory: what a driver\'s accesses cost each way.',
  shows: ['R2'],
  statements: REGISTER_BLOCK_STATEMENTS,
  parameters: REGISTER_BLOCK_PARAMETERS,
  variants: (['bare', 'debian'] as const).flatMap((guest) =>
    REGISTER_BLOCK_METHODS.map((method) => ({ method, guest, boards: ['pc'], carriers: ['processor'] }) as const)),
  linuxJobs: true,
  measures: MEASURES,
  decides: ['ram'],
  blocks: [REGISTER_BLOCK_BLOCK as never],
  checks: { right: 'both ways reach the same registers', wrong: 'the ways do not reach the same registers' },
  title: ({ values, guest }) => (guest === 'debian'
    ? `${values.frames} datagrams there and back by 8139too`
    : `the register accesses of ${values.frames} received frames`),
  prepare,
  judge,
});
