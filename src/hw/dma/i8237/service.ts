import type { Bus } from '../../../mem/bus.ts';
import type { Clock } from '../../../sim/clock.ts';
import type { Simulation } from '../../../sim/component.ts';
import type { Ticks } from '../../../sim/time.ts';
import type { I8237Chip } from './chip.ts';
import { MODE, TRANSFER } from './spec.ts';

/** The time that DMA cycles take and whom they stop. */
export interface DmaTiming {
  /** CLK of both chips. */
  clock: Clock;
  /** Wait states (SW) of a cycle that reads or writes memory, in clocks. */
  waitStates: number;
  /** From a request on a free bus to the first cycle: HRQ, HLDA (ticks). */
  acquire: Ticks;
  /** From the end of a service until the bus is free for others (ticks). */
  release: Ticks;
  /** The buses that a service keeps from others. */
  buses: readonly Bus[];
  /** HLDA: the processor has no bus until this time. */
  hold: (until: Ticks) => void;
}

/** Where a service stands. */
const IDLE = 0, REQUESTED = 1, SERVING = 2;
/** Channels of the two chips: the first chip's HRQ asks for channel 4. */
const CASCADE = 4;
/** States of a half of a memory-to-memory transfer (§Memory-to-Memory: S11-S14, S21-S24). */
const HALF = 4;
/** Most clocks of a cycle that are looked up. */
const MOST_CLOCKS = 64;

/** What the service asks of the pair. */
export interface CycleMaker {
  /** One cycle of `channel` from `start` until now; `terminal`: EOP is active in it. */
  cycle(channel: number, start: Ticks, terminal: boolean): void;
  /** Half of a memory-to-memory transfer. */
  copy(write: boolean, start: Ticks): void;
  /** EOP# is pulled low from outside. */
  readonly endRequested: boolean;
  /** A channel in cascade mode asks: nobody is behind it. */
  noteCascade(channel: number): void;
}

/**
 * The one service that is under way: from the request on, over HLDA, cycle by cycle, to the release
 * of the bus (§DMA Operation). Both chips share it, as the first is cascaded into the second.
 *
 * A request books the bus: its first cycle (in block and memory-to-memory mode all of them) comes
 * when those are over who came before, and whoever comes later waits.
 */
export class DmaService {
  readonly state = {
    phase: IDLE as number,
    channel: 0,
    /** Of the cycle under way. */
    start: 0,
    /** Until when the bus was booked. */
    booked: 0,
    /** The first cycle of a service: the address latch needs an S1. */
    fresh: false,
    /** Memory to memory, and which half is under way. */
    copying: false,
    writing: false,
    /** Waiting for the buses, cycles, and the longest wait since reset (ticks). */
    waited: 0, held: 0, worst: 0,
  };
  private readonly first: I8237Chip;
  private readonly second: I8237Chip;
  private readonly timing: DmaTiming;
  private readonly maker: CycleMaker;
  private readonly sim: Simulation;
  private readonly durations: Float64Array;
  /** Set by the pair. */
  grant: { at(time: Ticks): void; cancel(): void } | null = null;
  cycleEnd: { at(time: Ticks): void; cancel(): void } | null = null;

  constructor(sim: Simulation, first: I8237Chip, second: I8237Chip, timing: DmaTiming, maker: CycleMaker) {
    this.sim = sim;
    this.first = first;
    this.second = second;
    this.timing = timing;
    this.maker = maker;
    this.durations = Float64Array.from({ length: MOST_CLOCKS }, (_, n) => timing.clock.duration(n));
  }

  /** Something about the requests has changed. */
  look(): void {
    this.second.setDreq(0, this.wanted(this.first, 0) !== 0);
    if (this.state.phase !== IDLE) return;
    const channel = this.select();
    if (channel < 0) return;
    const { acquire } = this.timing;
    // DEVIATES: from the request on, and not from the next edge of the clock.
    const free = this.free(), start = free + acquire, wait = free - this.sim.scheduler.now;
    this.state.phase = REQUESTED;
    this.state.waited += wait;
    if (wait > this.state.worst) this.state.worst = wait;
    this.book(start + this.expected(channel));
    this.grant?.at(start);
  }

  /**
   * HLDA: the priority encoder selects among those that request at this moment (§Priority). If
   * nobody does any more, the bus goes back.
   */
  granted(): void {
    const s = this.state;
    const channel = this.select();
    if (channel < 0) {
      this.giveBack();
      s.phase = IDLE;
      return;
    }
    s.phase = SERVING;
    s.channel = channel;
    s.fresh = true;
    s.copying = channel === 0 && this.first.memoryToMemory;
    s.writing = false;
    const now = this.sim.scheduler.now, end = now + this.expected(channel);
    this.book(end);
    this.timing.hold(end + this.timing.release);
    this.begin(now);
  }

  /** The cycle under way is over. */
  cycleEnded(): void {
    const s = this.state, channel = s.channel;
    const now = this.sim.scheduler.now;
    s.held += now - s.start;
    if (s.copying) {
      this.maker.copy(s.writing, s.start);
      s.writing = !s.writing;
      if (s.writing || !this.copied()) this.begin(now);
      else this.finish();
      return;
    }
    const chip = this.chip(channel), own = channel & 3;
    const terminal = chip.last(own) || this.maker.endRequested;
    this.maker.cycle(channel, s.start, terminal);
    chip.advance(own);
    chip.countDown(own);
    if (terminal) {
      chip.end(own);
      this.finish();
      return;
    }
    s.fresh = chip.carries(own);
    const mode = chip.mode(own);
    if (mode === MODE.BLOCK) this.begin(now);
    else if (mode === MODE.DEMAND && chip.asks(own)) this.goOn();
    else this.finish();
  }

  /** A chip was reset in the middle of a service of its own. */
  reset(chip: I8237Chip): void {
    const s = this.state;
    if (s.phase === SERVING && this.chip(s.channel) === chip) this.abandon();
  }

  private abandon(): void {
    this.grant?.cancel();
    this.cycleEnd?.cancel();
    this.state.phase = IDLE;
    this.giveBack();
  }

  /** Both counts and addresses of a memory-to-memory transfer go on; whether it is over. */
  private copied(): boolean {
    const chip = this.first;
    const terminal = chip.last(1) || this.maker.endRequested;
    const sourceEnds = chip.last(0);
    if (!chip.holdsAddress) chip.advance(0);
    chip.advance(1);
    chip.countDown(0);
    chip.countDown(1);
    // Channel 0 reaching its end makes no EOP; it starts anew if it is programmed so.
    if (sourceEnds) chip.reload(0);
    if (!terminal) return false;
    chip.end(1);
    chip.state.request &= ~1;
    return true;
  }

  /**
   * Demand mode: the next transfer follows, behind whoever got the bus in the meantime. DEVIATES:
   * nobody should get it before DREQ falls.
   */
  private goOn(): void {
    const now = this.sim.scheduler.now;
    const start = this.free() > this.state.booked ? this.free() : now;
    this.begin(start);
    const end = start + this.cycleTime() + this.timing.release;
    this.timing.hold(end);
  }

  private begin(start: Ticks): void {
    this.state.start = start;
    const end = start + this.cycleTime();
    this.book(end);
    this.cycleEnd?.at(end);
  }

  private finish(): void {
    const { channel } = this.state;
    this.chip(channel).served(channel & 3);
    if (channel < CASCADE) this.second.served(0);
    this.giveBack();
    this.state.phase = IDLE;
  }

  private chip(channel: number): I8237Chip {
    return channel < CASCADE ? this.first : this.second;
  }

  /**
   * Channels of a chip, from `from` on, that want a service: those in cascade mode make no
   * transfers.
   */
  private wanted(chip: I8237Chip, from: number): number {
    let requesting = chip.requesting & (15 << from);
    for (let n = from; requesting >> n !== 0; n++) {
      if (((requesting >> n) & 1) === 0 || !chip.isCascade(n)) continue;
      requesting &= ~(1 << n);
      this.maker.noteCascade(chip === this.first ? n : n + CASCADE);
    }
    return requesting;
  }

  /**
   * The channel whose turn it is, or -1. Channel 4 is for the first chip, and only as a cascade.
   */
  private select(): number {
    const second = this.second, inner = this.wanted(this.first, 0);
    const below = inner !== 0 && second.isCascade(0) && second.asks(0) ? 1 : 0;
    const wanted = this.wanted(second, 1) | below;
    if (wanted === 0) return -1;
    const n = second.first(wanted);
    return n === 0 ? this.first.first(inner) : n + CASCADE;
  }

  /**
   * When the buses are free, not before now. DEVIATES: a register access that waits for them had
   * its effect when it began to wait.
   */
  private free(): Ticks {
    let at = this.sim.scheduler.now;
    for (const bus of this.timing.buses) if (bus.busyUntil > at) at = bus.busyUntil;
    return at;
  }

  /** Keeps the buses until `end` and the release. */
  private book(end: Ticks): void {
    const until = end + this.timing.release;
    for (const bus of this.timing.buses) if (bus.busyUntil < until) bus.busyUntil = until;
    if (this.state.booked < until) this.state.booked = until;
  }

  /** What was booked too long and nobody waits behind is free again. */
  private giveBack(): void {
    const until = this.sim.scheduler.now + (this.state.phase === SERVING ? this.timing.release : 0);
    const { booked } = this.state;
    if (booked > until) for (const bus of this.timing.buses) if (bus.busyUntil === booked) bus.busyUntil = until;
    this.state.booked = 0;
  }

  /** Time of the cycle under way. */
  private cycleTime(): Ticks {
    const s = this.state;
    return s.copying ? this.half() : this.transferTime(s.channel, s.fresh);
  }

  private half(): Ticks {
    return this.clocks(HALF + this.timing.waitStates);
  }

  /**
   * A transfer: S1 where the address latch is loaded, S2, S3 without compressed timing, wait states
   * (none in a verify transfer, which does not look at READY), S4 (§DMA Operation, §Compressed
   * Timing).
   */
  private transferTime(channel: number, latch: boolean): Ticks {
    const chip = this.chip(channel), own = channel & 3;
    const type = chip.transfer(own);
    const waits = type === TRANSFER.READ || type === TRANSFER.WRITE ? this.timing.waitStates : 0;
    return this.clocks((latch ? 1 : 0) + (chip.compressed ? 2 : 3) + waits);
  }

  private clocks(n: number): Ticks {
    return n < MOST_CLOCKS ? this.durations[n] : this.timing.clock.duration(n);
  }

  /** What can be said beforehand of the time that a service of `channel` takes. */
  private expected(channel: number): Ticks {
    const chip = this.chip(channel), own = channel & 3;
    if (channel === 0 && chip.memoryToMemory) return 2 * (chip.state.count[1] + 1) * this.half();
    const first = this.transferTime(channel, true);
    if (chip.mode(own) !== MODE.BLOCK) return first;
    const others = chip.state.count[own];
    const plain = this.transferTime(channel, false);
    return first + others * plain + chip.latches(own, others) * (first - plain);
  }
}
