import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ECHO, printing } from './kernels.ts';
import { PROGRAM, scratch } from './northbridge.ts';

const files = scratch();
const p = files.path;
beforeAll(() => {
  writeFileSync(p('hello'), printing('hello\n'));
  writeFileSync(p('echo'), ECHO);
});
afterAll(() => files.remove());

/** Runs a line of shell in which `$nb` is the program. */
function shell(line: string): { stdout: string; stderr: string; status: number | null } {
  const nb = `nb() { '${process.execPath}' '${PROGRAM}' "$@"; }; ${line}`;
  return spawnSync('bash', ['-c', nb], { encoding: 'utf8', cwd: files.folder });
}

describe('the failure of a stream is its own', () => {
  test.skipIf(!existsSync('/dev/full'))('a full stderr loses neither the JSON nor the status', () => {
    const r = shell('nb run pc --memory 16MiB --kernel hello --json 2>/dev/full');
    expect(r.status).toBe(0);
    expect(JSON.parse(r.stdout)).toMatchObject({ reason: 'halted' });
    expect(shell('nb compare nothing 2>/dev/full').status).toBe(2);
  });

  test.skipIf(!existsSync('/dev/full'))('a full stdout is told on stderr, status 2', () => {
    const r = shell('nb boards >/dev/full');
    expect(r).toMatchObject({ status: 2 });
    expect(r.stderr).toMatch(/^northbridge: cannot write to standard output: [^\n]+\n$/);
  });

  test('wrong usage with stderr closed, or with nobody reading it: status 2', () => {
    expect(shell('nb compare nothing 2>&-').status).toBe(2);
    expect(shell('{ nb compare nothing 2>&1 >/dev/null; echo $? > status2; } | true; cat status2').stdout).toBe('2\n');
  });
});

/** `script` from util-linux gives the program a terminal. */
const noTerminal = spawnSync('script', ['--version']).status !== 0;
test.skipIf(noTerminal)('closing the terminal ends a run with 129 and nothing worse', async () => {
  const inner = `trap : HUP; '${process.execPath}' '${PROGRAM}' run pc --memory 16MiB --kernel echo; ` +
    'echo $? > status';
  writeFileSync(p('inner.sh'), inner);
  const child = spawn('script', ['-qec', 'bash inner.sh', '/dev/null'], { cwd: files.folder });
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (data: Buffer) => { if (data.includes('Ctrl-A')) resolve(); }));
  child.kill('SIGKILL');
  while (!existsSync(p('status')) || readFileSync(p('status'), 'utf8') === '')
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(readFileSync(p('status'), 'utf8')).toBe('129\n');
});
