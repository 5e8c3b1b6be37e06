import { houseCard } from '../../../machine/cards.ts';
import type { Machine } from '../../../machine/machine.ts';
import { count } from '../../../sim/parameter.ts';
import { toSeconds } from '../../../sim/time.ts';
import { formatSeconds } from '../../quantities.ts';
import type { Counters } from '../../counters.ts';
import { POST } from '../../guests/status.ts';
import { memoryOf } from '../device-memory/device-memory.ts';
import {
  experiment, type EndedTrial, type JobOf, type Kit, type MeasuredValue, type RunResult, type Trial,
} from '../experiment.ts';
import { CPU_MMIO_ACCESSES, CPU_PORT_ACCESSES, found, INSTRUCTIONS, SECONDS } from '../measures.ts';
import { deviceMmapJob, MAPPED_AT, PROGRAM } from './linux.ts';
import { DEVICE_MMAP_METHODS, DEVICE_MMAP_POST, patternWord, type DeviceMmapMethod } from './methods.ts';
import { PageWatch, type Observed } from './observed.ts';
import { DEVICE_MMAP_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20;
/** Words of the card's buffer. */
const MOST_WORDS = 0x10000 / 4;

export const DEVICE_MMAP_PARAMETERS = {
  words: count(4000, {
    doc: 'words of 32 bits that are written to the card one by one, and then read back',
    source: 'a choice', minimum: 1, maximum: MOST_WORDS,
  }),
};

type DeviceMmapJob = JobOf<typeof DEVICE_MMAP_PARAMETERS>;

/** Whether the card's own memory holds the words; looked at by no transaction. */
function cardHolds(machine: Machine, words: number): boolean {
  const bytes = memoryOf(machine, 'paths'), view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let k = 0; k < words; k++) if (view.getUint32(4 * k, true) !== patternWord(k)) return false;
  return true;
}

/** What /proc/self/smaps said of the mapping. */
interface MappingLines {
  readonly range: string;
  readonly file: string;
  readonly flags: string;
}

/** @throws GuestFailure if the kernel says of the mapping what it should not */
function mappingOf(method: DeviceMmapMethod, said: readonly string[], { failure }: EndedTrial): MappingLines | null {
  const { file } = PROGRAM[method];
  if (!method.startsWith('mmap')) return null;
  const head = said.find((l) => l.startsWith(`${MAPPED_AT.toString(16)}-`));
  const flags = said.find((l) => l.startsWith('VmFlags:'))?.slice('VmFlags:'.length).trim() ?? '';
  const [range = '', , , , , path = ''] = head?.split(/\s+/) ?? [];
  // By its place on the bus: /sys/devices/pci0000:00/0000:00:03.0/resource0.
  if (path.split('/').at(-1) !== file.split('/').at(-1))
    throw failure(`/proc/self/smaps names '${path}' at ${MAPPED_AT.toString(16)}, not ${file}`);
  return { range, file: path, flags };
}

function prepare(job: DeviceMmapJob, methodName: string, kit: Kit): Trial {
  const method = methodName as DeviceMmapMethod, { words } = job.values, watch = new PageWatch(method);
  let arrived = false;
  return {
    machine: { options: { ram: 256 * MiB }, devices: [houseCard('paths', 'pci 3')] },
    software: deviceMmapJob(kit, method, words),
    bytes: 8 * words,
    phases: ['booting Linux', 'writing and reading', 'ending'],
    limit: 600 + words * 100e-6,
    marks: [DEVICE_MMAP_POST.before, DEVICE_MMAP_POST.mapped, POST.begin, DEVICE_MMAP_POST.turn, POST.end],
    posted: (code, machine) => watch.posted(code, machine),
    remembers: watch,
    measured: (machine) => {
      arrived = cardHolds(machine, words);
    },
    finish: (end) => {
      const said = end.lines.section('said') ?? [];
      const numberOf = (word: string): number =>
        Number(said.find((l) => l.startsWith(`${word} `))?.slice(word.length + 1) ?? NaN);
      const wrong = numberOf('wrong'), calls = numberOf('calls');
      if (Number.isNaN(wrong)) throw end.failure('the guest did not say what it found');
      const mapping = mappingOf(method, said, end), { seen } = watch;
      const write = end.between(POST.begin, DEVICE_MMAP_POST.turn);
      const read = end.between(DEVICE_MMAP_POST.turn, POST.end);
      return {
        mode: null,
        matches: arrived && wrong === 0 && (mapping === null || walkFits(seen)),
        found: {
          ...each('Write', write, words), ...each('Read', read, words), calls: calls / (2 * words),
          exceptions: (write?.['exceptions'] ?? 0) + (read?.['exceptions'] ?? 0),
          mapping: mapping?.file ?? null, flags: mapping?.flags ?? null, special: specialOf(mapping?.flags ?? null),
          entryBefore: mapping === null ? null : seen.before.digits,
          entryMapped: mapping === null ? null : seen.mapped.digits,
          entryUsed: mapping === null ? null : seen.used.digits,
          memoryType: mapping === null ? null : typeOf(seen.heldText),
          says: mapping === null ? null : seen.used.text,
        },
      };
    },
  };
}

/** Of the flags of a mapping those that say that it is no memory of the kernel's. */
function specialOf(flags: string | null): string | null {
  if (flags === null) return null;
  const all = flags.split(' ');
  return [all.includes('io') ? 'VM_IO' : '', all.includes('pf') ? 'VM_PFNMAP' : ''].filter((w) => w !== '').join(', ');
}

/** The entry is the one that the processor's own walk has used: same page, present. */
function walkFits({ used, heldFrame }: Observed): boolean {
  return used.frame >= 0 && used.frame === heldFrame;
}

/** `writable, UC`: the type. */
function typeOf(text: string): string {
  return text.split(', ').find((w) => /^(UC|WC|WT|WP|WB)/.test(w)) ?? '';
}

function each(what: 'Write' | 'Read', counters: Counters | null, words: number): Record<string, MeasuredValue> {
  if (counters === null) return {};
  return {
    [`secondsPer${what}`]: toSeconds(counters.ticks) / words,
    [`instructionsPer${what}`]: counters.instructions / words,
  };
}

const of = (runs: readonly RunResult[], method: DeviceMmapMethod, key: string): number | null => {
  const value = runs.find((r) => r.method === method)?.measures[key];
  return typeof value === 'number' ? value : null;
};

/** What a user's program pays for an access by each way. */
export function judge(runs: readonly RunResult[]): { sentence: string; details: string[]; reference: string;
  next: string } {
  const next = 'compare device-mmap --methods mmap --words 4 --trace t.nbt, then trace t.nbt --count ' +
    'mapping,memoryType; compare register-block; compare paths';
  const mapped = of(runs, 'mmap', 'secondsPerWrite'), calls = of(runs, 'read-write', 'secondsPerWrite');
  const ports = of(runs, 'ports', 'secondsPerWrite');
  const uc = of(runs, 'mmap-memory', 'secondsPerWrite'), wc = of(runs, 'mmap-wc', 'secondsPerWrite');
  const parts = [
    mapped === null || calls === null ? ''
      : `A store of the program's own costs ${formatSeconds(mapped)}, a system call for the same register ` +
        `${formatSeconds(calls)}.`,
    mapped === null || ports === null ? ''
      : `By ports it is ${formatSeconds(ports)}: after ioperm no kernel is asked either.`,
    uc === null || wc === null ? '' : `Stores to the card's memory: ${formatSeconds(uc)} each uncached, ` +
      `${formatSeconds(wc)} write-combined.`,
  ].filter((p) => p !== '');
  return {
    sentence: parts.join('\n') || 'Two ways are needed for a comparison.',
    details: runs.filter((r) => r.found['mapping'] !== null).map((r) =>
      `${r.method}: ${String(r.found['mapping'])}, ${String(r.found['flags'])}; entry ` +
      `${String(r.found['entryBefore'])} before mmap, ${String(r.found['entryMapped'])} after it, ` +
      `${String(r.found['entryUsed'])} used (${String(r.found['says'])})`),
    reference: '', next,
  };
}

/** A user's program and the registers and the memory of a card. */
export const DEVICE_MMAP = experiment({
  name: 'device-mmap',
  question: 'How does mmap of a device differ from I/O ports?',
  summary: 'A program of a user reaches a card: by ports, by system calls, by registers and memory that it maps.',
  shows: ['R24', 'R5'],
  statements: DEVICE_MMAP_STATEMENTS,
  parameters: DEVICE_MMAP_PARAMETERS,
  variants: DEVICE_MMAP_METHODS.map((method) =>
    ({ method, guest: 'debian', boards: ['pc'], carriers: ['processor'] }) as const),
  linuxJobs: true,
  measures: [
    found('secondsPerWrite', 'a write of 32 bits', { unit: 's', better: 'less' }),
    found('secondsPerRead', 'a read of 32 bits', { unit: 's', better: 'less' }),
    found('instructionsPerWrite', 'instructions for a write', { better: 'less', digits: 1 }),
    found('instructionsPerRead', 'instructions for a read', { better: 'less', digits: 1 }),
    found('calls', 'system calls for an access', { better: 'less' }),
    found('exceptions', 'exceptions meanwhile', { better: 'less' }),
    found('special', 'the kernel says of the mapping', { unit: 'word' }),
    found('entryBefore', 'page table entry before mmap', { unit: 'word' }),
    found('entryMapped', '  after mmap, untouched', { unit: 'word' }),
    found('entryUsed', '  used by the walk', { unit: 'word' }),
    found('memoryType', 'memory type', { unit: 'word' }),
    SECONDS, INSTRUCTIONS, CPU_PORT_ACCESSES, CPU_MMIO_ACCESSES,
  ],
  blocks: [],
  place: 160,
  decides: ['ram'],
  checks: {
    right: 'the card holds what was written, and the entry is the one that the processor used',
    wrong: 'the card holds something else, or the entry is not the one that the processor used',
  },
  title: ({ values }) => `${values.words} words to a card and back, by a program of a user`,
  prepare,
  judge: (runs) => judge(runs),
});
