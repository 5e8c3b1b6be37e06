import type { Session } from '../../../src/control/session.ts';
import { SnapshotError } from '../../../src/control/snapshot-error.ts';
import type { SnapshotRecipe } from '../../../src/control/snapshot-recipe.ts';
import type { PcMachine } from '../../../src/machine/pc-machine.ts';
import { toSeconds, type Ticks } from '../../../src/sim/time.ts';
import { writeOutputFile } from '../hosts/output-file.ts';
import { InputError } from '../input-error.ts';
import { formatSeconds, formatSize } from '../quantities.ts';
import { STATUS } from '../report-error.ts';
import { ConsoleText } from './console-text.ts';
import type { SaveWish } from './save-wishes.ts';

/** What a guest has in memory is its user's: nobody else reads it from a new file. */
const PRIVATE = 0o600;

interface Pending extends SaveWish {
  readonly watch: ConsoleText | null;
  /** The console has said it. */
  said: boolean;
}

/**
 * Saves snapshots in the midst of a run. What cannot be saved is told at once and the run goes on:
 * it is worth more than the file.
 */
export class Saver {
  private pending: Pending[];
  private status = 0;
  private session: Session<PcMachine> | null = null;
  private recipe: (moment: string) => SnapshotRecipe = () => { throw new Error('no machine'); };
  private readonly say: (text: string) => void;

  /** @param say takes what is told of success */
  constructor(wishes: readonly SaveWish[], say: (text: string) => void) {
    this.say = say;
    this.pending = wishes.map((wish) => ({
      ...wish, watch: 'text' in wish.at ? new ConsoleText(wish.at.text) : null, said: false,
    }));
  }

  /** The machine that is run, and how it was built. */
  attach(session: Session<PcMachine>, recipe: (moment: string) => SnapshotRecipe): void {
    this.session = session;
    this.recipe = recipe;
  }

  /** The first time at which something is to be saved. */
  get next(): Ticks {
    return Math.min(...this.pending.map(({ at }) => ('time' in at ? at.time : Infinity)));
  }

  /** The console has said a byte. Stops the machine at the end of an instruction if that was it. */
  heard(byte: number): void {
    for (const p of this.pending) {
      if (p.watch?.take(byte) !== true) continue;
      p.said = true;
      this.session?.machine.stop();
    }
  }

  /** Something is to be saved now. */
  get due(): boolean {
    const now = this.session?.now ?? 0;
    return this.pending.some((p) => isDue(p, now));
  }

  /** Saves what is due. Call it between two runs of the machine. */
  save(): void {
    const { session } = this;
    if (session === null) return;
    const due = this.pending.filter((p) => isDue(p, session.now));
    this.pending = this.pending.filter((p) => !due.includes(p));
    for (const p of due) {
      const { path, moment } = p;
      if (session.machine.ended) {
        this.tooLate(p);
        continue;
      }
      try {
        const file = session.snapshot(this.recipe(moment));
        writeOutputFile(path, file, 'snapshot', PRIVATE);
        this.say(
          `northbridge: saved '${path}' ${moment}: ${formatSeconds(toSeconds(session.now))} of simulated time, ` +
            `${formatSize(file.length)}\n`,
        );
      } catch (error) {
        this.failed(STATUS.input, `${refusal(error, path)}; the run goes on`);
      }
    }
  }

  /** Tells what was never saved. Returns the exit status for it, 0 if there is nothing. */
  finish(): number {
    for (const p of this.pending) {
      const { path, at, moment } = p;
      // Said by the last characters, which leave the UART when the processor has stopped.
      if (p.said) this.tooLate(p);
      else
        this.failed(
          STATUS.run,
          `nothing was saved in '${path}': the run ended before ${'text' in at ? moment.slice(5) : moment.slice(3)}`,
        );
    }
    this.pending = [];
    return this.status;
  }

  private tooLate({ path, moment }: SaveWish): void {
    this.failed(STATUS.run, `nothing was saved in '${path}': the program had ended ${moment}`);
  }

  private failed(status: number, message: string): void {
    process.stderr.write(`northbridge: ${message}\n`);
    this.status = Math.max(this.status, status);
  }
}

/** Why a snapshot was not saved, in a line. @throws `error` itself if it is a fault of ours */
function refusal(error: unknown, path: string): string {
  if (error instanceof InputError) return error.message;
  // RangeError: the host has no array so long.
  if (error instanceof SnapshotError || error instanceof RangeError)
    return `cannot make snapshot '${path}': ${error.message.replace(/^snapshot: /, '')}`;
  throw error;
}

function isDue({ at, said }: Pending, now: Ticks): boolean {
  return said || ('time' in at && at.time <= now);
}
