import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { northbridge, PROGRAM, scratch } from './northbridge.ts';

const SERVER = 'redis-server';
const there = spawnSync(SERVER, ['--version']).status === 0;

/** A port of the loopback interface that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => { server.once('listening', resolve); });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

const files = scratch();
const children: ChildProcess[] = [];
const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => { child.on('exit', resolve); });

function start(program: string, args: readonly string[]): { child: ChildProcess; said: () => string } {
  const child = spawn(program, args, { cwd: files.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (t: string) => { text += t; });
  children.push(child);
  return { child, said: () => text };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(20);
}

describe.skipIf(!there)('a sweep over workers by way of a Redis server', () => {
  let url = '';
  beforeAll(async () => {
    const port = await freePort();
    url = `redis://127.0.0.1:${port}`;
    const { said } = start(SERVER, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', files.folder]);
    await until(() => said().includes('Ready to accept connections'));
  });
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    files.remove();
  });

  test('a worker is killed in mid-point: every point is there, once, with the same figures', async () => {
    const sweep = ['sweep', 'disk-read', '--param', 'bytes=8MiB,4MiB,2MiB', '--methods', 'pio-irq,dma', '--quiet'];
    const queued = start(process.execPath, [PROGRAM, ...sweep, '--csv', 'queued.csv', '--queue', url]);
    const done = ended(queued.child);
    const worker = (): ReturnType<typeof start> => start(process.execPath, [PROGRAM, 'worker', url, '--jobs', '1']);
    // Whatever the first is doing when it has ended a point, it is the next.
    const first = worker();
    await until(() => first.said().includes('point '));
    first.child.kill('SIGKILL');
    const second = worker();
    expect(await done).toBe(0);
    const local = northbridge(sweep, { cwd: files.folder });
    expect(readFileSync(files.path('queued.csv'), 'utf8')).toBe(local.stdout);
    const told = (first.said() + second.said()).match(/point \d+/g) as string[];
    expect(told.length).toBeGreaterThanOrEqual(5);
    second.child.kill('SIGTERM');
    expect(await ended(second.child)).toBe(0);
  });
});
