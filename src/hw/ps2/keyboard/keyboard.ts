import type { Simulation } from '../../../sim/component.ts';
import { ms } from '../../../sim/time.ts';
import { Device } from '../../device.ts';
import type { Ps2Device } from '../link.ts';

/**
 * Commands to a keyboard (IBM PS/2 Hardware Interface Technical Reference, 1988, "Keyboards:
 * Commands from the System").
 */
const COMMAND = {
  LEDS: 0xed, ECHO: 0xee, SCAN_SET: 0xf0, IDENTIFY: 0xf2, TYPEMATIC: 0xf3, ENABLE: 0xf4, DISABLE: 0xf5,
  DEFAULTS: 0xf6, ALL_KEYS_FIRST: 0xf7, ALL_KEYS_LAST: 0xfa, KEY_FIRST: 0xfb, KEY_LAST: 0xfd, RESEND: 0xfe,
  RESET: 0xff,
} as const;
const ANSWER = { ACK: 0xfa, RESEND: 0xfe, TEST_PASSED: 0xaa, OVERRUN: 0x00 } as const;
/** Identification of an MF II keyboard. */
const ID: readonly number[] = [0xab, 0x83];
/** The basic assurance test takes at most 500 ms. */
const SELF_TEST = ms(500);
/** The keyboard buffer holds 16 codes, and the last place is for the overrun code. */
const BUFFER = 16;

/**
 * A PS/2 keyboard that answers its commands and sends what the host types, as raw scan codes of set
 * 2. It neither repeats keys by itself nor changes scan code sets.
 */
export class Ps2Keyboard extends Device implements Ps2Device {
  private readonly s = this.cells('state', {
    buffer: new Uint8Array(BUFFER),
    head: 0,
    count: 0,
    /** Answers go out before keys. */
    answers: new Uint8Array(BUFFER),
    answerHead: 0,
    answerCount: 0,
    waitingFor: 0,
    last: 0,
    enabled: true,
    leds: 0,
    scanSet: 2,
  });
  private readonly selfTest = this.event('self-test', () => {
    this.s.enabled = true;
    this.say(ANSWER.TEST_PASSED);
  });
  private tell: () => void = () => {};

  constructor(name: string, sim: Simulation) {
    super(name, sim);
  }

  override resetExit(): void {
    this.selfTest.after(SELF_TEST);
  }

  get waiting(): boolean {
    return this.s.answerCount > 0 || this.s.count > 0;
  }

  /** Scroll lock, num lock, caps lock in bits 0, 1, 2. */
  get leds(): number {
    return this.s.leds;
  }

  attach(waiting: () => void): void {
    this.tell = waiting;
  }

  take(): number {
    const s = this.s;
    if (s.answerCount > 0) {
      s.last = s.answers[s.answerHead];
      s.answerHead = (s.answerHead + 1) % BUFFER;
      s.answerCount--;
    } else {
      s.last = s.buffer[s.head];
      s.head = (s.head + 1) % BUFFER;
      s.count--;
    }
    return s.last;
  }

  /**
   * The host presses or releases a key: one byte of its set 2 code. Returns false if keys are
   * disabled or the buffer overran. Call only between two runs.
   */
  type(code: number): boolean {
    const s = this.s;
    if (!s.enabled || s.count === BUFFER) return false;
    const overrun = s.count === BUFFER - 1;
    s.buffer[(s.head + s.count) % BUFFER] = overrun ? ANSWER.OVERRUN : code;
    s.count++;
    this.tell();
    return !overrun;
  }

  command(byte: number): void {
    const s = this.s;
    const first = s.waitingFor;
    s.waitingFor = 0;
    if (first !== 0 && byte < 0x80) {
      this.parameter(first, byte);
      return;
    }
    switch (byte) {
      case COMMAND.ECHO: return this.say(COMMAND.ECHO);
      case COMMAND.RESEND: return this.say(s.last);
      case COMMAND.IDENTIFY: return this.say(ANSWER.ACK, ...ID);
      case COMMAND.LEDS:
      case COMMAND.SCAN_SET:
      case COMMAND.TYPEMATIC:
        s.waitingFor = byte;
        return this.say(ANSWER.ACK);
      case COMMAND.ENABLE: return this.setDefaults(true, false);
      case COMMAND.DISABLE: return this.setDefaults(false, true);
      case COMMAND.DEFAULTS: return this.setDefaults(s.enabled, true);
      case COMMAND.RESET:
        this.setDefaults(false, true);
        this.selfTest.after(SELF_TEST);
        return;
    }
    if (byte >= COMMAND.ALL_KEYS_FIRST && byte <= COMMAND.ALL_KEYS_LAST) this.say(ANSWER.ACK);
    else if (byte >= COMMAND.KEY_FIRST && byte <= COMMAND.KEY_LAST) {
      s.waitingFor = byte;
      this.say(ANSWER.ACK);
    } else {
      this.note('unknown-command', `command 0x${byte.toString(16)} is answered with Resend`);
      this.say(ANSWER.RESEND);
    }
  }

  private parameter(command: number, byte: number): void {
    const s = this.s;
    if (command === COMMAND.LEDS) s.leds = byte & 7;
    if (command === COMMAND.SCAN_SET && byte === 0) return this.say(ANSWER.ACK, s.scanSet);
    if (command === COMMAND.SCAN_SET && byte !== 2)
      this.note('scan-set', `scan code set ${byte} was asked for; the keyboard keeps sending set 2`);
    if (command === COMMAND.SCAN_SET) s.scanSet = byte;
    // Set key type: key codes follow until the next command.
    if (command >= COMMAND.KEY_FIRST && command <= COMMAND.KEY_LAST) s.waitingFor = command;
    this.say(ANSWER.ACK);
  }

  /**
   * Default Disable, Set Default and Enable clear the buffer; the first two also reset rate and
   * scan code set.
   */
  private setDefaults(enabled: boolean, defaults: boolean): void {
    const s = this.s;
    s.enabled = enabled;
    s.head = 0;
    s.count = 0;
    if (defaults) s.scanSet = 2;
    this.say(ANSWER.ACK);
  }

  private say(...bytes: number[]): void {
    const s = this.s;
    for (const byte of bytes) {
      if (s.answerCount === BUFFER) return;
      s.answers[(s.answerHead + s.answerCount) % BUFFER] = byte;
      s.answerCount++;
    }
    this.tell();
  }
}
