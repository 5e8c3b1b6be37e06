import type { AudioBackend } from '../../../host/audio.ts';
import type { Bank } from '../../../reg/bank.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { TICKS_PER_SECOND, us, type Ticks } from '../../../sim/time.ts';
import { mulDivCeil } from '../../../bits/muldiv.ts';
import { Device } from '../../device.ts';
import type { DmaRequester } from '../../dma/isa-dma.ts';
import { DirectMode } from './direct.ts';
import { Dsp } from './dsp.ts';
import { SB16_ABSENT, SB16_FIGURES } from './fidelity.ts';
import { MixerVolumes } from './mixer.ts';
import { SB16_REGISTERS } from './spec.ts';
import { Voice, type VoiceCommand } from './voice.ts';

export interface Sb16Options {
  /** Where what is played goes. */
  audio?: AudioBackend;
  /** The interrupt line that it is connected to: 2, 5 (default), 7 or 10. */
  irq?: number;
  /** Its channels: 0, 1 (default) or 3; 5 (default), 6 or 7. */
  dma8?: number;
  dma16?: number;
  /** Bytes of the FIFO between DMA and converter: 4 to 256. */
  fifo?: number;
  /** Time for which the DSP is busy with each byte that is written to it. */
  busy?: Ticks;
}

/** From the end of a reset to the DSP's answer (guide, chapter 2, "Resetting the DSP"). */
const RESET_TIME = us(100);
const SILENT: AudioBackend = { frame: () => {} };
const IRQ_BITS: Readonly<Record<number, number>> = { 2: 1, 5: 2, 7: 4, 10: 8 };

/**
 * A Sound Blaster 16: DSP 4.05 with two voices (samples of 8 bits and of 16), direct mode, and the
 * CT1745 mixer. What its converter plays goes to the host, frame by frame.
 */
export class Sb16 extends Device {
  readonly irq = this.irqOut('irq');
  /** The 8-bit channel. */
  readonly dma8: DmaRequester;
  /** The 16-bit channel. */
  readonly dma16: DmaRequester;
  readonly ports: Bank<(typeof SB16_REGISTERS)['registers']>;
  private readonly dsp: Dsp;
  private readonly volumes: MixerVolumes;
  private readonly voices: { readonly 8: Voice; readonly 16: Voice };
  private readonly directMode = new DirectMode();
  private readonly s = this.cells('state', {
    resetting: false, ready: true, busyUntil: 0, voice8: false, voice16: false,
  });
  private readonly setup: { irq: number; dma: number };
  private readonly readyEvent = this.event('ready', () => {
    this.s.ready = true;
    this.dsp.reset();
  });
  private readonly sample8 = this.event('sample-8', () => this.sample(this.voices[8]));
  private readonly sample16 = this.event('sample-16', () => this.sample(this.voices[16]));
  private readonly strobe = this.event('strobe', () => this.takeDirect());
  private readonly silenceEnd = this.event('silence-end', () => this.raise(8));
  private readonly frames = this.counter('soundFrames', '', 'frames that sound cards have played');
  private readonly underruns = this.counter(
    'soundUnderruns', '', 'times of a sample at which a sound card was not served: nothing new to play, no room',
  );
  private readonly lost = this.counter('soundLost', '', 'samples of direct mode that gave way to the next, unheard');
  private readonly interrupts = this.counter('soundInterrupts', '', 'interrupts that sound cards asked for');
  private readonly audio: AudioBackend;
  private readonly busy: Ticks;
  private readonly level = new Uint8Array(1);

  constructor(name: string, sim: Simulation, options: Sb16Options = {}) {
    super(name, sim);
    const { audio = SILENT, irq = 5, dma8 = 1, dma16 = 5, fifo = 64, busy = us(3) } = options;
    this.audio = audio;
    this.busy = busy;
    this.voices = { 8: new Voice(8, fifo), 16: new Voice(16, fifo) };
    this.setup = { irq: IRQ_BITS[irq], dma: 1 << dma8 | 1 << dma16 };
    this.dsp = new Dsp({
      transfer: (bits, command) => this.transfer(bits, command),
      pause: (bits) => this.pause(bits),
      resume: (bits) => this.resume(bits),
      leaveAuto: (bits) => {
        this.voices[bits].state.leaving = true;
      },
      resumeAuto: (bits) => {
        this.voices[bits].state.leaving = false;
      },
      interrupt: (bits) => this.raise(bits),
      direct: (level, rate, divisor) => this.direct(level, rate, divisor),
      silence: (samples, rate, divisor) =>
        this.silenceEnd.after(mulDivCeil(samples, TICKS_PER_SECOND * divisor, rate)),
      unknown: (command) =>
        this.note('sound-command', `the DSP does not know command ${command.toString(16)}h, or this model does not`),
    });
    this.cells('dsp', this.dsp.state);
    this.cells('voice8', this.voices[8].state);
    this.cells('voice16', this.voices[16].state);
    this.cells('direct', this.directMode.state);
    const mixer = (): void => this.volumes.newWritten();
    const old = (): void => this.volumes.oldWritten();
    this.ports = this.regs('ports', SB16_REGISTERS, {
      MIXER_RESET: { write: () => this.volumes.reset() },
      OLD_VOICE: { write: old }, OLD_MIC: { write: old }, OLD_MASTER: { write: old }, OLD_MIDI: { write: old },
      OLD_CD: { write: old }, OLD_LINE: { write: old },
      MASTER_LEFT: { write: mixer }, MASTER_RIGHT: { write: mixer }, VOICE_LEFT: { write: mixer },
      VOICE_RIGHT: { write: mixer }, MIDI_LEFT: { write: mixer }, MIDI_RIGHT: { write: mixer },
      CD_LEFT: { write: mixer }, CD_RIGHT: { write: mixer }, LINE_LEFT: { write: mixer }, LINE_RIGHT: { write: mixer },
      MIC: { write: mixer },
      INTERRUPT_SETUP: { write: (w) => this.linesChosen(w.value & 0xf, this.setup.irq, 'an interrupt line') },
      DMA_SETUP: { write: (w) => this.linesChosen(w.value & 0xeb, this.setup.dma, 'a DMA channel') },
      INTERRUPT_STATUS: { get: { VOICE_8: () => +this.s.voice8, VOICE_16: () => +this.s.voice16 } },
      RESET: { write: (w) => this.resetWritten(w.RESET === 1) },
      READ_DATA: { get: { DATA: () => this.dsp.answerByte }, read: () => this.dsp.answerRead() },
      WRITE_STATUS: { get: { BUSY: () => +this.isBusy } },
      COMMAND: { write: (w) => this.commandWritten(w.BYTE) },
      READ_STATUS: { get: { DATA_AVAILABLE: () => +this.dsp.hasAnswer }, read: () => {
        this.s.voice8 = false;
      } },
      ACKNOWLEDGE_16: { read: () => {
        this.s.voice16 = false;
      } },
    }, { page: (offset) => (offset === 5 ? this.ports.r.MIXER_ADDRESS.INDEX : -1) });
    this.volumes = new MixerVolumes(this.ports);
    this.dma8 = this.isaDma('dreq8', this.cyclesOf(8));
    this.dma16 = this.isaDma('dreq16', this.cyclesOf(16));
    this.powerOn();
  }

  override resetEnter(): void {
    super.resetEnter();
    this.powerOn();
  }

  override restored(): void {
    this.voices[8].derive();
    this.voices[16].derive();
    this.directMode.derive();
  }

  /** The DSP carries out a command; what is played goes on by itself and does not count. */
  override get atWork(): boolean {
    return this.readyEvent.pending || this.strobe.pending;
  }

  override describe(): Identity {
    return {
      compatible: 'creative,sb16',
      title: 'Sound Blaster 16: DSP 4.05, CT1745 mixer',
      datasheet: 'Creative, Sound Blaster Series Hardware Programming Guide, 2nd edition (October 1996)',
      figures: SB16_FIGURES,
      absent: SB16_ABSENT,
    };
  }

  protected override outputs(): void {
    const chosen = this.ports.r.INTERRUPT_SETUP.value & 0xf;
    this.irq.set((this.s.voice8 || this.s.voice16) && chosen === this.setup.irq);
    const wide = this.over16;
    const r8 = this.voices[8].requests, r16 = this.voices[16].requests;
    this.dma8.dreq.set((r8 || (r16 && !wide)) && this.connected(0x0b));
    this.dma16.dreq.set(r16 && wide && this.connected(0xe0));
    this.arm(this.voices[8], this.sample8);
    this.arm(this.voices[16], this.sample16);
  }

  /** Samples of 16 bits go over the 16-bit channel: one is chosen (guide, chapter 4, 81h). */
  private get over16(): boolean {
    return (this.ports.r.DMA_SETUP.value & 0xe0) !== 0;
  }

  /** The channel that is chosen among `mask` is the one that is connected. */
  private connected(mask: number): boolean {
    return (this.ports.r.DMA_SETUP.value & mask) === (this.setup.dma & mask);
  }

  private arm(voice: Voice, event: { pending: boolean; time: Ticks; at(t: Ticks): void; cancel(): void }): void {
    if (!voice.clocked) {
      if (event.pending) event.cancel();
      return;
    }
    const due = voice.nextSample;
    if (!event.pending || event.time !== due) event.at(due);
  }

  /** Lines as the jumpers of a card give them after power-on. */
  private powerOn(): void {
    const r = this.ports.r;
    r.INTERRUPT_SETUP.value = 0xf0 | this.setup.irq;
    r.DMA_SETUP.value = this.setup.dma;
    this.volumes.newWritten();
  }

  // DEVIATES: a line that the board does not connect is chosen in vain, and that is noted.
  private linesChosen(chosen: number, connected: number, what: string): void {
    if (chosen !== connected)
      this.note('sound-line', `${what} was chosen that is not connected on this board: nothing will come of it`);
  }

  private get isBusy(): boolean {
    return !this.s.ready || this.sim.scheduler.now < this.s.busyUntil;
  }

  private resetWritten(level: boolean): void {
    if (this.s.resetting && !level) {
      this.readyEvent.after(RESET_TIME);
    } else if (level) {
      for (const bits of [8, 16] as const) this.voices[bits].stop();
      this.directMode.state.active = false;
      this.strobe.cancel();
      this.silenceEnd.cancel();
      this.readyEvent.cancel();
      this.dsp.hold();
      this.s.ready = false;
      this.s.voice8 = false;
      this.s.voice16 = false;
    }
    this.s.resetting = level;
  }

  private commandWritten(byte: number): void {
    if (this.isBusy) {
      this.note('sound-write-while-busy', 'a byte was written to the DSP while it was busy: it is lost');
      return;
    }
    this.s.busyUntil = this.sim.scheduler.now + this.busy;
    this.dsp.write(byte);
  }

  private transfer(bits: 8 | 16, command: VoiceCommand): void {
    const now = this.sim.scheduler.now;
    const voice = this.voices[bits], other = this.voices[bits === 8 ? 16 : 8];
    this.directMode.state.active = false;
    // DEVIATES: one converter, so a voice that plays ends the other that does.
    if (other.state.active && other.state.input === command.input) other.stop();
    if (voice.leavesFor(command)) voice.state.next = command.block;
    else if (voice.continues(command)) voice.goOn(command);
    else voice.start(now, command);
  }

  private pause(bits: 8 | 16): void {
    this.voices[bits].pause();
  }

  private resume(bits: 8 | 16): void {
    this.voices[bits].resume(this.sim.scheduler.now);
  }

  private cyclesOf(channel: 8 | 16): Parameters<Sb16['isaDma']>[1] {
    const asking = (): Voice =>
      channel === 16 || (!this.voices[8].requests && this.voices[16].requests && !this.over16)
        ? this.voices[16] : this.voices[8];
    const moved = (voice: Voice, ended: boolean): void => {
      if (ended) this.raise(voice.bits);
    };
    return {
      write: (size, value) => {
        const voice = asking();
        if (voice.requests && !voice.state.input) moved(voice, voice.put(value, size));
      },
      read: (size) => {
        const voice = asking();
        if (!voice.requests || !voice.state.input) return size === 1 ? 0xff : 0xffff;
        const value = voice.take(size);
        moved(voice, voice.transferred(size));
        return value;
      },
    };
  }

  private raise(bits: 8 | 16): void {
    this.interrupts.value++;
    if (bits === 8) this.s.voice8 = true;
    else this.s.voice16 = true;
  }

  private sample(voice: Voice): void {
    const frame = voice.sample();
    if (voice.lacked) this.underruns.value++;
    if (frame === null) return;
    this.frames.value++;
    // DEVIATES: volumes are not applied.
    this.audio.frame(this.sim.scheduler.now, voice.format, frame);
  }

  private direct(level: number, rate: number, divisor: number): void {
    const mode = this.directMode, now = this.sim.scheduler.now;
    if (mode.goesOn(now)) {
      // Periods that passed with the level of the sample before.
      while (mode.next <= now) {
        if (!mode.state.fresh) this.underruns.value++;
        this.playDirect();
      }
      if (mode.state.fresh) this.lost.value++;
    } else {
      mode.begin(now, rate, divisor);
    }
    mode.state.level = level;
    mode.state.fresh = true;
    this.strobe.at(mode.next);
  }

  private takeDirect(): void {
    if (this.directMode.state.active) this.playDirect();
  }

  private playDirect(): void {
    const mode = this.directMode, time = mode.next;
    this.level[0] = mode.take();
    this.frames.value++;
    this.audio.frame(time, mode.format, this.level);
  }
}
