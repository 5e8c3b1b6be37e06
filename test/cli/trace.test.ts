import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { northbridge, PROGRAM, scratch } from './northbridge.ts';

const files = scratch();
afterAll(() => files.remove());

function traceOf(name: string, more: readonly string[]): { lines: Record<string, unknown>[]; bytes: Buffer } {
  const r = northbridge(['compare', 'disk-read', '--quiet', '--bytes', '8KiB', '--trace', name, '--json', ...more], {
    cwd: files.folder,
  });
  expect(r).toMatchObject({ status: 0, stderr: '' });
  const bytes = readFileSync(files.path(name));
  return {
    bytes,
    lines: bytes
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l) as Record<string, unknown>),
  };
}

describe('--trace', () => {
  test('has a header, a line for each run, and every word that the processor read', () => {
    const { lines } = traceOf('all', []);
    expect(lines[0]).toMatchObject({ 'northbridge-trace': 2, ticksPerSecond: 3e9, board: 'pc', filter: '' });
    expect(lines.filter((l) => l['kind'] === 'run').map((l) => l['name'])).toEqual(['pio-polled', 'pio-irq', 'dma']);
    const dataReads = lines.filter((l) => l['space'] === 'io' && l['address'] === 0x1f0 && l['write'] === false);
    expect(dataReads.length).toBeGreaterThanOrEqual(2 * 4096);
    expect(dataReads[0]).toMatchObject({ initiator: 'cpu0', size: 2, status: 'ok', pc: expect.any(Number) });
    const bursts = lines.filter(
      (l) => l['kind'] === 'transaction' && String(l['initiator']).startsWith('ide') && l['write'] === true,
    );
    expect(bursts.reduce((n, l) => n + (l['size'] as number), 0)).toBe(8192);
    expect(bursts[0]).toMatchObject({
      space: 'memory', target: 'ram', value: null, pc: null,
    });
    for (const l of lines)
      if (l['kind'] === 'transaction') expect(l['end'] as number).toBeGreaterThanOrEqual(l['start'] as number);
  });

  test('is the same, byte for byte, for the same run', () => {
    expect(
      Buffer.compare(traceOf('once', ['--methods', 'dma']).bytes, traceOf('twice', ['--methods', 'dma']).bytes),
    ).toBe(0);
  });

  test('filters by initiator, target and address', () => {
    const transactions = (more: string[]): Record<string, unknown>[] =>
      traceOf('some', more).lines.filter((l) => l['kind'] === 'transaction');
    expect(
      new Set(transactions(['--trace-initiator', 'ide']).map((l) => String(l['initiator']).split('.')[0])),
    ).toEqual(new Set(['ide']));
    expect(new Set(transactions(['--trace-address', 'io:0x80']).map((l) => l['address']))).toEqual(new Set([0x80]));
    expect(
      new Set(transactions(['--trace-target', 'post,com1']).map((l) => String(l['target']).split('.')[0])),
    ).toEqual(new Set(['post', 'com1']));
  });

  test('refuses a name that the machine has not, before anything is written', () => {
    const r = northbridge(['compare', 'disk-read', '--quiet', '--bytes', '8KiB', '--trace', 'none', '--trace-target', 'pots'], {
      cwd: files.folder,
    });
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toMatch(
      /^northbridge: --trace-target 'pots': the machine has none of that name; did you mean 'post'\?[^\n]*\n$/,
    );
    expect(readdirSync(files.folder)).not.toContain('none');
  });

  test.skipIf(!existsSync('/dev/full'))('on a full disk: one line, status 2', () => {
    const r = northbridge(['compare', 'disk-read', '--quiet', '--bytes', '8KiB', '--trace', '/dev/full']);
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toMatch(/^northbridge: cannot write trace '\/dev\/full': no space left on the device[^\n]*\n$/);
  });

  test('into a pipe whose reader goes away: one line, status 2', () => {
    const r = spawnSync(
      'bash',
      [
        '-c',
        `"$0" "$1" compare disk-read --bytes 1MiB --methods pio-polled --trace >(head -c 100 > ` +
          `/dev/null); echo status $?`,
        process.execPath, PROGRAM,
      ],
      { encoding: 'utf8' },
    );
    expect(r.stdout).toBe('status 2\n');
    expect(r.stderr).toMatch(/^northbridge: cannot write trace '[^']*': the reader has closed the pipe[^\n]*\n$/);
  });
});

test('standard output closed by its reader: nothing is said', () => {
  const r = spawnSync('bash', ['-c', '"$0" "$1" --help | true; echo ${PIPESTATUS[0]}', process.execPath, PROGRAM], {
    encoding: 'utf8',
  });
  expect(['0', '141']).toContain(r.stdout.trim());
  expect(r.stderr).toBe('');
});
