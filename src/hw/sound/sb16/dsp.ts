import {
  argumentsOf, COMMAND, COPYRIGHT_TEXT, DSP_VERSION, MODE, RATE, RESET_ANSWER, TIME_CONSTANT_HZ, TRANSFER,
} from './spec.ts';
import type { VoiceCommand } from './voice.ts';

/** What commands make the card do; `bits` names one of the two voices. */
export interface DspActions {
  transfer(bits: 8 | 16, command: VoiceCommand): void;
  pause(bits: 8 | 16): void;
  resume(bits: 8 | 16): void;
  leaveAuto(bits: 8 | 16): void;
  resumeAuto(bits: 8 | 16): void;
  interrupt(bits: 8 | 16): void;
  /** A sample in direct mode, unsigned. */
  direct(level: number, rate: number, divisor: number): void;
  /** Silence of so many samples, then an interrupt. */
  silence(samples: number, rate: number, divisor: number): void;
  unknown(command: number): void;
}

/** Answers that the DSP can hold: the copyright message is the longest. */
const ANSWERS = 64;
/** The rate after a reset; the guide names none, and software sets it. */
const INITIAL_RATE = 11025;

function dspState() {
  return {
    /** The command whose arguments are awaited, or -1, and those that have come. */
    command: -1,
    given: 0,
    arguments: new Uint8Array(3),
    answers: new Uint8Array(ANSWERS),
    first: 0,
    count: 0,
    /** What port 2xAh shows when there is no answer: the last one. */
    last: 0,
    test: 0,
    speaker: false,
    /** Frames a second, or, by a time constant, samples of all channels together. */
    rate: INITIAL_RATE,
    byConstant: false,
    constant: 0,
    /** Bytes of a block of the 8-bit commands without a length (48h). */
    block: 1,
  };
}

/** The command interpreter of the DSP: bytes in, answers out, actions on the card. */
export class Dsp {
  readonly state = dspState();
  private readonly card: DspActions;
  private readonly commands: ReadonlyMap<number, (a: Uint8Array) => void>;

  constructor(card: DspActions) {
    this.card = card;
    this.commands = this.table();
  }

  /** Its reset line is active: nothing is to be read. */
  hold(): void {
    this.state.command = -1;
    this.state.count = 0;
  }

  /** It has been reset: everything is as at power-on, and the answer says that it is there. */
  reset(): void {
    Object.assign(this.state, dspState(), { arguments: this.state.arguments, answers: this.state.answers });
    this.answer(RESET_ANSWER);
  }

  /** A byte of a command, or of its arguments. */
  write(byte: number): void {
    const s = this.state;
    if (s.command < 0) {
      s.command = byte;
      s.given = 0;
    } else {
      s.arguments[s.given++] = byte;
    }
    if (s.given < argumentsOf(s.command)) return;
    const command = s.command;
    s.command = -1;
    if (command >= 0xb0 && command <= 0xcf) this.transfer(command, s.arguments);
    else {
      const action = this.commands.get(command);
      if (action === undefined) this.card.unknown(command);
      else action(s.arguments);
    }
  }

  /** The next answer, or the last one again. */
  get answerByte(): number {
    return this.state.count > 0 ? this.state.answers[this.state.first] : this.state.last;
  }

  get hasAnswer(): boolean {
    return this.state.count > 0;
  }

  /** The next answer has been read. */
  answerRead(): void {
    const s = this.state;
    if (s.count === 0) return;
    s.last = s.answers[s.first];
    s.first = (s.first + 1) % ANSWERS;
    s.count--;
  }

  private answer(byte: number): void {
    const s = this.state;
    if (s.count === ANSWERS) return;
    s.answers[(s.first + s.count++) % ANSWERS] = byte;
  }

  private table(): ReadonlyMap<number, (a: Uint8Array) => void> {
    const s = this.state, card = this.card, c = COMMAND;
    return new Map<number, (a: Uint8Array) => void>([
      [c.DIRECT_DAC, (a) => card.direct(a[0], this.rate, this.divisor(1))],
      [c.DIRECT_ADC, () => this.answer(0x80)],
      [c.OUTPUT_8, (a) => this.transfer8(length(a, 0), false, false)],
      [c.OUTPUT_8_AUTO, () => this.transfer8(s.block, true, false)],
      [c.OUTPUT_8_AUTO_FAST, () => this.transfer8(s.block, true, false)],
      [c.OUTPUT_8_FAST, () => this.transfer8(s.block, false, false)],
      [c.INPUT_8, (a) => this.transfer8(length(a, 0), false, true)],
      [c.INPUT_8_AUTO, () => this.transfer8(s.block, true, true)],
      [c.INPUT_8_AUTO_FAST, () => this.transfer8(s.block, true, true)],
      [c.INPUT_8_FAST, () => this.transfer8(s.block, false, true)],
      [c.TIME_CONSTANT, (a) => {
        s.byConstant = true;
        s.constant = a[0];
      }],
      [c.OUTPUT_RATE, (a) => this.setRate(a[0] << 8 | a[1])],
      [c.INPUT_RATE, (a) => this.setRate(a[0] << 8 | a[1])],
      [c.CONTINUE_AUTO_8, () => card.resumeAuto(8)],
      [c.CONTINUE_AUTO_16, () => card.resumeAuto(16)],
      [c.BLOCK_SIZE, (a) => {
        s.block = length(a, 0);
      }],
      [c.SILENCE, (a) => card.silence(length(a, 0), this.rate, this.divisor(1))],
      [c.PAUSE_8, () => card.pause(8)],
      [c.PAUSE_16, () => card.pause(16)],
      [c.CONTINUE_8, () => card.resume(8)],
      [c.CONTINUE_16, () => card.resume(16)],
      [c.SPEAKER_ON, () => {
        s.speaker = true;
      }],
      [c.SPEAKER_OFF, () => {
        s.speaker = false;
      }],
      [c.SPEAKER_STATUS, () => this.answer(s.speaker ? 0xff : 0)],
      [c.EXIT_AUTO_8, () => card.leaveAuto(8)],
      [c.EXIT_AUTO_16, () => card.leaveAuto(16)],
      [c.IDENTIFY, (a) => this.answer(~a[0] & 0xff)],
      [c.VERSION, () => DSP_VERSION.forEach((byte) => this.answer(byte))],
      [c.COPYRIGHT, () => {
        for (let i = 0; i < COPYRIGHT_TEXT.length; i++) this.answer(COPYRIGHT_TEXT.charCodeAt(i));
      }],
      [c.WRITE_TEST, (a) => {
        s.test = a[0];
      }],
      [c.READ_TEST, () => this.answer(s.test)],
      [c.INTERRUPT_8, () => card.interrupt(8)],
      [c.INTERRUPT_16, () => card.interrupt(16)],
    ]);
  }

  /** Commands 14h to 99h: unsigned samples of 8 bits, mono (chapter 6). */
  private transfer8(block: number, auto: boolean, input: boolean): void {
    this.card.transfer(8, {
      block, auto, input, fifo: false, signed: false, stereo: false, rate: this.rate, divisor: this.divisor(1),
    });
  }

  /** Commands B0h to CFh: a mode, and a length in samples less one (chapter 6). */
  private transfer(command: number, a: Uint8Array): void {
    const bits = command < 0xc0 ? 16 : 8;
    const stereo = (a[0] & MODE.STEREO) !== 0;
    this.card.transfer(bits, {
      block: length(a, 1) * (bits / 8),
      auto: (command & TRANSFER.AUTO) !== 0,
      input: (command & TRANSFER.INPUT) !== 0,
      fifo: (command & TRANSFER.FIFO) !== 0,
      signed: (a[0] & MODE.SIGNED) !== 0,
      stereo, rate: this.rate, divisor: this.divisor(stereo ? 2 : 1),
    });
  }

  private setRate(rate: number): void {
    this.state.rate = Math.min(RATE.MAXIMUM, Math.max(RATE.MINIMUM, rate));
    this.state.byConstant = false;
  }

  private get rate(): number {
    return this.state.byConstant ? TIME_CONSTANT_HZ : this.state.rate;
  }

  /** A time constant counts the samples of all channels (chapter 3, 40h). */
  private divisor(channels: number): number {
    return this.state.byConstant ? (256 - this.state.constant) * channels : 1;
  }
}

/** A length less one, low byte first. */
function length(a: Uint8Array, at: number): number {
  return (a[at] | a[at + 1] << 8) + 1;
}
