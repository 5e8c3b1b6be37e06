/** What a drawing of the machine needs of its worker. */
import type { Traffic } from '../../../src/control/diagram/traffic.ts';

export interface DiagramApi {
  /**
   * The parts that take part in the job, found by a run ahead; null if nobody knows, e.g. because a
   * guest takes long to begin. The same machine gives the same parts.
   */
  cast(): Promise<string[] | null>;
  /** Who moved how much where until the record `id` had begun, since the job began. */
  traffic(id: number): Promise<Traffic[]>;
}
