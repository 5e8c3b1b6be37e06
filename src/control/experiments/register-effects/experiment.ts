import { PathsCard } from '../../../hw/paths/paths.ts';
import { count } from '../../../sim/parameter.ts';
import { POST } from '../../guests/status.ts';
import { cardOf } from '../paths/experiment.ts';
import {
  bare, experiment, LOOKS_ONLY, type EndedTrial, type JobOf, type Kit, type RunResult, type Trial,
} from '../experiment.ts';
import { CPU_MMIO_ACCESSES, CPU_PORT_ACCESSES, found, SECONDS } from '../measures.ts';
import { ACT_DONE, ACTS, IDLE_MICROSECONDS, REGISTER_EFFECTS_BLOCK, REGISTER_EFFECTS_METHODS } from './block.ts';
import { allSeen, clauses } from './effects.ts';
import { changes, hexadecimal, lookAt } from './observed.ts';
import { REGISTER_EFFECTS_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20;

export const REGISTER_EFFECTS_PARAMETERS = {
  slot: count(3, { doc: 'device number of the PCI slot in which the card stands', minimum: 2, maximum: 31 }),
};

type EffectsJob = JobOf<typeof REGISTER_EFFECTS_PARAMETERS>;

function prepare(job: EffectsJob, method: string, kit: Kit): Trial {
  const effects: string[] = [];
  let seen = new Map<string, number>();
  return {
    machine: {
      options: { ram: 32 * MiB }, devices: [{ use: PathsCard, at: `pci ${job.values.slot}`, name: 'paths' }],
    },
    software: bare(kit.guestImage('register-effects'), REGISTER_EFFECTS_BLOCK, {
      method: method as (typeof REGISTER_EFFECTS_METHODS)[number],
      idleCycles: Math.ceil((Number(job.boardOptions['processorClock']) * IDLE_MICROSECONDS) / 1e6),
    }),
    bytes: 4 * ACTS.length,
    phases: ['starting', 'reading and writing', 'finishing'],
    limit: 10,
    remembers: LOOKS_ONLY,
    posted: (code, machine) => {
      if (code !== POST.begin && code !== ACT_DONE) return;
      const now = lookAt(cardOf(machine));
      if (code === ACT_DONE) effects.push(changes(seen, now).join(', '));
      seen = now;
    },
    finish: ({ block, failure }: EndedTrial) => {
      const { acts, values } = REGISTER_EFFECTS_BLOCK.decode(block);
      if (acts !== ACTS.length) throw failure(`the guest did ${acts} of ${ACTS.length} acts`);
      const outcomes = Object.fromEntries(
        ACTS.map((a, n) => [a.key, outcome(a.reads === -1 ? null : values[n], effects[n])]),
      );
      const readRight = ACTS.every((a, n) => a.reads === null || a.reads === -1 || a.reads === values[n]);
      return { mode: null, matches: readRight && allSeen(outcomes), found: outcomes };
    },
  };
}

/** The value that an act read, and what changed: `11h; STATUS.LEVEL 2 → 1`. */
function outcome(value: number | null, changed: string | undefined): string {
  const parts = [value === null ? '' : hexadecimal(value), changed ?? ''].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing changed' : parts.join('; ');
}

function judge(runs: readonly RunResult[]): { sentence: string; reference: string; next: string } {
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  return {
    sentence: wrong.length > 0
      ? `What was read and what changed by ${wrong.join(', ')} is not what the registers promise.`
      : 'An access of a register is a transaction with the device, which acts on it: ' +
        `${clauses(runs[0]?.measures ?? {})}.`,
    reference: '',
    next: 'compare register-effects --trace FILE: each act on the card is one transaction; compare paths',
  };
}

/** What reads and writes of registers do that those of memory do not. */
export const REGISTER_EFFECTS = experiment({
  name: 'register-effects',
  place: 20,
  question: 'How does a device know that a value has changed?',
  summary: 'Registers read and written one by one, by memory and by ports: what was read, what changed in the card.',
  shows: ['R1', 'R2'],
  statements: REGISTER_EFFECTS_STATEMENTS,
  parameters: REGISTER_EFFECTS_PARAMETERS,
  variants: REGISTER_EFFECTS_METHODS.map((method) => ({
    method, guest: 'bare', boards: ['pc'], carriers: ['processor'],
  }) as const),
  measures: [
    ...ACTS.map((a) => found(a.key, a.text, { unit: 'word' })), SECONDS, CPU_PORT_ACCESSES, CPU_MMIO_ACCESSES,
  ],
  decides: ['ram'],
  blocks: [REGISTER_EFFECTS_BLOCK as never],
  checks: { right: 'the registers did what they promise', wrong: 'the registers did not do what they promise' },
  title: () => 'a card\'s registers, one access after the other',
  prepare,
  judge,
});
