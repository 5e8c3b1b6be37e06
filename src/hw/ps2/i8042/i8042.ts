import type { Bank } from '../../../reg/bank.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { Device } from '../../device.ts';
import type { Ps2Device } from '../link.ts';
import {
  ANSWER, BYTE_TIME, COMMAND, COMMAND_TIME, I8042_REGISTERS, MODE, P1, P2, RESET_PULSE, SEND_TIMEOUT,
} from './spec.ts';
import { RELEASE, toSet1 } from './translate.ts';

const KBD = 0;
const AUX = 1;
/** Flags of an entry of the answer queue, above its byte. */
const FROM_AUX = 0x100;
const TIMED_OUT = 0x200;

/** What hangs on the two connectors. */
export interface I8042Options {
  keyboard?: Ps2Device;
  mouse?: Ps2Device;
}

/**
 * The keyboard controller of a PC with its auxiliary port: an 8042 with the PS/2 firmware, seen
 * from ports 60h and 64h. Map `ports` twice, one byte each: offset 0 at 60h and offset 4 at 64h.
 * Without a device on a connector, what is sent there is answered by FEh with the time-out bit.
 */
export class I8042 extends Device {
  /** Output buffer full from the keyboard (IRQ1) and from the auxiliary device (IRQ12). */
  readonly irqKeyboard = this.irqOut('irq-keyboard');
  readonly irqMouse = this.irqOut('irq-mouse');
  /** Gate of address line 20: high lets it through. */
  readonly a20 = this.irqOut('a20');
  /** High while the processor is held in reset. */
  readonly resetOut = this.irqOut('reset');
  private readonly devices: readonly (Ps2Device | null)[];
  private readonly s = this.cells('state', {
    ram: new Uint8Array(32),
    input: 0,
    inputFull: false,
    /** A2 at the last write: it was a command. */
    command: false,
    /** A command that waits for its byte, or 0. */
    waitingFor: 0,
    output: 0,
    outputFull: false,
    outputAux: false,
    timedOut: false,
    answers: new Uint16Array(16),
    answerHead: 0,
    answerCount: 0,
    sending: 0,
    sendingTo: KBD as number,
    /** The last keyboard byte was the prefix of a release, in translation. */
    release: false,
    a20: true,
    pulse: false,
  });
  private readonly execute = this.event('execute', () => this.takeInput());
  private readonly answer = this.event('answer', () => this.giveAnswer());
  private readonly sent = this.event('sent', () => this.sendDone());
  private readonly received = this.event('received', () => this.receiveDone());
  private readonly pulseEnd = this.event('pulse-end', () => {
    this.s.pulse = false;
  });
  /** Offset 0: port 60h; offset 4: port 64h. */
  readonly ports: Bank<(typeof I8042_REGISTERS)['registers']>;

  constructor(name: string, sim: Simulation, options: I8042Options = {}) {
    super(name, sim);
    this.devices = [options.keyboard ?? null, options.mouse ?? null];
    for (const d of this.devices) d?.attach(() => this.outputs());
    const s = this.s;
    this.ports = this.regs('ports', I8042_REGISTERS, {
      OUTPUT: { get: { DATA: () => s.output }, read: () => this.outputRead() },
      INPUT: { write: (w) => this.inputWritten(w.DATA, false) },
      COMMAND: { write: (w) => this.inputWritten(w.CODE, true) },
      STATUS: {
        get: {
          OBF: () => +s.outputFull,
          IBF: () => +s.inputFull,
          SYS: () => (s.ram[0] & MODE.SYS) >> 2,
          A2: () => +s.command,
          UNLOCKED: () => 1,
          AUX: () => +(s.outputFull && s.outputAux),
          TIMEOUT: () => +s.timedOut,
        },
      },
    });
  }

  /** A byte is on its way, or a command is being carried out. */
  override get atWork(): boolean {
    return this.anyEventPending;
  }

  override describe(): Identity {
    return {
      compatible: 'intel,i8042',
      title: '8042 keyboard controller',
      datasheet: 'IBM PC/AT Technical Reference (1502243), section 1',
    };
  }

  protected override outputs(): void {
    const s = this.s;
    this.a20.set(s.a20);
    this.resetOut.set(s.pulse);
    this.irqKeyboard.set(this.interrupting(KBD));
    this.irqMouse.set(this.interrupting(AUX));
    this.fillOutput();
  }

  private interrupting(port: number): boolean {
    return (
      this.s.outputFull &&
      this.s.outputAux === (port === AUX) &&
      (this.s.ram[0] & (port === AUX ? MODE.AUX_INT : MODE.KBD_INT)) !== 0
    );
  }

  /**
   * With the output buffer empty: the next answer, or else the next byte from an enabled device.
   */
  private fillOutput(): void {
    const s = this.s;
    if (s.outputFull) return;
    if (s.answerCount > 0) {
      if (!this.answer.pending) this.answer.after(COMMAND_TIME);
    } else if (this.waitingPort() >= 0 && !this.received.pending) {
      this.received.after(BYTE_TIME);
    }
  }

  private waitingPort(): number {
    const mode = this.s.ram[0];
    if ((mode & MODE.KBD_OFF) === 0 && this.devices[KBD]?.waiting === true) return KBD;
    if ((mode & MODE.AUX_OFF) === 0 && this.devices[AUX]?.waiting === true) return AUX;
    return -1;
  }

  private outputRead(): void {
    this.s.outputFull = false;
    this.s.timedOut = false;
  }

  private inputWritten(byte: number, command: boolean): void {
    const s = this.s;
    if (s.inputFull)
      this.note(
        'input-overrun',
        `0x${byte.toString(16)} was written before the controller had taken 0x${s.input.toString(16)}`,
      );
    s.input = byte;
    s.command = command;
    s.inputFull = true;
    if (!this.execute.pending) this.execute.after(COMMAND_TIME);
  }

  private takeInput(): void {
    const s = this.s;
    if (this.sent.pending) {
      // The firmware is busy with the cable; the byte stays in the input buffer.
      this.execute.at(this.sent.time + COMMAND_TIME);
      return;
    }
    s.inputFull = false;
    if (s.command) {
      s.waitingFor = 0;
      this.run(s.input);
    } else if (s.waitingFor !== 0) {
      const command = s.waitingFor;
      s.waitingFor = 0;
      this.parameter(command, s.input);
    } else {
      // A byte for the keyboard also opens its interface.
      s.ram[0] &= ~MODE.KBD_OFF;
      this.send(KBD, s.input);
    }
  }

  private run(command: number): void {
    const s = this.s;
    switch (command) {
      case COMMAND.TEST_PASSWORD: return this.reply(ANSWER.NO_PASSWORD);
      case COMMAND.AUX_OFF: return void (s.ram[0] |= MODE.AUX_OFF);
      case COMMAND.AUX_ON: return void (s.ram[0] &= ~MODE.AUX_OFF);
      case COMMAND.TEST_AUX:
      case COMMAND.TEST_KBD: return this.reply(ANSWER.INTERFACE_OK);
      case COMMAND.SELF_TEST:
        s.ram[0] |= MODE.SYS;
        return this.reply(ANSWER.SELF_TEST_OK);
      case COMMAND.KBD_OFF: return void (s.ram[0] |= MODE.KBD_OFF);
      case COMMAND.KBD_ON: return void (s.ram[0] &= ~MODE.KBD_OFF);
      case COMMAND.READ_INPUT_PORT: return this.reply(P1);
      case COMMAND.READ_OUTPUT_PORT: return this.reply(this.outputPort());
      case COMMAND.WRITE_OUTPUT_PORT:
      case COMMAND.WRITE_KBD_BUFFER:
      case COMMAND.WRITE_AUX_BUFFER:
      case COMMAND.SEND_AUX: return void (s.waitingFor = command);
      case COMMAND.A20_OFF: return void (s.a20 = false);
      case COMMAND.A20_ON: return void (s.a20 = true);
      case COMMAND.TEST_INPUTS: return this.reply(0);
    }
    if ((command & 0xe0) === COMMAND.READ_RAM) this.reply(s.ram[command & 0x1f]);
    else if ((command & 0xe0) === COMMAND.WRITE_RAM) s.waitingFor = command;
    else if ((command & 0xf0) === COMMAND.PULSE) {
      // Bits that are 0 pulse the output port's low bits; bit 0 is the reset line.
      if ((command & 1) === 0) this.pulseReset();
    } else this.note('unknown-command', `command 0x${command.toString(16)} is not known and is ignored`);
  }

  private parameter(command: number, byte: number): void {
    const s = this.s;
    switch (command) {
      case COMMAND.WRITE_OUTPUT_PORT:
        s.a20 = (byte & P2.A20) !== 0;
        if ((byte & P2.NOT_RESET) === 0) this.pulseReset();
        return;
      case COMMAND.WRITE_KBD_BUFFER: return this.reply(byte);
      case COMMAND.WRITE_AUX_BUFFER: return this.reply(byte | FROM_AUX);
      case COMMAND.SEND_AUX:
        s.ram[0] &= ~MODE.AUX_OFF;
        return this.send(AUX, byte);
      default: s.ram[command & 0x1f] = byte;
    }
  }

  private outputPort(): number {
    const s = this.s;
    return (
      P2.LINES |
      P2.NOT_RESET |
      (s.a20 ? P2.A20 : 0) |
      (this.interrupting(KBD) ? P2.KBD_IRQ : 0) |
      (this.interrupting(AUX) ? P2.AUX_IRQ : 0)
    );
  }

  private pulseReset(): void {
    this.s.pulse = true;
    this.pulseEnd.after(RESET_PULSE);
  }

  private reply(entry: number): void {
    const s = this.s;
    if (s.answerCount === s.answers.length) {
      this.note('answer-overrun', 'answers are not being read; one is lost');
      return;
    }
    s.answers[(s.answerHead + s.answerCount) % s.answers.length] = entry;
    s.answerCount++;
  }

  private giveAnswer(): void {
    const s = this.s;
    if (s.outputFull || s.answerCount === 0) return;
    const entry = s.answers[s.answerHead];
    s.answerHead = (s.answerHead + 1) % s.answers.length;
    s.answerCount--;
    this.fill(entry & 0xff, (entry & FROM_AUX) !== 0);
    s.timedOut = (entry & TIMED_OUT) !== 0;
  }

  private fill(byte: number, aux: boolean): void {
    const s = this.s;
    s.output = byte;
    s.outputAux = aux;
    s.outputFull = true;
  }

  private send(port: number, byte: number): void {
    this.s.sending = byte;
    this.s.sendingTo = port;
    this.sent.after(this.devices[port] === null ? SEND_TIMEOUT : BYTE_TIME);
  }

  private sendDone(): void {
    const s = this.s;
    const device = this.devices[s.sendingTo];
    if (device === null) this.reply(ANSWER.RESEND | TIMED_OUT | (s.sendingTo === AUX ? FROM_AUX : 0));
    else device.command(s.sending);
  }

  private receiveDone(): void {
    const s = this.s;
    const port = this.waitingPort();
    // The interface was switched off, or an answer came first: the device keeps its byte.
    if (s.outputFull || port < 0) return;
    const byte = (this.devices[port] as Ps2Device).take();
    if (port === AUX || (s.ram[0] & MODE.TRANSLATE) === 0) this.fill(byte, port === AUX);
    else if (byte === RELEASE) s.release = true;
    else {
      this.fill(toSet1(byte) | (s.release ? 0x80 : 0), false);
      s.release = false;
    }
  }
}
