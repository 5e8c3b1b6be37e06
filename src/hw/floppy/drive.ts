import { ms, type Ticks } from '../../sim/time.ts';
import type { Cells } from '../../sim/state.ts';
import { FloppyMedium } from './medium.ts';

/** Mechanics of a 3½-inch drive. */
export interface DriveMechanics {
  /** One turn of the disk. */
  revolution: Ticks;
  /** From the motor's start until data can be read. */
  spinUp: Ticks;
  /** From the last step until data can be read. */
  settle: Ticks;
}

export const DEFAULT_MECHANICS: DriveMechanics = { revolution: ms(200), spinUp: ms(300), settle: ms(15) };

/** Cylinders that the head can stand on: a few more than a disk has. */
const CYLINDERS = 82;

/** Where an identification field was found. */
export interface FoundId {
  place: number;
  /** When its first byte of synchronisation is under the head. */
  start: Ticks;
}

/**
 * A 3½-inch drive with its disk, or without one. The angle of the disk is no state: it follows from
 * the time at which the disk came to speed.
 */
export class FloppyDrive {
  medium: FloppyMedium | null;
  readonly mechanics: DriveMechanics;
  readonly s = {
    cylinder: 0,
    motor: false,
    /** The disk has its speed, and an index pulse, at this time. */
    origin: 0,
    /** The head stands still from then on. */
    settled: 0,
    /** DSKCHG: the disk was out since the last step; true from power-on. */
    changed: true,
  };
  /** Derived, valid right after `findId` returned true. */
  readonly found: FoundId = { place: 0, start: 0 };

  constructor(medium: FloppyMedium | null, mechanics: Partial<DriveMechanics> = {}) {
    this.medium = medium;
    this.mechanics = { ...DEFAULT_MECHANICS, ...mechanics };
  }

  /** Declares the drive's state as part of a device. `keep`: no reset line comes here. */
  attach(declare: (group: string, cells: Cells) => void, name: string): void {
    declare(name, this.s);
    if (this.medium !== null) declare(`${name}.disk`, this.medium.cells);
  }

  /**
   * Somebody changes the disk, or takes it out (null); a turning motor has the new one at speed at
   * once. A disk that was not there from the beginning is in no snapshot: for hosts that take none.
   */
  change(medium: FloppyMedium | null, now: Ticks): void {
    this.medium = medium;
    this.s.changed = true;
    if (this.s.motor) this.s.origin = now;
  }

  /** The motor line. DEVIATES: the disk stands still at once when it is switched off. */
  setMotor(on: boolean, now: Ticks): void {
    if (on && !this.s.motor) this.s.origin = now + this.mechanics.spinUp;
    this.s.motor = on;
  }

  /** A step pulse, towards the centre or outwards. DEVIATES: none is too fast. */
  step(inward: boolean, now: Ticks): void {
    const s = this.s;
    s.cylinder = inward ? Math.min(s.cylinder + 1, CYLINDERS - 1) : Math.max(s.cylinder - 1, 0);
    s.settled = now + this.mechanics.settle;
    if (this.medium !== null) s.changed = false;
  }

  get diskChange(): boolean {
    return this.medium === null || this.s.changed;
  }

  /** Index pulses come: there is a disk and the motor is on. */
  get turning(): boolean {
    return this.s.motor && this.medium !== null;
  }

  /** First index pulse at or after a time. */
  nextIndex(from: Ticks): Ticks {
    const { origin } = this.s, { revolution } = this.mechanics;
    return from <= origin ? origin : origin + Math.ceil((from - origin) / revolution) * revolution;
  }

  /** When data can be read, `now` or later. */
  readable(now: Ticks): Ticks {
    return Math.max(now, this.s.origin, this.s.settled);
  }

  /**
   * Looks for the first identification field that begins at or after `from` and before `until` at
   * this head; false: there is none. The rate must be the medium's.
   */
  findId(head: number, from: Ticks, until: Ticks): boolean {
    const m = this.medium, { cylinder } = this.s;
    const places = m === null ? 0 : m.places(cylinder, head);
    if (m === null || places === 0) return false;
    const { revolution } = this.mechanics;
    let index = this.nextIndex(from);
    if (index > from) index = Math.max(index - revolution, this.s.origin);
    for (; index < until; index += revolution)
      for (let k = 0; k < places; k++) {
        const start = index + m.placeAt(cylinder, head, k) * m.byteTime;
        if (start < from || m.sectorAt(cylinder, head, k) === 0) continue;
        if (start >= until) return false;
        this.found.place = k;
        this.found.start = start;
        return true;
      }
    return false;
  }
}
