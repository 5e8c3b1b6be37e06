/** A new experiment is one folder and one line in a list: everything else follows from its rows. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { northbridge } from '../../apps/cli/program.ts';
import { glossaryOf } from '../../apps/lab/site/glossary.ts';
import { EXPERIMENTS } from '../../src/control/experiments/index.ts';
import type { Experiment } from '../../src/control/experiments/experiment.ts';
import { IN_WORDS, STATEMENTS, statementsShown } from '../../src/control/experiments/statements.ts';
import { BOARDS } from '../../src/machine/boards/index.ts';
import { runExperiment } from '../benches/experiment-bench.ts';
import { LOOPS } from './loop-experiment/experiment.ts';

afterEach(() => vi.restoreAllMocks());

async function said(...args: string[]): Promise<string> {
  return saidBy([...EXPERIMENTS, LOOPS], args);
}

async function saidBy(experiments: readonly Experiment[], args: readonly string[]): Promise<string> {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    await (await northbridge(args[0], experiments)).parseAsync(args, { from: 'user' });
  } catch (error) {
    // commander ends help by an error.
    if ((error as { code?: string }).code !== 'commander.helpDisplayed') throw error;
  }
  vi.restoreAllMocks();
  return text;
}

describe('an experiment in the list', () => {
  test('is in `experiments` and its JSON, with its statements', async () => {
    expect(await said('experiments')).toContain('loops  Does a loop over memory take longer');
    const listed = JSON.parse(await said('experiments', '--json')) as {
      schema: string; experiments: { name: string; parameters: object[] }[];
    };
    expect(listed.schema).toBe('northbridge-experiments/1');
    expect(listed.experiments.map((e) => e.name)).toEqual([...EXPERIMENTS.map((e) => e.name), 'loops']);
    expect(listed.experiments.at(-1)?.parameters[0]).toMatchObject({ name: 'steps', kind: 'count', default: 1000 });
    expect(await said('experiments', '--statements')).toContain('      loops: row "processor busy"\n');
  });

  test('is in the help of `compare`, and has one of its own', async () => {
    expect(await said('compare', '--help')).toContain('loops [options]');
    const help = await said('compare', 'loops', '--help');
    expect(help).toContain('--steps <number>');
    expect(help).toContain('(default: 1000)');
    expect(help).toContain('--methods <list>');
    expect(help).not.toContain('--disk');
  });

  test('runs, as a table and as JSON with its own parameters and measures', async () => {
    const table = await said('compare', 'loops', '--steps', '0x100', '--engine', 'interpreter');
    expect(table).toMatch(/^loops: 0x100 steps, board pc, guest bare\n/);
    expect(table).toMatch(/instructions +[\d,]+ +[\d,]+\n/);
    expect(table).toContain('registers and memory were measured');
    const result = JSON.parse(await said('compare', 'loops', '--steps', '256', '--methods', 'memory', '--json')) as {
      experiment: string; parameters: Record<string, unknown>; runs: Record<string, unknown>[];
    };
    expect(result).toMatchObject({ experiment: 'loops', parameters: { steps: 256, ide: 'piix3' } });
    expect(Object.keys(result.runs[0] as object)).toEqual([
      'method', 'guest', 'board', 'mode', 'matches', 'seconds', 'cpuBusy', 'instructions', 'checksum',
    ]);
    expect(result.runs[0]).toMatchObject({ method: 'memory', mode: null, matches: true, cpuBusy: 1 });
  });
});

test('Ctrl-C prints what is done, and says what is not', async () => {
  const interrupted: Experiment = {
    ...LOOPS,
    prepare: (job, method, kit) => {
      if (method === 'memory') process.emit('SIGINT');
      return LOOPS.prepare(job, method, kit);
    },
  };
  const errors: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => errors.push(String(text)) > 0);
  const result = JSON.parse(await saidBy([interrupted], ['compare', 'loops', '--steps', '1000000', '--json'])) as {
    runs: { method: string }[]; judgement: { verdict: string };
  };
  expect(result.runs.map((r) => r.method)).toEqual(['registers']);
  expect(result.judgement.verdict).toBe('incomplete');
  expect(process.exitCode).toBe(130);
  process.exitCode = undefined;
  expect(errors).toContain('northbridge: interrupted; not measured: memory\n');
});

test('a method that fails does not lose what was measured before it', async () => {
  const failing: Experiment = {
    ...LOOPS,
    prepare: (job, method, kit) => ({
      ...LOOPS.prepare(job, method, kit),
      ...(method === 'memory' ? { limit: 1e-6 } : {}),
    }),
  };
  let table = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => (table += String(text)) !== '');
  const program = await northbridge('compare', [failing]);
  await expect(program.parseAsync(['compare', 'loops'], { from: 'user' })).rejects.toThrow(
    'memory: the guest did not finish within 0 simulated seconds (it was starting)',
  );
  expect(table).toContain('registers');
  expect(table).not.toContain('memory  ');
});

describe('every experiment', () => {
  test.each(EXPERIMENTS.map((e) => [e.name, e] as const))('%s is described whole', (_name, e) => {
    expect(e.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(e.question).toMatch(/\?$/);
    expect(e.shows.length).toBeGreaterThan(0);
    const keys = e.measures.map((m) => m.key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const board of BOARDS)
      for (const name of Object.keys(e.parameters)) expect(Object.keys(board.options)).not.toContain(name);
    for (const { x, y, curve } of e.plots ?? []) {
      if (curve === true) continue;
      expect([...Object.keys(e.parameters), ...keys]).toContain(x);
      expect(keys).toContain(y);
    }
  });

  const curves = (e: Experiment): string[] => (e.plots ?? []).filter((p) => p.curve === true).map((p) => p.y);

  // Those that only Debian does are run by their own tests in test/guest.
  const plotting = EXPERIMENTS.filter((e) => curves(e).length > 0 && e.variants.some((v) => v.guest === 'bare'));
  test.each(plotting.map((e) => [e.name, e] as const))(
    '%s measures the curves that it plots', (_name, e) => {
      const method = e.variants[0].method;
      const [{ series }] = runExperiment(e, { methods: [method], values: { bytes: 4096 } }).runs;
      expect(Object.keys(series ?? {})).toEqual(curves(e));
      for (const points of Object.values(series ?? {})) expect(points.length).toBeGreaterThan(1);
    },
  );

  test('names statements that there are, each once', () => {
    expect(STATEMENTS).toHaveLength(154);
    expect(STATEMENTS.at(-1)?.id).toBe('S154');
    expect(statementsShown(EXPERIMENTS).size).toBeGreaterThanOrEqual(40);
    for (const e of EXPERIMENTS) expect(new Set(e.statements.map((s) => s.id)).size).toBe(e.statements.length);
    expect(() => statementsShown([{ ...LOOPS, statements: [{ id: 'S999', where: '' }] }])).toThrow('S999');
  });

  test('leaves to GLOSSARY.md what is about a word alone, and the entry says it', async () => {
    const glossary = glossaryOf(readFileSync(new URL('../../GLOSSARY.md', import.meta.url), 'utf8'));
    const said: Record<string, RegExp> = {
      S32: /whoever starts the transfer/, S34: /On phones "memory" often means storage/,
      S83: /how it is built \(SDRAM\)/, S85: /volatile.* is another property/,
      S87: /"real physical memory" says it twice/,
    };
    expect([...IN_WORDS.keys()]).toEqual(Object.keys(said));
    for (const [id, word] of IN_WORDS) {
      expect(STATEMENTS.map((s) => s.id)).toContain(id);
      expect(glossary[word.toLowerCase()]?.meaning).toMatch(said[id]!);
    }
    const text = await saidBy([LOOPS], ['experiments', '--statements']);
    expect(text).toMatch(/^S85 .*\n {6}in words: GLOSSARY\.md, "RAM"\n/m);
    expect(text).toMatch(/ 5 are about words\n$/);
  });

  test('has a parameter block with a number of its own', () => {
    const blocks = EXPERIMENTS.flatMap((e) => e.blocks);
    expect(new Set(blocks.map((b) => b.number)).size).toBe(blocks.length);
  });
});
