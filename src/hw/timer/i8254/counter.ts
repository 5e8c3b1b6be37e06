import { ACCESS } from './spec.ts';
import { countAt, nextOutChange, outAt, switchPoint } from './modes.ts';

/** Shows the counting element at one clock. */
interface Moment {
  /** A count was loaded since the control word. */
  loaded: boolean;
  running: boolean;
  count: number;
  /** Clocks counted since the load. */
  position: number;
  nullCount: boolean;
}

/**
 * One counter of an 8254 (§Counters, figure 5). It remembers when a count was loaded and works out
 * count and output from the clock; nothing happens at each clock. All times are clock cycles. A
 * count that is written takes effect at a later clock: it waits in `next…`.
 */
export class I8254Counter {
  readonly state = {
    /** M2-M0 as programmed; 6 and 7 are modes 2 and 3. */
    modeBits: 0,
    access: ACCESS.BOTH as number,
    bcd: false,
    gate: true,
    /** Count register as a number of clocks (1 to 65536 or 10000); 0 = nothing written yet. */
    reload: 0,
    /** Segment of counting: `count` was at position `elapsed` at clock `since`. */
    loaded: false,
    running: false,
    count: 0,
    since: 0,
    elapsed: 0,
    /** What the counting element shows while nothing is loaded. */
    held: 0,
    /** A count to be loaded at clock `nextAt`, at position `nextElapsed`; 0 = none. */
    nextCount: 0,
    nextAt: 0,
    nextElapsed: 0,
    /**
     * A trigger asked for it: the edge is remembered until the clock comes. A count that waits for
     * the end of a cycle waits for counting, and so for GATE.
     */
    nextByTrigger: false,
    nullCount: true,
    writeLow: 0,
    highWriteNext: false,
    highReadNext: false,
    countLatched: false,
    latchedCount: 0,
    statusLatched: false,
    latchedStatus: 0,
  };
  private readonly moment: Moment = { loaded: false, running: false, count: 0, position: 0, nullCount: false };

  get mode(): number {
    const m = this.state.modeBits;
    return m > 5 ? m & 3 : m;
  }

  /** The OUT pin at a clock, not before the last change. */
  out(now: number): boolean {
    const m = this.at(now);
    return m.loaded ? outAt(this.mode, m.count, m.position, m.running) : this.mode !== 0;
  }

  /** First clock after `now` at which OUT may change by itself, or Infinity. */
  nextChange(now: number): number {
    const m = this.at(now);
    const own = m.loaded && m.running ? now + nextOutChange(this.mode, m.count, m.position) : Infinity;
    const s = this.state;
    return s.nextCount > 0 && s.nextAt > now ? Math.min(own, s.nextAt) : own;
  }

  /** Control word for this counter (§Control Word Format). */
  program(now: number, access: number, modeBits: number, bcd: boolean): void {
    const s = this.state;
    s.held = this.countNow(now);
    s.access = access;
    s.modeBits = modeBits;
    s.bcd = bcd;
    s.loaded = false;
    s.running = false;
    s.reload = 0;
    s.nextCount = 0;
    s.nullCount = true;
    s.highWriteNext = false;
    s.highReadNext = false;
    s.countLatched = false;
    s.statusLatched = false;
  }

  /** A byte of the count (§Write Operations). */
  writeByte(now: number, byte: number): void {
    const s = this.state;
    this.settle(now);
    if (s.access === ACCESS.BOTH && !s.highWriteNext) {
      s.writeLow = byte;
      s.highWriteNext = true;
      // Mode 0: the first byte stops the counting and OUT goes low (§Mode 0).
      if (this.mode === 0) this.stop(now);
      return;
    }
    s.highWriteNext = false;
    this.writeCount(
      now,
      s.access === ACCESS.BOTH ? (byte << 8) | s.writeLow : s.access === ACCESS.MSB ? byte << 8 : byte,
    );
  }

  /** The GATE pin (figure 21, Gate Pin Operations Summary). */
  setGate(now: number, level: boolean): void {
    const s = this.state;
    if (level === s.gate) return;
    this.settle(now);
    s.gate = level;
    const mode = this.mode;
    if (mode === 1 || mode === 5) {
      if (level && s.reload > 0) this.trigger(now);
    } else if (!s.loaded) {
      return;
    } else if (!level) {
      s.elapsed += s.running ? now - s.since : 0;
      s.running = false;
      // Modes 2 and 3: no cycle ends while GATE is low; the count stays in the count register.
      if (!s.nextByTrigger) s.nextCount = 0;
    } else if (mode === 0 || mode === 4) {
      s.since = now;
      s.running = true;
    } else {
      this.trigger(now);
    }
  }

  /**
   * Counter latch command: holds the count until it is read or the counter is programmed (§Counter
   * Latch Command).
   */
  latchCount(now: number): void {
    const s = this.state;
    if (s.countLatched) return;
    s.countLatched = true;
    s.latchedCount = this.encode(this.countNow(now));
  }

  /** Read-back command for the status byte (figure 12). */
  latchStatus(now: number): void {
    const s = this.state;
    if (s.statusLatched) return;
    s.statusLatched = true;
    s.latchedStatus =
      (+this.out(now) << 7) | (+this.at(now).nullCount << 6) | (s.access << 4) | (s.modeBits << 1) | +s.bcd;
  }

  /** Pure: the byte that a read gives now. */
  peekByte(now: number): number {
    const s = this.state;
    if (s.statusLatched) return s.latchedStatus;
    const value = s.countLatched ? s.latchedCount : this.encode(this.countNow(now));
    return s.access === ACCESS.MSB || (s.access === ACCESS.BOTH && s.highReadNext) ? value >> 8 : value & 0xff;
  }

  /** Effect of a read: the next byte stands ready. */
  afterRead(): void {
    const s = this.state;
    if (s.statusLatched) {
      s.statusLatched = false;
      return;
    }
    if (s.access === ACCESS.BOTH) s.highReadNext = !s.highReadNext;
    if (!s.highReadNext) s.countLatched = false;
  }

  /** Takes over a count whose time has come. */
  settle(now: number): void {
    const s = this.state;
    if (s.nextCount === 0 || s.nextAt > now) return;
    s.count = s.nextCount;
    s.since = s.nextAt;
    s.elapsed = s.nextElapsed;
    s.nextCount = 0;
    s.loaded = true;
    s.nullCount = false;
    s.running = this.counts();
  }

  /** The counting element at a clock, in clocks. */
  private countNow(now: number): number {
    const m = this.at(now);
    return m.loaded ? countAt(this.mode, m.count, m.position, this.modulus) : this.state.held;
  }

  private writeCount(now: number, raw: number): void {
    const s = this.state;
    const mode = this.mode;
    s.reload = this.decode(raw);
    s.nullCount = true;
    if (mode === 0) this.stop(now);
    if (s.nextCount > 0 && s.nextByTrigger) {
      // The clock after the trigger takes what the count register then holds.
      s.nextCount = s.reload;
      return;
    }
    if (mode === 1 || mode === 5) return;
    if ((mode === 2 || mode === 3) && s.loaded) {
      // Taken over at the end of the cycle (mode 3: of the half-cycle), or by a trigger.
      if (!s.running) return;
      const position = this.at(now).position;
      const ahead = switchPoint(mode, s.count, position);
      const low = mode === 3 && (position + ahead) % s.count !== 0;
      this.loadAt(now + ahead, s.reload, low ? Math.ceil(s.reload / 2) : 0);
      return;
    }
    this.loadAt(now + 1, s.reload, 0);
  }

  private loadAt(clock: number, count: number, elapsed: number): void {
    const s = this.state;
    s.nextCount = count;
    s.nextAt = clock;
    s.nextElapsed = elapsed;
    s.nextByTrigger = false;
  }

  /** A rising edge of GATE in modes 1, 2, 3 and 5 loads the count at the next clock (§GATE). */
  private trigger(now: number): void {
    this.loadAt(now + 1, this.state.reload, 0);
    this.state.nextByTrigger = true;
  }

  private stop(now: number): void {
    const s = this.state;
    s.held = this.countNow(now);
    s.loaded = false;
    s.running = false;
    s.nextCount = 0;
  }

  /** GATE lets a loaded count run (edge-sensitive modes do not look at its level). */
  private counts(): boolean {
    const mode = this.mode;
    return mode === 1 || mode === 5 || this.state.gate;
  }

  private at(now: number): Moment {
    const s = this.state, m = this.moment;
    if (s.nextCount > 0 && s.nextAt <= now) {
      m.loaded = true;
      m.running = this.counts();
      m.count = s.nextCount;
      m.position = s.nextElapsed + (m.running ? now - s.nextAt : 0);
      m.nullCount = false;
    } else {
      m.loaded = s.loaded;
      m.running = s.running;
      m.count = s.count;
      m.position = s.elapsed + (s.running ? now - s.since : 0);
      m.nullCount = s.nullCount;
    }
    return m;
  }

  private get modulus(): number {
    return this.state.bcd ? 10000 : 65536;
  }

  /** Count register contents to clocks: 0 is the largest count. */
  private decode(raw: number): number {
    const n = this.state.bcd ? (raw >> 12) * 1000 + ((raw >> 8) & 15) * 100 + ((raw >> 4) & 15) * 10 + (raw & 15) : raw;
    return n === 0 ? this.modulus : n;
  }

  private encode(count: number): number {
    if (!this.state.bcd) return count & 0xffff;
    const n = count % 10000;
    return (Math.floor(n / 1000) << 12) | (Math.floor(n / 100) % 10 << 8) | (Math.floor(n / 10) % 10 << 4) | n % 10;
  }
}
