import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { northbridge, PROGRAM, refusal, scratch } from './northbridge.ts';

const files = scratch();
afterAll(() => files.remove());
const cwd = files.folder;
const run = (...args: string[]) => northbridge(args, { cwd });

/** 4 sizes, 2 costs, 3 methods. */
const SWEEP = ['sweep', 'disk-read', '--quiet', '--param', 'bytes=512..32KiB*4', '--param', 'interrupt-entry=1,4000'];
const POINTS = 4 * 2 * 3;

describe('northbridge sweep', () => {
  let whole = '';
  beforeAll(() => {
    expect(run(...SWEEP, '--csv', 'whole.csv', '--json', 'whole.json')).toEqual({ status: 0, stdout: '', stderr: '' });
    whole = readFileSync(files.path('whole.csv'), 'utf8');
  });

  test('a row for each point, with the figures that compare gives for that job', () => {
    const [head, ...rows] = whole.trimEnd().split('\n').map((line) => line.split(','));
    expect(head.slice(0, 10)).toEqual(
      ['point', 'bytes', 'interruptEntry', 'method', 'guest', 'board', 'mode', 'matches', 'state', 'error'],
    );
    expect(rows.map((r) => Number(r[0]))).toEqual(Array.from({ length: POINTS }, (_, i) => i));
    expect(new Set(rows.map((r) => r.slice(1, 4).join(' '))).size).toBe(POINTS);
    expect(rows.every((r) => r[7] === 'true' && r[8] === 'done')).toBe(true);
    const one = run('compare', 'disk-read', '--quiet', '--json', '--methods', 'pio-irq', '--bytes', '8KiB',
      '--interrupt-entry', '4000');
    const { seconds, sha256 } = JSON.parse(one.stdout).runs[0];
    const row = rows.find((r) => r[1] === '8192' && r[2] === '4000' && r[3] === 'pio-irq') as string[];
    expect([row[head.indexOf('seconds')], row[head.indexOf('sha256')]]).toEqual([String(seconds), sha256]);
  });

  test('the JSON has the same points', () => {
    const json = JSON.parse(readFileSync(files.path('whole.json'), 'utf8'));
    expect(json).toMatchObject({ schema: 'northbridge-sweep/1', experiment: 'disk-read', shard: '1/1' });
    expect(json.points).toHaveLength(POINTS);
    expect(json.points[0]).toMatchObject({ point: 0, bytes: '512B', interruptEntry: '1', method: 'pio-polled' });
    expect(existsSync(files.path('whole.csv.points'))).toBe(false);
  });

  test('without an output file the rows go to stdout; the number of threads changes nothing', () => {
    expect(run(...SWEEP, '--jobs', '1')).toEqual({ status: 0, stdout: whole, stderr: '' });
  });

  test('the parts of two machines are the whole', () => {
    const parts = ['1/2', '2/2'].map((shard) => run(...SWEEP, '--shard', shard).stdout.trimEnd().split('\n'));
    const rows = parts.flatMap((p) => p.slice(1)).sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
    expect([parts[0][0], ...rows].join('\n')).toBe(whole.trimEnd());
  });

  test('killed in the middle, it goes on: no point lost, none run twice', async () => {
    const args = [...SWEEP, '--csv', 'killed.csv', '--jobs', '1'];
    const journal = files.path('killed.csv.points');
    const lines = (): string[] => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').slice(0, -1) : []);
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, stdio: 'ignore' });
    const gone = new Promise((resolve) => { child.on('exit', resolve); });
    while (lines().length < 4 && child.exitCode === null) await setTimeout(5);
    child.kill('SIGKILL');
    await gone;
    const before = lines();
    expect(before.length).toBeGreaterThanOrEqual(4);
    // What a kill in the middle of a line leaves.
    writeFileSync(journal, `${before.join('\n')}\n{"index":`);
    // A record that nobody would make shows that points that are there are not run again.
    const marked = JSON.parse(before[1]);
    before[1] = JSON.stringify({ ...marked, measures: { ...marked.measures, sha256: 'kept' } });
    writeFileSync(journal, `${before.join('\n')}\n{"index":`);
    expect(run(...args)).toEqual({ status: 0, stdout: '', stderr: '' });
    const rows = readFileSync(files.path('killed.csv'), 'utf8').split('\n');
    const sha = whole.split('\n')[marked.index + 1].split(',').at(-1) as string;
    expect(rows[marked.index + 1].split(',').at(-1)).toBe('kept');
    rows[marked.index + 1] = rows[marked.index + 1].replace('kept', sha);
    expect(rows.join('\n')).toBe(whole);
    expect(existsSync(journal)).toBe(false);
  });

  test('interrupted, it says how far it came and how to go on', async () => {
    const args = [...SWEEP, '--csv', 'stopped.csv', '--jobs', '1'];
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text; });
    const status = new Promise((resolve) => { child.on('exit', resolve); });
    const journal = files.path('stopped.csv.points');
    while (!existsSync(journal) || readFileSync(journal, 'utf8').split('\n').length < 4) await setTimeout(5);
    child.kill('SIGINT');
    expect(await status).toBe(130);
    expect(said).toMatch(/^northbridge: interrupted after \d+ of 24 points; the same command goes on from 'stopped\.csv/);
    expect(existsSync(files.path('stopped.csv'))).toBe(false);
  });

  test('points that cannot be have no figures and say why', () => {
    const r = run('sweep', 'disk-read', '--quiet', '--bytes', '512', '--param', 'mode=pio0,mwdma1', '--methods', 'dma');
    expect(r.status).toBe(0);
    expect(r.stderr).toMatch(/^northbridge: 1 of 2 points cannot be and have no figures, e\.g\. point 0: --mode 'pio0'/);
    expect(r.stdout.split('\n')[1]).toMatch(/^0,pio0,dma,bare,pc,,,refused,/);
    expect(r.stdout.split('\n')[2]).toMatch(/^1,mwdma1,dma,bare,pc,mwdma1,true,done,/);
  });

  test.each([
    [['sweep'], /missing required argument 'experiment'/],
    [['sweep', 'disk-reed'], /did you mean 'disk-read'/],
    [['sweep', 'disk-read', '--param', 'bytes'], /--param 'bytes' is no axis; write NAME=a,b,c/],
    [['sweep', 'disk-read', '--param', 'byte=1'], /parameter 'byte'.*did you mean 'bytes'/],
    [['sweep', 'disk-read', '--param', 'bytes=512..1KiB'], /has no step; write 512\.\.1KiB\*2/],
    [['sweep', 'disk-read', '--param', 'bytes=512', '--param', 'bytes=1KiB'], /given twice/],
    [['sweep', 'disk-read', '--param', 'bytes=512', '--bytes', '1KiB'], /say the same/],
    [['sweep', 'disk-read', '--shard', '3/2'], /is no part; write 1\/3/],
    [['sweep', 'disk-read', '--jobs', '0'], /is no number from 1/],
    [['sweep', 'disk-read', '--csv', '/no/such/folder/x.csv'], /there is no folder/],
    [['sweep', 'disk-read', '--csv', 'x', '--json', 'x'], /name the same file/],
    [['sweep', 'disk-read', '--queue', 'localhost'], /is no Redis server; write redis:\/\/host:6379/],
    [['sweep', 'disk-read', '--queue', 'redis://127.0.0.1:1'], /no Redis server answers/],
    [['worker', 'redis://127.0.0.1:1'], /no Redis server answers/],
    [['plot', 'none.csv', '--x', 'bytes', '--y', 'seconds', '--svg', 'x.svg'], /no such file/],
    [['plot', 'whole.csv', 'whole.csv', '--x', 'bytes', '--y', 'seconds', '--svg', 'x.svg'], /a point is there twice/],
    [['plot', 'whole.csv', '--x', 'byte', '--y', 'seconds', '--svg', 'x.svg'], /no column 'byte'/],
    [['plot', 'whole.csv', '--x', 'bytes', '--y', 'sha256', '--svg', 'x.svg'], /no row has numbers/],
    [['plot', 'whole.csv', '--x', 'bytes', '--y', 'seconds', '--svg', 'whole.csv'], /it would be overwritten/],
    [['plot', 'whole.csv', '--x', 'bytes', '--y', 'seconds', '--log', 'z', '--svg', 'x.svg'], /none of x, y, xy/],
  ])('%j ends with one line and status 2', async (args, why) => {
    const r = await refusal(args, cwd);
    expect(r.status).toBe(2);
    expect(r.stderr).toMatch(why);
    expect(r.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('a sweep that cannot begin leaves nothing behind', () => {
    expect(run(...SWEEP, '--csv', 'nobody.csv', '--queue', 'redis://127.0.0.1:1').status).toBe(2);
    expect(existsSync(files.path('nobody.csv.points'))).toBe(false);
    expect(run(...SWEEP.slice(0, 3), '--bytes', '512', '--methods', 'dma', '--csv', '/dev/null').status).toBe(0);
    expect(existsSync('/dev/null.points')).toBe(false);
  });

  test('one process at a time works on an output', async () => {
    const args = [...SWEEP, '--csv', 'busy.csv', '--jobs', '1'], journal = files.path('busy.csv.points');
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, stdio: 'ignore' });
    const gone = new Promise((resolve) => { child.on('exit', resolve); });
    while (!existsSync(journal)) await setTimeout(5);
    const r = run(...args);
    expect(r.status).toBe(2);
    expect(r.stderr).toMatch(/^northbridge: sweep: 'busy\.csv\.points' is being written by process \d+; wait for its end/);
    child.kill('SIGKILL');
    await gone;
    expect(run(...args)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('points of another sweep are not mixed in', () => {
    writeFileSync(files.path('other.csv.points'), '{"sweep":"another"}\n');
    const r = run(...SWEEP, '--csv', 'other.csv');
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toMatch(/holds points of another sweep/);
  });
});

describe('northbridge plot', () => {
  test('draws a line for each method and cost; a measure may be named by its words', () => {
    const r = run('plot', 'whole.csv', '--x', 'bytes', '--y', 'throughput', '--by', 'method', '--svg', 'out.svg');
    expect(r).toEqual({ status: 0, stdout: '', stderr: '' });
    const svg = readFileSync(files.path('out.svg'), 'utf8');
    expect(svg).toMatch(/^<svg xmlns/);
    for (const series of ['pio-polled, interrupt-entry 1', 'dma, interrupt-entry 4000']) expect(svg).toContain(series);
    for (const tick of ['512 bytes', '2 KiB', '8 KiB', '32 KiB']) expect(svg).toContain(`>${tick}<`);
    expect(svg.match(/aria-label="line"/g)).toHaveLength(6);
    expect(svg.match(/<path[^>]*stroke="#/g)).toHaveLength(POINTS);
    // A colour for each method, whatever the cost.
    expect(new Set(svg.match(/fill="#[0-9a-f]{6}"/g))).toHaveProperty('size', 3);
    expect(run('plot', 'whole.csv', '--x', 'bytes', '--y', 'bytesPerSecond', '--svg', 'again.svg').status).toBe(0);
    expect(readFileSync(files.path('again.svg'), 'utf8')).toBe(svg);
  });

  test('parts of a sweep are plotted together', () => {
    const [head, ...rows] = readFileSync(files.path('whole.csv'), 'utf8').trimEnd().split('\n');
    writeFileSync(files.path('a.csv'), [head, ...rows.slice(0, 9), ''].join('\n'));
    writeFileSync(files.path('b.csv'), [head, ...rows.slice(9), ''].join('\n'));
    expect(run('plot', 'a.csv', 'b.csv', '--x', 'bytes', '--y', 'throughput', '--svg', 'both.svg').status).toBe(0);
    expect(readFileSync(files.path('both.svg'), 'utf8')).toBe(readFileSync(files.path('out.svg'), 'utf8'));
  });
});
