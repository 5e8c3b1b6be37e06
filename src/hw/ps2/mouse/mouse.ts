import type { MouseInput } from '../../../host/input.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { ms, seconds, type Ticks } from '../../../sim/time.ts';
import { Device } from '../../device.ts';
import { ByteQueue, queueCells } from '../byte-queue.ts';
import type { Ps2Device } from '../link.ts';
import { Motion, motionCells } from './motion.ts';

/**
 * Commands to a mouse (IBM PS/2 Hardware Interface Technical Reference, 1988, "Mouse: Commands").
 */
const COMMAND = {
  SCALE_1: 0xe6, SCALE_2: 0xe7, RESOLUTION: 0xe8, STATUS: 0xe9, STREAM: 0xea, READ: 0xeb, WRAP_OFF: 0xec,
  WRAP_ON: 0xee, REMOTE: 0xf0, IDENTIFY: 0xf2, RATE: 0xf3, ENABLE: 0xf4, DISABLE: 0xf5, DEFAULTS: 0xf6,
  RESEND: 0xfe, RESET: 0xff,
} as const;
const ANSWER = { ACK: 0xfa, ERROR: 0xfc, RESEND: 0xfe, TEST_PASSED: 0xaa } as const;
/** Identification: a mouse, and one with a wheel. */
const PLAIN = 0, WHEEL = 3;
/** Sample rates in this order turn the wheel on (Microsoft, IntelliMouse). */
const KNOCK: readonly number[] = [200, 100, 80];
const RATES: ReadonlySet<number> = new Set([10, 20, 40, 60, 80, 100, 200]);
/** The completion of the test comes 300 to 500 ms after power on or Reset. */
const SELF_TEST = ms(500);
const DEFAULTS = { resolution: 2, rate: 100, scaled: false, remote: false, wrap: false, enabled: false };
const QUEUE = 16;

/**
 * A PS/2 mouse with three buttons, and with a wheel once software has asked for one as it does of
 * Microsoft's IntelliMouse. It samples its motion at times of its own and sends a packet when
 * something has changed. A click that is over before the next sample (no finger's, but a host's
 * whose machine is slower than the clock on the wall) is told in packets one after the other.
 */
export class Ps2Mouse extends Device implements Ps2Device, MouseInput {
  private readonly out: ByteQueue;
  private readonly motion: Motion;
  /** What the buttons were in turn while no packet told of them. */
  private readonly clicks: ByteQueue;
  private readonly s = this.cells('state', {
    ...DEFAULTS,
    id: PLAIN as number,
    /** Of `KNOCK`, how many have been set. */
    knocked: 0,
    waitingFor: 0,
    /** The last command was refused. */
    refused: false,
    /** The last packet or answer, for Resend. */
    last: new Uint8Array(QUEUE),
    lastCount: 0,
    down: 0,
    /** Buttons as the last packet told them. */
    told: 0,
    /** Since when samples are taken. */
    since: 0,
  });
  private readonly selfTest = this.event('self-test', () => this.say(ANSWER.TEST_PASSED, PLAIN));
  private readonly sample = this.event('sample', () => this.report());
  private tell: () => void = () => {};

  constructor(name: string, sim: Simulation) {
    super(name, sim);
    this.out = new ByteQueue(this.cells('out', queueCells(QUEUE)));
    this.motion = new Motion(this.cells('motion', motionCells()));
    this.clicks = new ByteQueue(this.cells('clicks', queueCells(QUEUE)));
  }

  override describe(): Identity {
    return {
      compatible: 'ibm,ps2-mouse',
      title: 'PS/2 mouse with a wheel',
      datasheet: 'IBM PS/2 Hardware Interface Technical Reference (1988), "Mouse"',
      figures: [
        { what: 'self-test', value: '500 ms', source: 'Technical Reference: 300 to 500 ms', verified: 'second-hand' },
      ],
    };
  }

  override resetExit(): void {
    this.selfTest.after(SELF_TEST);
  }

  get waiting(): boolean {
    return this.out.count > 0;
  }

  attach(waiting: () => void): void {
    this.tell = waiting;
  }

  take(): number {
    const byte = this.out.take();
    if (this.out.count === 0) this.sampleSoon();
    return byte;
  }

  move(right: number, up: number, wheel: number): void {
    this.motion.add(right, up, wheel, this.s.resolution);
    this.sampleSoon();
  }

  buttons(down: number): void {
    const s = this.s;
    if ((down & 7) === s.down) return;
    s.down = down & 7;
    // What finds no room is made good by the packet after the last: it tells how they are then.
    if (this.streams) this.clicks.put(s.down);
    this.sampleSoon();
  }

  command(byte: number): void {
    const s = this.s;
    const first = s.waitingFor;
    s.waitingFor = 0;
    // Whatever was on its way is void.
    this.out.clear();
    if (s.wrap && byte !== COMMAND.RESET && byte !== COMMAND.WRAP_OFF) return this.say(byte);
    if (first !== 0 && byte < COMMAND.SCALE_1) return this.parameter(first, byte);
    switch (byte) {
      case COMMAND.SCALE_1:
      case COMMAND.SCALE_2:
        s.scaled = byte === COMMAND.SCALE_2;
        return this.accept();
      case COMMAND.RESOLUTION:
      case COMMAND.RATE:
        s.waitingFor = byte;
        return this.accept();
      case COMMAND.STATUS: return this.accept(this.status(), s.resolution, s.rate);
      case COMMAND.STREAM:
        s.remote = false;
        return this.settle();
      case COMMAND.REMOTE:
        s.remote = true;
        return this.settle();
      case COMMAND.READ:
        this.clicks.clear();
        return this.accept(...this.packet(false));
      case COMMAND.WRAP_OFF:
      case COMMAND.WRAP_ON:
        s.wrap = byte === COMMAND.WRAP_ON;
        return this.settle();
      case COMMAND.IDENTIFY: return this.accept(s.id);
      case COMMAND.ENABLE:
        s.enabled = true;
        return this.settle();
      case COMMAND.DISABLE:
        s.enabled = false;
        return this.settle();
      case COMMAND.DEFAULTS:
        Object.assign(s, DEFAULTS);
        return this.settle();
      case COMMAND.RESEND: return this.resend();
      case COMMAND.RESET:
        Object.assign(s, DEFAULTS, { id: PLAIN, knocked: 0 });
        this.settle();
        this.selfTest.after(SELF_TEST);
        return;
    }
    this.refuse(`command 0x${byte.toString(16)}`);
  }

  private parameter(command: number, value: number): void {
    const s = this.s;
    if (command === COMMAND.RESOLUTION) {
      if (value > 3) return this.refuse(`resolution ${value}`);
      s.resolution = value;
      return this.accept();
    }
    if (!RATES.has(value)) return this.refuse(`sample rate ${value}`);
    s.rate = value;
    s.knocked = value === KNOCK[s.knocked] ? s.knocked + 1 : +(value === KNOCK[0]);
    if (s.knocked === KNOCK.length) {
      s.id = WHEEL;
      s.knocked = 0;
    }
    this.accept();
  }

  private accept(...answer: number[]): void {
    this.s.refused = false;
    this.say(ANSWER.ACK, ...answer);
    this.sampleSoon();
  }

  /** Motion so far is forgotten, and samples are counted from here. */
  private settle(): void {
    this.motion.clear();
    this.clicks.clear();
    this.s.told = this.s.down;
    this.s.since = this.sim.scheduler.now;
    this.sample.cancel();
    this.accept();
  }

  /** Resend is asked for once; a second refusal is an error. */
  private refuse(what: string): void {
    this.note('unknown-command', `${what} is answered with ${this.s.refused ? 'Error' : 'Resend'}`);
    this.out.put(this.s.refused ? ANSWER.ERROR : ANSWER.RESEND);
    this.s.refused = !this.s.refused;
    this.tell();
  }

  private resend(): void {
    const { last, lastCount } = this.s;
    for (const byte of last.subarray(0, lastCount)) this.out.put(byte);
    this.tell();
  }

  private say(...bytes: number[]): void {
    const s = this.s;
    s.last.set(bytes);
    s.lastCount = bytes.length;
    for (const byte of bytes) this.out.put(byte);
    this.tell();
  }

  private status(): number {
    const { remote, enabled, scaled, down } = this.s;
    const swapped = ((down & 1) << 2) | ((down & 4) >> 1) | ((down & 2) >> 1);
    return (+remote << 6) | (+enabled << 5) | (+scaled << 4) | swapped;
  }

  private get streams(): boolean {
    return this.s.enabled && !this.s.remote && !this.s.wrap;
  }

  private get changed(): boolean {
    return this.motion.moved(this.s.id === WHEEL) || this.clicks.count > 0 || this.s.down !== this.s.told;
  }

  /** At the next of the times at which samples are taken, if there is something to tell. */
  private sampleSoon(): void {
    if (!this.streams || !this.changed || this.sample.pending) return;
    const period: Ticks = Math.round(seconds(1) / this.s.rate), { since } = this.s;
    this.sample.at(since + period * (Math.floor((this.sim.scheduler.now - since) / period) + 1));
  }

  /** One packet waits at a time; motion is added up meanwhile. */
  private report(): void {
    if (this.out.count === 0 && this.streams && this.changed) this.say(...this.packet(this.s.scaled));
  }

  private packet(scaled: boolean): number[] {
    const told = this.clicks.count > 0 ? this.clicks.take() : this.s.down;
    this.s.told = told;
    return this.motion.packet(told, scaled, this.s.id === WHEEL);
  }
}
