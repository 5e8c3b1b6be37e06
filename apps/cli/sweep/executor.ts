import type { Point, PointRecord } from '../../../src/control/sweep/sweep.ts';
import { PointPool } from './pool.ts';
import type { PointSetting } from './point-run.ts';

/** Runs the points of a sweep somewhere: in threads, on other machines. */
export interface SweepExecutor {
  /**
   * Runs all points; `ended` is called once for each, in any order. Resolves when all have ended,
   * or soon after `stop`.
   */
  run(setting: PointSetting, points: readonly Point[], ended: (record: PointRecord) => void): Promise<void>;
  /** Gives up. Points that have not ended are not told. */
  stop(): Promise<void>;
}

/** Runs points in threads of this process. */
export class LocalExecutor implements SweepExecutor {
  private readonly pool: PointPool;
  private readonly threads: number;
  private stopped: () => void = () => {};
  private readonly stopping = new Promise<void>((resolve) => { this.stopped = resolve; });

  constructor(threads: number) {
    this.threads = threads;
    this.pool = new PointPool(threads);
  }

  async run(setting: PointSetting, points: readonly Point[], ended: (record: PointRecord) => void): Promise<void> {
    const left = points.values();
    let failure: unknown = null;
    const lane = async (): Promise<void> => {
      for (const point of left) {
        ended(await this.pool.run(setting, point));
      }
    };
    const lanes = Array.from({ length: Math.min(this.threads, points.length) }, () => lane());
    try {
      await Promise.race([Promise.all(lanes), this.stopping]);
    } catch (error) {
      failure = error;
    }
    await this.pool.close();
    if (failure !== null) throw failure;
  }

  async stop(): Promise<void> {
    this.stopped();
    await this.pool.close();
  }
}
