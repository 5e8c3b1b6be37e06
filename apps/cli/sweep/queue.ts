/**
 * Sweeps over many machines, by way of a Redis server: BullMQ keeps the points, hands each to one
 * worker at a time, and gives it to another if that worker dies.
 */
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { ConnectionOptions, Job, Queue, Worker } from 'bullmq';
import type { Point, PointRecord } from '../../../src/control/sweep/sweep.ts';
import { InputError } from '../input-error.ts';
import { VERSION } from '../package-info.ts';
import type { SweepExecutor } from './executor.ts';
import { PointPool } from './pool.ts';
import type { PointSetting } from './point-run.ts';

/** The queue's name in Redis: workers of another version see other queues. */
const QUEUE = `northbridge-points-${VERSION}`;
/** A worker that has not been heard of for so long (ms) has died; its point goes to another. */
const LOCK_MS = 10_000, STALLED_MS = 5_000;
/** How often a point may be lost with its worker before it counts as failed. */
const MOST_DEATHS = 3;
/** Wall time between two looks at what has ended (ms). */
const POLL_MS = 200;
/** Points that are looked at together. */
const BATCH = 500;

interface QueuedPoint {
  readonly setting: PointSetting;
  readonly point: Point;
}

async function bullmq(): Promise<typeof import('bullmq')> {
  try {
    return await import('bullmq');
  } catch {
    throw new InputError('--queue needs the packages bullmq and ioredis; install them: npm install bullmq ioredis');
  }
}

/** @throws InputError if nobody answers at the address */
async function connection(url: string): Promise<ConnectionOptions> {
  if (!/^rediss?:\/\/\S+$/.test(url)) throw new InputError(`'${url}' is no Redis server; write redis://host:6379`);
  const { Redis } = await import('ioredis').catch(() => {
    throw new InputError('--queue needs the packages bullmq and ioredis; install them: npm install bullmq ioredis');
  });
  const probe = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  probe.on('error', () => {});
  try {
    await probe.connect();
    await probe.ping();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(`no Redis server answers at ${url}: ${why}`);
  } finally {
    probe.disconnect();
  }
  // Commands wait for a server that is away for a while.
  return { url, maxRetriesPerRequest: null } as ConnectionOptions;
}

/**
 * An executor that puts points into a queue and takes what workers made of them.
 * @throws InputError
 */
export async function queueExecutor(url: string): Promise<SweepExecutor> {
  const { Queue } = await bullmq();
  const queue = new Queue<QueuedPoint, PointRecord>(QUEUE, { connection: await connection(url) });
  let told = false;
  queue.on('error', (error) => {
    if (!told) process.stderr.write(`northbridge: the Redis server is away: ${error.message}; waiting\n`);
    told = true;
  });
  return new QueueExecutor(queue);
}

class QueueExecutor implements SweepExecutor {
  private readonly queue: Queue<QueuedPoint, PointRecord>;
  private stopped = false;

  constructor(queue: Queue<QueuedPoint, PointRecord>) {
    this.queue = queue;
  }

  async run(setting: PointSetting, points: readonly Point[], ended: (record: PointRecord) => void): Promise<void> {
    // A sweep that is started again finds its points by their names, also those that have ended.
    const sweep = createHash('sha256').update(JSON.stringify([VERSION, setting])).digest('hex').slice(0, 16);
    const idOf = (point: Point): string => {
      const values = createHash('sha256').update(JSON.stringify([point.method, point.values])).digest('hex');
      return `${sweep}-${point.index}-${values.slice(0, 8)}`;
    };
    const left = new Map(points.map((p) => [idOf(p), p]));
    const jobs = [...left].map(([jobId, point]) => ({
      name: setting.experiment, data: { setting, point }, opts: { jobId, attempts: 1 },
    }));
    for (let at = 0; at < jobs.length && !this.stopped; at += BATCH)
      await this.queue.addBulk(jobs.slice(at, at + BATCH));
    while (left.size > 0 && !this.stopped) {
      await this.collect(left, ended);
      if (left.size > 0) await setTimeout(POLL_MS);
    }
    await this.queue.close();
  }

  /** Takes what has ended, and then out of the queue: `ended` has made it durable. */
  private async collect(left: Map<string, Point>, ended: (record: PointRecord) => void): Promise<void> {
    for (const kind of ['completed', 'failed'] as const) {
      // Points of other sweeps may lie between ours; ours leave the list.
      for (let at = 0, more = true; more;) {
        const jobs = await this.queue.getJobs([kind], at, at + BATCH - 1, true);
        more = jobs.length === BATCH;
        for (const job of jobs) {
          const point = left.get(job?.id ?? '');
          if (job === undefined || point === undefined) at++;
          else await this.take(job, point, kind === 'completed', ended).then(() => left.delete(job.id as string));
        }
      }
    }
  }

  private async take(
    job: Job<QueuedPoint, PointRecord>, point: Point, completed: boolean, ended: (record: PointRecord) => void,
  ): Promise<void> {
    ended(completed ? job.returnvalue : {
      ...point, mode: null, matches: null, state: 'failed', error: job.failedReason, measures: {},
    });
    await job.remove();
  }

  async stop(): Promise<void> {
    this.stopped = true;
  }
}

/**
 * Works on the points of a queue until `stop` is called; what is begun then is ended first.
 * @throws InputError
 */
export async function workOn(
  url: string, threads: number, told: (line: string) => void,
): Promise<{ stop(): Promise<void> }> {
  const { Worker } = await bullmq();
  const pool = new PointPool(threads);
  const worker: Worker<QueuedPoint, PointRecord> = new Worker<QueuedPoint, PointRecord>(
    QUEUE,
    async ({ data }) => {
      const record = await pool.run(data.setting, data.point);
      told(`point ${record.index} of ${data.setting.experiment}: ${record.method}, ${record.state}`);
      return record;
    },
    {
      connection: await connection(url), concurrency: threads, lockDuration: LOCK_MS, stalledInterval: STALLED_MS,
      maxStalledCount: MOST_DEATHS,
    },
  );
  let away = false;
  worker.on('error', (error) => {
    if (!away) told(`the Redis server is away: ${error.message}; waiting`);
    away = true;
  });
  worker.on('ready', () => { away = false; });
  await worker.waitUntilReady();
  return {
    stop: async () => {
      await worker.close();
      await pool.close();
    },
  };
}
