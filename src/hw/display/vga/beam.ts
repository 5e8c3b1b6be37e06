import type { Scheduler } from '../../../sim/scheduler.ts';
import type { Ticks } from '../../../sim/time.ts';
import type { Timing } from './timing.ts';

/** State of the beam. */
export function beamCells() {
  return {
    /** When its first line began. */
    began: 0,
    /** Lines since then that were fetched or had nothing to fetch. */
    passed: 0,
    /** Pictures that were finished before. */
    finishedBefore: 0,
  };
}

/** What happens when the beam comes to a line. */
export interface BeamLines {
  /** The first line of a picture begins. `frame`: how many pictures began before. */
  frameBegins(frame: number): void;
  /** A line that is shown begins: it is fetched now. */
  fetch(line: number): void;
  /** The vertical retrace begins. */
  retraceBegins(): void;
  /** So many shown lines were passed whose picture has been replaced since. */
  replaced(lines: number): void;
}

/**
 * The beam: where it is follows from the time. Lines that it has passed are fetched when somebody
 * asks (`catchUp`): before anything changes that they show, or when somebody looks. So nothing
 * happens in the simulation while nothing is written.
 */
export class Beam {
  timing: Timing | null = null;
  /** When the next line that is shown begins: whoever changes memory asks for `catchUp` then. */
  due: Ticks = Infinity;
  private readonly scheduler: Scheduler;
  private readonly cells: ReturnType<typeof beamCells>;
  private readonly lines: BeamLines;

  constructor(scheduler: Scheduler, cells: ReturnType<typeof beamCells>, lines: BeamLines) {
    this.scheduler = scheduler;
    this.cells = cells;
    this.lines = lines;
  }

  /** Begins a picture with another timing; the old one was caught up with. */
  restart(timing: Timing | null): void {
    const c = this.cells;
    c.finishedBefore = this.finished;
    c.began = this.scheduler.now;
    c.passed = 0;
    this.timing = timing;
    if (timing !== null) this.lines.retraceBegins();
    this.aim();
    this.catchUp();
  }

  /** After a restore: the timing that belongs to the state. */
  resume(timing: Timing | null): void {
    this.timing = timing;
    this.aim();
  }

  /** Lines that have begun since `began`. */
  private get begun(): number {
    const t = this.timing;
    return t === null ? 0 : Math.floor(t.clock.cyclesAt(this.scheduler.now - this.cells.began) / t.dots) + 1;
  }

  /** Pictures that were finished up to now: the beam has come to the line after the last shown. */
  get finished(): number {
    const t = this.timing, before = this.cells.finishedBefore;
    return t === null ? before : before + Math.floor((this.begun - 1 + t.lines - t.shownLines) / t.lines);
  }

  /** When the picture that is drawn now, or the next one, is finished. */
  get nextFinish(): Ticks {
    const t = this.timing;
    if (t === null) return Infinity;
    const picture = this.finished - this.cells.finishedBefore;
    return this.cells.began + t.clock.timeOf((picture * t.lines + t.shownLines) * t.dots);
  }

  /** The line where the beam is, and the dot in it; -1 without a timing. */
  get line(): number {
    const t = this.timing;
    return t === null ? -1 : (this.begun - 1) % t.lines;
  }
  get dot(): number {
    const t = this.timing;
    return t === null ? -1 : t.clock.cyclesAt(this.scheduler.now - this.cells.began) % t.dots;
  }

  /** The line where the beam is at a time from now on, and since when. */
  at(time: Ticks): { line: number; since: Ticks } | null {
    const t = this.timing;
    if (t === null) return null;
    const age = time - this.cells.began, begun = Math.floor(t.clock.cyclesAt(age) / t.dots);
    return { line: begun % t.lines, since: age - t.clock.timeOf(begun * t.dots) };
  }

  /** Fetches all lines that the beam has come to since the last time. */
  catchUp(): void {
    const t = this.timing, c = this.cells;
    if (t === null) return;
    const begun = this.begun;
    if (begun - c.passed > 2 * t.lines) {
      // What was drawn longer ago than one picture stands nowhere any more.
      const from = (Math.floor((begun - 1) / t.lines) - 1) * t.lines;
      this.lines.replaced(shownUpTo(t, from) - shownUpTo(t, c.passed));
      this.lines.retraceBegins();
      c.passed = from;
    }
    while (c.passed < begun) {
      const line = c.passed % t.lines;
      if (line === 0) this.lines.frameBegins(c.finishedBefore + Math.floor(c.passed / t.lines));
      if (line < t.shownLines) this.lines.fetch(line);
      if (line === t.retraceStart) this.lines.retraceBegins();
      c.passed++;
    }
    this.aim();
  }

  private aim(): void {
    const t = this.timing, { began, passed } = this.cells;
    if (t === null) {
      this.due = Infinity;
      return;
    }
    const line = passed % t.lines, next = line < t.shownLines ? passed : passed + t.lines - line;
    this.due = began + t.clock.timeOf(next * t.dots);
  }
}

/** Shown lines among the first `count`. */
function shownUpTo(t: Timing, count: number): number {
  return Math.floor(count / t.lines) * t.shownLines + Math.min(count % t.lines, t.shownLines);
}
