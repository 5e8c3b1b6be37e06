import type { KeyboardInput } from '../../../host/input.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { ms, type Ticks } from '../../../sim/time.ts';
import { Device } from '../../device.ts';
import { ByteQueue, queueCells } from '../byte-queue.ts';
import type { Ps2Device } from '../link.ts';
import { KEYS, keyNumber, type Key } from './keys.ts';
import { scanCodes, type KeyState } from './scan-codes.ts';

/**
 * Commands to a keyboard (IBM PS/2 Hardware Interface Technical Reference, 1988, "Keyboards:
 * Commands from the System").
 */
const COMMAND = {
  LEDS: 0xed, ECHO: 0xee, SCAN_SET: 0xf0, IDENTIFY: 0xf2, TYPEMATIC: 0xf3, ENABLE: 0xf4, DISABLE: 0xf5,
  DEFAULTS: 0xf6, ALL_KEYS_FIRST: 0xf7, ALL_KEYS_LAST: 0xfa, KEY_FIRST: 0xfb, KEY_LAST: 0xfd, RESEND: 0xfe,
  RESET: 0xff,
} as const;
const ANSWER = { ACK: 0xfa, RESEND: 0xfe, TEST_PASSED: 0xaa } as const;
/** Set 3: what a key does. F7h-FAh say it of all keys, FBh-FDh of one, in this order. */
const REPEATS = 1, BREAKS = 2;
const KEY_TYPES: readonly number[] = [REPEATS, BREAKS, 0, REPEATS | BREAKS];
/** Identification of an MF II keyboard. */
const ID: readonly number[] = [0xab, 0x83];
/** The basic assurance test takes at most 500 ms. */
const SELF_TEST = ms(500);
/** The keyboard buffer holds 16 codes, and one more place is for the overrun code. */
const BUFFER = 16;
/** 10.9 characters a second after 500 ms. */
const DEFAULT_TYPEMATIC = 0x2b;
const NOBODY = -1;

/**
 * A PS/2 keyboard with 102 keys, three more than IBM's: it answers its commands, makes codes of
 * sets 1, 2 or 3 from keys that the host presses and releases, and repeats the last one that is
 * held down.
 */
export class Ps2Keyboard extends Device implements Ps2Device, KeyboardInput {
  private readonly keys: ByteQueue;
  /** Answers go out before keys. */
  private readonly answers: ByteQueue;
  private readonly s = this.cells('state', {
    waitingFor: 0,
    last: 0,
    enabled: true,
    leds: 0,
    scanSet: 2,
    typematic: DEFAULT_TYPEMATIC,
    /** 1 for each key that is down. */
    down: new Uint8Array(KEYS.length),
    /** What each key does in set 3. */
    types: new Uint8Array(KEYS.map(defaultType)),
    /** The last key that went down, while it repeats. */
    repeating: NOBODY as number,
    /** The last codes were lost. */
    overran: false,
  });
  private readonly selfTest = this.event('self-test', () => {
    this.s.enabled = true;
    this.say(ANSWER.TEST_PASSED);
  });
  private readonly repeat = this.event('repeat', () => this.repeatKey());
  private tell: () => void = () => {};

  constructor(name: string, sim: Simulation) {
    super(name, sim);
    this.keys = new ByteQueue(this.cells('keys', queueCells(BUFFER + 1)));
    this.answers = new ByteQueue(this.cells('answers', queueCells(BUFFER)));
  }

  override describe(): Identity {
    return {
      compatible: 'ibm,ps2-keyboard',
      title: 'PS/2 keyboard, 102 keys',
      datasheet: 'IBM PS/2 Hardware Interface Technical Reference (1988), "Keyboards"',
      figures: [
        { what: 'basic assurance test', value: '500 ms', source: 'Technical Reference: at most 500 ms',
          verified: 'second-hand' },
        { what: 'from a key to its code in the buffer', value: '0', source: 'assumption', verified: 'nobody' },
      ],
    };
  }

  override resetExit(): void {
    this.selfTest.after(SELF_TEST);
  }

  get waiting(): boolean {
    return this.answers.count > 0 || this.keys.count > 0;
  }

  /** Scroll lock, num lock, caps lock in bits 0, 1, 2. */
  get leds(): number {
    return this.s.leds;
  }

  attach(waiting: () => void): void {
    this.tell = waiting;
  }

  take(): number {
    return (this.s.last = (this.answers.count > 0 ? this.answers : this.keys).take());
  }

  press(code: string): boolean {
    const n = keyNumber(code);
    if (n < 0) return false;
    if (this.s.down[n] !== 0) return true;
    // The states of shift and others are those before the key.
    const codes = this.codes(KEYS[n], true);
    this.s.down[n] = 1;
    if (!this.send(codes)) return false;
    this.repeat.cancel();
    this.s.repeating = NOBODY;
    if (this.repeats(n)) {
      this.s.repeating = n;
      this.repeat.after(delayOf(this.s.typematic));
    }
    return true;
  }

  release(code: string): boolean {
    const n = keyNumber(code);
    if (n < 0) return false;
    if (this.s.down[n] === 0) return true;
    this.s.down[n] = 0;
    if (this.s.repeating === n) this.stopRepeating();
    return this.send(this.codes(KEYS[n], false));
  }

  command(byte: number): void {
    const s = this.s;
    const first = s.waitingFor;
    s.waitingFor = 0;
    if (first !== 0 && this.isParameter(first, byte)) return this.parameter(first, byte);
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
        this.answers.clear();
        this.setDefaults(false, true);
        s.leds = 0;
        this.selfTest.after(SELF_TEST);
        return;
    }
    if (byte >= COMMAND.ALL_KEYS_FIRST && byte <= COMMAND.ALL_KEYS_LAST) {
      s.types.fill(KEY_TYPES[byte - COMMAND.ALL_KEYS_FIRST]);
      this.say(ANSWER.ACK);
    } else if (byte >= COMMAND.KEY_FIRST && byte <= COMMAND.KEY_LAST) {
      s.waitingFor = byte;
      s.enabled = false;
      this.say(ANSWER.ACK);
    } else {
      this.note('unknown-command', `command 0x${byte.toString(16)} is answered with Resend`);
      this.say(ANSWER.RESEND);
    }
  }

  /** A byte that could be a command is one, and ends the command before it. */
  private isParameter(command: number, byte: number): boolean {
    return byte < 0x80 || (command >= COMMAND.KEY_FIRST && KEYS.some((key) => key.set3 === byte));
  }

  private parameter(command: number, byte: number): void {
    const s = this.s;
    if (command === COMMAND.LEDS) s.leds = byte & 7;
    else if (command === COMMAND.TYPEMATIC) s.typematic = byte;
    else if (command === COMMAND.SCAN_SET) return this.scanSet(byte);
    else if (command >= COMMAND.KEY_FIRST) {
      const n = KEYS.findIndex((key) => key.set3 === byte);
      if (n >= 0) s.types[n] = KEY_TYPES[command - COMMAND.KEY_FIRST];
      // Key codes follow until the next command.
      s.waitingFor = command;
    }
    this.say(ANSWER.ACK);
  }

  private scanSet(set: number): void {
    const s = this.s;
    if (set === 0) return this.say(ANSWER.ACK, s.scanSet);
    if (set > 3) {
      this.note('scan-set', `there is no scan code set ${set}; it is answered with Resend`);
      return this.say(ANSWER.RESEND);
    }
    s.scanSet = set;
    this.keys.clear();
    this.stopRepeating();
    this.say(ANSWER.ACK);
  }

  /**
   * Default Disable, Set Default and Enable clear the buffer; the first two also reset rate, key
   * types and scan code set.
   */
  private setDefaults(enabled: boolean, defaults: boolean): void {
    const s = this.s;
    s.enabled = enabled;
    this.keys.clear();
    this.stopRepeating();
    if (defaults) {
      s.scanSet = 2;
      s.typematic = DEFAULT_TYPEMATIC;
      KEYS.forEach((key, n) => { s.types[n] = defaultType(key); });
    }
    this.say(ANSWER.ACK);
  }

  private codes(key: Key, down: boolean): number[] {
    const { scanSet, types } = this.s;
    if (scanSet !== 3) return scanCodes(key, down, this.keyState(), scanSet);
    if (down) return [key.set3];
    return (types[keyNumber(key.code)] & BREAKS) !== 0 ? [0xf0, key.set3] : [];
  }

  private keyState(): KeyState {
    const held = (code: string): boolean => this.s.down[keyNumber(code)] !== 0;
    return {
      leftShift: held('ShiftLeft'), rightShift: held('ShiftRight'),
      control: held('ControlLeft') || held('ControlRight'), alt: held('AltLeft') || held('AltRight'),
      numLock: (this.s.leds & 2) !== 0,
    };
  }

  /**
   * Puts the codes of a key into the buffer. What does not fit as a whole is lost, and one overrun
   * code stands for all that was.
   */
  private send(codes: readonly number[]): boolean {
    const s = this.s;
    if (!s.enabled) return false;
    const fits = this.keys.room > codes.length;
    if (fits) for (const code of codes) this.keys.put(code);
    else if (!s.overran) this.keys.put(overrun(s.scanSet));
    s.overran = !fits;
    this.tell();
    return fits;
  }

  private repeats(n: number): boolean {
    if (!this.s.enabled || KEYS[n].code === 'Pause') return false;
    return this.s.scanSet !== 3 || (this.s.types[n] & REPEATS) !== 0;
  }

  /** While codes wait, none is added: only the first press of a key is kept. */
  private repeatKey(): void {
    const { repeating, typematic } = this.s;
    if (this.keys.count === 0) {
      // Print Screen repeats its own code alone.
      const codes = this.codes(KEYS[repeating], true);
      this.send(KEYS[repeating].code === 'PrintScreen' && this.s.scanSet !== 3 ? codes.slice(-2) : codes);
    }
    this.repeat.after(periodOf(typematic));
  }

  private stopRepeating(): void {
    this.repeat.cancel();
    this.s.repeating = NOBODY;
  }

  private say(...bytes: number[]): void {
    for (const byte of bytes) this.answers.put(byte);
    this.tell();
  }
}

function defaultType(key: Key): number {
  if (key.type === 'repeats') return REPEATS;
  return key.type === 'make-break' ? BREAKS : 0;
}

/** The overrun code: 00h in sets 2 and 3, FFh in set 1. */
function overrun(set: number): number {
  return set === 1 ? 0xff : 0x00;
}

/** From a key's press to its first repetition. */
function delayOf(typematic: number): Ticks {
  return ms(250 * (((typematic >> 5) & 3) + 1));
}

/** Between two repetitions: (8 + A) * 2^B * 4.17 ms. */
function periodOf(typematic: number): Ticks {
  return ms(((8 + (typematic & 7)) * 2 ** ((typematic >> 3) & 3) * 1000) / 240);
}
