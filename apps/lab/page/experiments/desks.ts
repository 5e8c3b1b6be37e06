/** Workers that run experiments: made when they are needed, ended by whoever gives up. */
import { Desk } from '../state/desk.ts';

/** At most so many methods run at a time; machines that are open have workers of their own. */
const MOST = 2;

/** How many methods may run at a time. */
export function places(): number {
  return Math.max(1, Math.min(MOST, navigator.hardwareConcurrency - 1));
}

/** The workers of one kind of work. Who ends them ends nobody else's. */
export class Desks {
  private readonly list: Desk[];

  constructor(name: string) {
    this.list = Array.from({ length: MOST }, () => new Desk(name));
  }

  /** The desk of a place, from 0 on. */
  at(place: number): Desk {
    return this.list[place] as Desk;
  }

  /** Ends the workers, whatever they do. */
  end(): void {
    for (const desk of this.list) desk.end();
  }
}
