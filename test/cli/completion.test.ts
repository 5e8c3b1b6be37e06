import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { northbridge } from './northbridge.ts';

const script = (shell: string): string => {
  const r = northbridge(['completion', shell]);
  expect(r).toMatchObject({ status: 0, stderr: '' });
  return r.stdout;
};

describe('completion', () => {
  test.skipIf(spawnSync('bash', ['--version']).status !== 0)('bash completes commands, their words and options', () => {
    const complete = (...words: string[]): string =>
      `COMP_WORDS=(northbridge ${words.map((w) => `'${w}'`).join(' ')}); COMP_CWORD=${words.length}; COMPREPLY=(); ` +
      '_northbridge; echo "${COMPREPLY[*]}"';
    const lines = [complete('comp'), complete('run', ''), complete('run', 'pc', '--ker'), complete('test', '--fail')];
    const r = spawnSync('bash', ['-c', `${script('bash')}\n${lines.join('\n')}`], { encoding: 'utf8' });
    expect(r).toMatchObject({ status: 0, stderr: '' });
    expect(r.stdout.split('\n')).toEqual([
      'compare completion', 'pc', '--kernel --kernel-entry', '--fail-text --fail-note', '',
    ]);
  });

  test.each([['zsh', '-n'], ['fish', '--no-execute']])('%s takes the script', (shell, check) => {
    const text = script(shell);
    expect(text).toContain('write-disk');
    if (spawnSync(shell, ['--version']).status !== 0) return; // no such shell here: the text is all we have
    expect(spawnSync(shell, [check], { input: text, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  test('an unknown shell', () => {
    expect(northbridge(['completion', 'bsh'])).toMatchObject({
      status: 2, stdout: '', stderr: "northbridge: unknown shell 'bsh'; did you mean 'bash'? (known: bash, zsh, fish)\n",
    });
  });
});
