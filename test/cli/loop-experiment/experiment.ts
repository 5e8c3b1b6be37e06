/** An experiment that is not in the package: what it takes to add one. */
import { bare, experiment } from '../../../src/control/experiments/experiment.ts';
import { CPU_BUSY, found, INSTRUCTIONS, SECONDS } from '../../../src/control/experiments/measures.ts';
import { CPU_LOOP } from '../../../src/control/guests/cpu-loop.ts';
import { count } from '../../../src/sim/parameter.ts';

const KINDS = ['registers', 'memory'] as const;

export const LOOPS = experiment({
  name: 'loops',
  question: 'Does a loop over memory take longer than one in registers?',
  summary: 'The same number of steps in registers and over memory.',
  shows: ['R13'],
  statements: [{ id: 'S80', where: 'row "processor busy"' }],
  parameters: { steps: count(1000, { doc: 'steps of the loop', minimum: 1, maximum: 1e6 }) },
  variants: KINDS.map((method) => ({ method, guest: 'bare', boards: ['pc'] }) as const),
  measures: [SECONDS, CPU_BUSY, INSTRUCTIONS, found('checksum', 'checksum')],
  blocks: [],
  title: (job) => `${job.texts['steps']} steps`,
  prepare: (job, method, kit) => ({
    machine: { options: { ram: 8 * 2 ** 20 } },
    software: bare(kit.guestImage('cpu-loop'), CPU_LOOP, {
      kind: method as (typeof KINDS)[number], iterations: job.values.steps,
    }),
    bytes: 0,
    phases: ['starting', 'looping', 'ending'],
    limit: 10,
    finish: ({ block }) => {
      const { checksum, iterationsDone } = CPU_LOOP.decode(block);
      return { mode: null, matches: iterationsDone === job.values.steps, found: { checksum } };
    },
  }),
  decides: ['ram'],
  judge: (runs) => ({ sentence: `${runs.map((r) => r.method).join(' and ')} were measured`, reference: '' }),
});
