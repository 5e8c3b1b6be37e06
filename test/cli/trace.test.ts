import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { LOOP } from './kernels.ts';
import { northbridge, PROGRAM, refusal, scratch } from './northbridge.ts';

const files = scratch();
afterAll(() => files.remove());

function traceOf(name: string, more: readonly string[]): { lines: Record<string, unknown>[]; bytes: Buffer } {
  const r = northbridge(['compare', 'disk-read', '--quiet', '--bytes', '8KiB', '--trace', `${name}.ndjson`, '--json', ...more], {
    cwd: files.folder,
  });
  expect(r).toMatchObject({ status: 0, stderr: '' });
  const bytes = readFileSync(files.path(`${name}.ndjson`));
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

  test.each(['none.csv', 'none.csv.gz'])('refuses %s, which would be no CSV', (name) => {
    const r = northbridge(['compare', 'disk-read', '--quiet', '--bytes', '8KiB', '--trace', name], { cwd: files.folder });
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toBe(`northbridge: --trace ${name}: traces are written as binary or .ndjson; ` +
      'northbridge trace FILE --to csv makes CSV\n');
    expect(readdirSync(files.folder)).not.toContain(name);
  });

  test('refuses a mark that no experiment has, an empty window, and any mark in a plain run', () => {
    const of = (...args: string[]): string => northbridge(args, { cwd: files.folder }).stderr;
    const compare = ['compare', 'disk-read', '--trace', 'none'];
    expect(of(...compare, '--trace-until', 'mark:nonsense')).toContain("unknown mark 'nonsense' (known in an experiment:");
    expect(of(...compare, '--trace-from', '2ms', '--trace-until', '2ms')).toContain('nothing lies between');
    writeFileSync(files.path('loop'), LOOP);
    expect(of('run', 'pc', '--kernel', 'loop', '--trace', 'none', '--trace-from', 'mark:begin'))
      .toContain('--trace-from mark:begin: a run without an experiment has no marks');
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

describe('northbridge trace', () => {
  const record = (name: string, more: readonly string[] = []): void => {
    const args = ['compare', 'disk-read', '--bytes', '8KiB', '--methods', 'dma', '--trace', name, ...more];
    expect(northbridge(args, { cwd: files.folder })).toMatchObject({ status: 0, stderr: '' });
  };
  const trace = (...args: string[]): ReturnType<typeof northbridge> =>
    northbridge(['trace', ...args], { cwd: files.folder });

  test('--chain: from the command write to the return of the handler', () => {
    record('chain.trace');
    const r = trace('chain.trace', '--chain');
    expect(r).toMatchObject({ status: 0, stderr: '' });
    const lines = r.stdout.split('\n').map((l) => l.replace(/#\d+ +\d+\.\d+ (µs|ms|s) +/, '').trim());
    const order = [
      /^cpu0 writes 0xc8 to io 0x1f7/, /^event ide\.primary/, /^request ide\.primary: write 64 bytes .*after #\d+$/,
      /^ide\.primary writes 64 bytes to memory/, /^completion ide\.primary: 64 bytes, ok$/, /^… 126 more like this/,
      /^edge ide\.irq14 rises$/, /^acknowledge cpu0: vector 0x2e$/, /^handler cpu0: vector 0x2e/, /^return cpu0/,
      /^cpu0 writes 0x9 to io 0xc000/, /^request ide\.primary: read 8 bytes/, /^ide\.primary reads 8 bytes/,
    ];
    let from = 0;
    for (const wanted of order) {
      const at = lines.findIndex((l, n) => n >= from && wanted.test(l));
      expect([wanted, at >= 0]).toEqual([wanted, true]);
      from = at + 1;
    }
    // Asked from its other end, the same command.
    const back = /#(\d+) [^#]*return cpu0/.exec(r.stdout)?.[1] as string;
    expect(trace('chain.trace', '--chain', back).stdout).toContain('cpu0 writes 0xc8 to io 0x1f7');
  });

  test('--chain says which effects it leaves out, and the id shows them', () => {
    record('left.trace');
    const left = /#(\d+) [^\n]* … (\d+) more \(--chain (\d+) shows them\)\n/.exec(trace('left.trace', '--chain').stdout);
    expect(left?.[3]).toBe(left?.[1]);
    const id = left?.[1] as string, shown = trace('left.trace', '--chain', id).stdout;
    expect(shown).toContain(`causes and effects of #${id}\n`);
    const effects = trace('left.trace', '--to', 'csv').stdout.split('\n').map((l) => l.split(','))
      .filter((cells) => cells[2] === id);
    expect(effects.length).toBe(Number(left?.[2]));
    for (const [, effect] of effects) expect(shown).toContain(`#${effect} `);
  });

  test('--walk: the main line, one record a line; --lanes: who is busy for how long', () => {
    record('walk.trace');
    const { status, stdout } = trace('walk.trace', '--walk');
    expect(status).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^run dma: the work of #\d+: [\d,]+ records, #\d+ to #\d+; its main line$/);
    expect(lines[1]).toMatch(/^#\d+ \S+ ms {2}cpu0 writes 0x9 to io 0xc000 \(ide\.busmaster\)/);
    expect(stdout).toMatch(/\n… 1\d\d more like this [^\n]*\n/);
    expect(stdout).toMatch(/edge ide\.irq14 rises\n[^\n]*edge irq14 rises\n[^\n]*acknowledge[^\n]*\n[^\n]*handler/);
    // Asked in the middle: the drive's command led there, and from its first event on it is the same.
    const id = /#(\d+) [^#]*edge irq14 rises/.exec(stdout)?.[1] as string;
    const middle = trace('walk.trace', '--walk', id).stdout.split('\n');
    expect(middle[1]).toMatch(/cpu0 writes 0xc8 to io 0x1f7/);
    expect(middle.slice(2)).toEqual(lines.slice(3));
    const table = trace('walk.trace', '--lanes').stdout.split('\n').map((line) => line.split('\t'));
    expect(table[0][0]).toMatch(/^run dma: .* to /);
    const [, busy, count] = table.find((cells) => cells[3] === 'request ide.primary') ?? [];
    // 8 KiB by 64 bytes, and the descriptor.
    expect([busy, count]).toEqual([expect.stringMatching(/ (µs|ms)$/), '129']);
    expect(trace('walk.trace', '--walk', 'x')).toMatchObject({ status: 2, stdout: '' });
    expect(trace('walk.trace', '--lanes', '--kind', 'edge').stderr).toContain('--kind would be without effect');
  });

  test('--chain without a DMA request says where ids are', () => {
    record('quiet.trace', ['--trace-until', '1ns']);
    const r = trace('quiet.trace', '--chain');
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toContain('no DMA request to begin with; give an id: --chain ID (ids are in the output of --to csv)');
  });

  test('filters of transactions let only transactions pass, unless --kind names others', () => {
    record('only.trace');
    expect(trace('only.trace', '--count', 'kind', '--initiator', 'ide').stdout).toBe('count\tkind\n129\ttransaction\n');
    expect(trace('only.trace', '--count', 'kind', '--initiator', 'ide', '--kind', 'mark').stdout)
      .toBe('count\tkind\n2\tmark\n');
    for (const args of [['--address', 'memory:0xfff00000'], ['--from', '1000s'], ['--kind', 'note']])
      expect(trace('only.trace', ...args).stdout).toMatch(/\nrun dma: 0 records: nothing passed the filter\n$/);
    expect(trace('--help').stdout).toContain('only transactions\npass, unless --kind names others');
  });

  test('converts to the NDJSON that --trace writes, and to CSV; filters and counts', () => {
    record('both.trace');
    record('both.ndjson');
    record('both.trace.gz');
    expect(trace('both.trace', '--to', 'ndjson').stdout).toBe(readFileSync(files.path('both.ndjson'), 'utf8'));
    expect(trace('both.trace.gz', '--to', 'ndjson', '--out', 'again').status).toBe(0);
    expect(readFileSync(files.path('again'), 'utf8')).toBe(readFileSync(files.path('both.ndjson'), 'utf8'));
    const csv = trace('both.trace', '--to', 'csv', '--kind', 'request').stdout.trimEnd().split('\n');
    expect(csv.length).toBe(130);
    expect(csv[1]).toMatch(/^dma,\d+,\d+,request,/);
    expect(trace('both.trace', '--count', 'initiator', '--target', 'ram', '--kind', 'transaction').stdout).toBe(
      'count\tinitiator\n129\tide.primary\n',
    );
    expect(trace('both.trace').stdout).toMatch(/^board pc, written by northbridge [^\n]*\nrun dma: [\d,]+ records/);
  });

  test('refuses to write over the file that it reads', () => {
    record('same.trace');
    const before = readFileSync(files.path('same.trace'));
    const r = trace('same.trace', '--to', 'ndjson', '--out', 'same.trace');
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toMatch(/^northbridge: --out 'same\.trace' is the trace that is read; [^\n]*\n$/);
    expect(readFileSync(files.path('same.trace')).equals(before)).toBe(true);
  });

  test.each([
    [['--initiator', 'bogus'], "--initiator 'bogus': the trace has none of that name (known: cpu0, ide, ide.primary)"],
    [['--target', 'ids'], "--target 'ids': the trace has none of that name; did you mean 'ide'?"],
    [['--address', 'foo:0x80'], "--address 'foo': the trace has none of that name"],
    [['--from', 'mark:nothing'], "unknown mark 'nothing' (known in the trace: begin, end)"],
    [['--from', '5ms', '--until', '1ms'], '--from 5ms is not before --until 1ms: nothing lies between'],
    [['--chain', '--initiator', 'ide', '--from', '1ms'], '--initiator, --from would be without effect'],
  ])('a filter that can let nothing pass, or has no effect, is refused: %j', async (args, message) => {
    if (!existsSync(files.path('filters.trace'))) record('filters.trace');
    const r = await refusal(['trace', 'filters.trace', ...args], files.folder);
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toContain(message);
  });

  test('a trace in lines is told from a file that is no trace', () => {
    record('lines.ndjson');
    record('lines.ndjson.gz');
    for (const name of ['lines.ndjson', 'lines.ndjson.gz']) {
      const r = trace(name);
      expect(r).toMatchObject({ status: 2, stdout: '' });
      expect(r.stderr).toContain('it is a trace as newline-delimited JSON, and this command reads the binary format');
    }
  });

  test('to standard output: the reports go to stderr', () => {
    const r = northbridge(['compare', 'disk-read', '--bytes', '8KiB', '--methods', 'dma', '--trace', '-'], {
      cwd: files.folder,
    });
    expect(r.status).toBe(0);
    expect(r.stdout.startsWith('NBTRAC')).toBe(true);
    expect(r.stderr).toContain('dma');
  });

  test('a file that is cut, of another version, none, or missing: one line, status 2', () => {
    record('whole.trace');
    const bytes = readFileSync(files.path('whole.trace'));
    writeFileSync(files.path('cut.trace'), bytes.subarray(0, bytes.length - 20));
    writeFileSync(files.path('header.trace'), bytes.subarray(0, 30));
    writeFileSync(files.path('version.trace'), Buffer.from([...bytes.subarray(0, 8), 9, ...bytes.subarray(9)]));
    writeFileSync(files.path('none.trace'), 'no trace');
    for (const [name, why] of [
      ['cut', /cut\.trace' is cut off: it has no end; --partial reads the [\d,]+ records before it/],
      ['header', /cut off within its header/], ['version', /has version 9/], ['none', /is no trace file/],
      ['missing', /no such file/],
    ] as const) {
      const r = trace(`${name}.trace`, '--to', 'csv', '--out', 'never');
      expect([name, r.status, r.stdout]).toEqual([name, 2, '']);
      expect(r.stderr).toMatch(/^northbridge: [^\n]*\n$/);
      expect(r.stderr).toMatch(why);
    }
    expect(readdirSync(files.folder)).not.toContain('never');
    const partial = trace('cut.trace', '--partial');
    expect([partial.status, partial.stdout.includes('run dma: ')]).toEqual([0, true]);
    expect(partial.stderr).toMatch(/is cut off; these are its whole blocks, [\d,]+ records\n$/);
  });
});

test('standard output closed by its reader: nothing is said', () => {
  const r = spawnSync('bash', ['-c', '"$0" "$1" --help | true; echo ${PIPESTATUS[0]}', process.execPath, PROGRAM], {
    encoding: 'utf8',
  });
  expect(['0', '141']).toContain(r.stdout.trim());
  expect(r.stderr).toBe('');
});
