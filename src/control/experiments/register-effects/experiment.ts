import { PathsCard } from '../../../hw/paths/paths.ts';
import { count } from '../../../sim/parameter.ts';
import { POST } from '../../guests/status.ts';
import { cardOf } from '../paths/experiment.ts';
import { bare, experiment, type EndedTrial, type JobOf, type Kit, type RunResult, type Trial } from '../experiment.ts';
import { CPU_MMIO_ACCESSES, CPU_PORT_ACCESSES, found, SECONDS } from '../measures.ts';
import { ACT_DONE, ACTS, REGISTER_EFFECTS_BLOCK, REGISTER_EFFECTS_METHODS } from './block.ts';
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
    }),
    bytes: 4 * ACTS.length,
    phases: ['starting', 'reading and writing', 'finishing'],
    limit: 10,
    posted: (code, machine) => {
      if (code !== POST.begin && code !== ACT_DONE) return;
      const now = lookAt(cardOf(machine));
      if (code === ACT_DONE) effects.push(changes(seen, now).join(', '));
      seen = now;
    },
    finish: ({ block, failure }: EndedTrial) => {
      const { acts, values } = REGISTER_EFFECTS_BLOCK.decode(block);
      if (acts !== ACTS.length) throw failure(`the guest did ${acts} of ${ACTS.length} acts`);
      return {
        mode: null,
        matches: ACTS.every((a, n) => a.reads === null || a.reads === -1 || a.reads === values[n]),
        found: Object.fromEntries(ACTS.map((a, n) => [a.key, outcome(a.reads === -1 ? null : values[n], effects[n])])),
      };
    },
  };
}

/** The value that an act read, and what changed: `11h; STATUS.LEVEL 2 → 1`. */
function outcome(value: number | null, changed: string | undefined): string {
  const parts = [value === null ? '' : hexadecimal(value), changed ?? ''].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing changed' : parts.join('; ');
}

function judge(runs: readonly RunResult[]): { sentence: string; reference: string; next: string } {
  const of = (key: string): string => String(runs[0]?.measures[key] ?? '').split(';')[0];
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  return {
    sentence: wrong.length > 0
      ? `what the program read by ${wrong.join(', ')} is not what the registers promise`
      : 'An access of a register is a transaction with the device, which acts on it: one address gave ' +
        `${of('pop')}, then ${of('popAgain')}; reading STATUS cleared what it told; writing 1 to a bit of INT ` +
        'cleared it; and the card drew in another colour from the write of COLOUR on, for which it never had to look.',
    reference: '',
    next: 'compare register-effects --trace FILE: each act is one transaction; compare paths',
  };
}

/** What reads and writes of registers do that those of memory do not. */
export const REGISTER_EFFECTS = experiment({
  name: 'register-effects',
  question: 'How does a device know that a value has changed?',
  summary: 'Registers read and written one by one, by memory and by ports: what was read, what changed in the card.',
  shows: ['R1', 'R2'],
  statements: REGISTER_EFFECTS_STATEMENTS,
  parameters: REGISTER_EFFECTS_PARAMETERS,
  variants: REGISTER_EFFECTS_METHODS.map((method) => ({ method, guest: 'bare', boards: ['pc'] }) as const),
  measures: [
    ...ACTS.map((a) => found(a.key, a.text, { unit: 'word' })), SECONDS, CPU_PORT_ACCESSES, CPU_MMIO_ACCESSES,
  ],
  decides: ['ram'],
  blocks: [REGISTER_EFFECTS_BLOCK as never],
  title: () => 'a card\'s registers, one access after the other',
  prepare,
  judge,
});
