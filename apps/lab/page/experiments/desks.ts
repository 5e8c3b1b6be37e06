/** Workers that run experiments: made when they are needed, ended by whoever gives up. */
import { Desk } from '../state/desk.ts';

/** At most so many methods run at a time; machines that are open have workers of their own. */
const MOST = 2;

/** The workers of one kind of work. Who ends them ends nobody else's. */
export class Desks {
  private readonly list: readonly Desk[];

  constructor(name: string) {
    this.list = Array.from({ length: MOST }, () => new Desk(name));
  }

  /**
   * Does a piece of work for each of `all`, in their order, at each desk one at a time; none begins
   * that is not wanted any more. @throws whatever a piece throws
   */
  async each<T>(
    all: readonly T[], wanted: () => boolean, work: (one: T, desk: Desk) => Promise<void>,
  ): Promise<void> {
    const left = [...all], places = Math.max(1, Math.min(MOST, navigator.hardwareConcurrency - 1));
    const lane = async (desk: Desk): Promise<void> => {
      for (;;) {
        const one = wanted() ? left.shift() : undefined;
        if (one === undefined) return;
        await work(one, desk);
      }
    };
    await Promise.all(this.list.slice(0, places).map(lane));
  }

  /** Ends the workers, whatever they do. */
  end(): void {
    for (const desk of this.list) desk.end();
  }
}
