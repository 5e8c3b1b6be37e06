import { mulDivCeil } from '../../../bits/muldiv.ts';
import type { AudioFormat } from '../../../host/audio.ts';
import { TICKS_PER_SECOND, type Ticks } from '../../../sim/time.ts';

/** What a transfer command asks for. */
export interface VoiceCommand {
  /** Bytes from one interrupt to the next. */
  readonly block: number;
  readonly auto: boolean;
  readonly input: boolean;
  readonly fifo: boolean;
  readonly signed: boolean;
  readonly stereo: boolean;
  /** Frames a second = `rate` / `divisor`. */
  readonly rate: number;
  readonly divisor: number;
}

/** Longest FIFO of the DSP in bytes. */
export const FIFO_BYTES = 256;
/** A frame of two samples of 16 bits. */
const FRAME_BYTES = 4;

function voiceState() {
  return {
    /** Samples go in or out, or are still in the FIFO. */
    active: false,
    paused: false,
    input: false,
    auto: false,
    signed: false,
    stereo: false,
    /** Bytes of a block, and those that have not been transferred. */
    block: 0,
    left: 0,
    /** Auto-init is to end with this block. */
    leaving: false,
    rate: 1,
    divisor: 1,
    /** Sample n is due at `origin` + n periods; `due` is the next. */
    origin: 0,
    due: 0,
    /** The first sample clock has passed: from now on bytes are asked for. */
    begun: false,
    /** Bytes that the FIFO may hold. */
    depth: 0,
    fifo: new Uint8Array(FIFO_BYTES),
    head: 0,
    count: 0,
    /** A single block that takes over when the running one ends: bytes, or 0. */
    next: 0,
  };
}

/**
 * One of the DSP's two voices, of samples of 8 or of 16 bits: the block that is transferred, the
 * FIFO between DMA and converter, and the sample clock. It knows neither ports nor lines.
 */
export class Voice {
  readonly state = voiceState();
  readonly bits: 8 | 16;
  /** Of what is played now; another object when it changes. */
  format: AudioFormat;
  /** The last sample found nothing to play, or no room for what was recorded. */
  lacked = false;
  private readonly fifoBytes: number;
  private readonly frame = new Uint8Array(FRAME_BYTES);
  private readonly frames: readonly Uint8Array[];

  /** `fifoBytes`: of the FIFO, 4 to 256. */
  constructor(bits: 8 | 16, fifoBytes: number) {
    this.bits = bits;
    this.fifoBytes = fifoBytes;
    this.frames = [1, 2, 4].map((bytes) => this.frame.subarray(0, bytes));
    this.format = this.formatNow();
  }

  /** Bytes of a frame. */
  get frameBytes(): number {
    return this.bits / 8 << +this.state.stereo;
  }

  /** Begins a transfer; what ran before is given up. */
  start(now: Ticks, command: VoiceCommand): void {
    const s = this.state;
    s.active = true;
    s.paused = false;
    s.begun = false;
    s.input = command.input;
    s.auto = command.auto;
    s.leaving = false;
    s.signed = command.signed;
    s.stereo = command.stereo;
    s.block = command.block;
    s.left = command.block;
    s.next = 0;
    s.rate = command.rate;
    s.divisor = command.divisor;
    s.depth = command.fifo ? this.fifoBytes : this.frameBytes;
    s.head = 0;
    s.count = 0;
    this.clockFrom(now);
    this.derive();
  }

  /**
   * Goes on with a further block of the same kind: the sample clock and what is in the FIFO stay.
   */
  goOn(command: VoiceCommand): void {
    const s = this.state;
    s.auto = command.auto;
    s.leaving = false;
    s.block = command.block;
    s.left = command.block;
  }

  /** A command asks for the same samples as those that are in the FIFO. */
  continues(command: VoiceCommand): boolean {
    const s = this.state;
    return s.active && !s.paused && !s.input && !command.input && s.left === 0 && s.signed === command.signed &&
      s.stereo === command.stereo && s.rate === command.rate && s.divisor === command.divisor &&
      s.depth === (command.fifo ? this.fifoBytes : this.frameBytes);
  }

  /** A single block that auto-init is left for when its own block ends (guide, chapter 3). */
  leavesFor(command: VoiceCommand): boolean {
    const s = this.state;
    return s.active && !s.paused && s.auto && !command.auto && s.input === command.input;
  }

  stop(): void {
    this.state.active = false;
    this.state.count = 0;
  }

  /** No more requests; what is in the FIFO is still played (guide, chapter 6, D0h and D5h). */
  pause(): void {
    this.state.paused = true;
  }

  /** Goes on after a pause. A sample clock that has stopped begins anew. */
  resume(now: Ticks): void {
    if (!this.state.paused) return;
    if (!this.clocked) this.clockFrom(now);
    this.state.paused = false;
  }

  /** The sample clock runs. */
  get clocked(): boolean {
    const s = this.state;
    return s.active && (!s.paused || (!s.input && s.count >= this.frameBytes));
  }

  /**
   * A byte or word is wanted of the DMA controller, or there for it. Half a sample counts as room:
   * samples of 16 bits may come over the 8-bit channel.
   */
  get requests(): boolean {
    const s = this.state;
    if (!s.active || s.paused || !s.begun || s.left === 0) return false;
    return s.input ? s.count > 0 : s.count < s.depth;
  }

  /** Bytes arrive by DMA. Returns whether they end a block. */
  put(value: number, size: number): boolean {
    const s = this.state;
    for (let k = 0; k < size && s.count < FIFO_BYTES; k++) {
      s.fifo[(s.head + s.count++) % FIFO_BYTES] = value >>> (8 * k);
    }
    return this.transferred(size);
  }

  /** Bytes leave by DMA; `ended` is for `transferred` to tell. */
  take(size: number): number {
    const s = this.state;
    let value = 0;
    for (let k = 0; k < size; k++) {
      const byte = s.count > 0 ? s.fifo[s.head] : this.silence(k);
      value |= byte << (8 * k);
      if (s.count > 0) this.drop(1);
    }
    return value;
  }

  /** Counts bytes of the block down. Returns whether they end it; then the next one begins. */
  transferred(size: number): boolean {
    const s = this.state;
    if (s.left === 0) return false;
    s.left = Math.max(0, s.left - size);
    if (s.left > 0) return false;
    if (s.next > 0) {
      s.block = s.next;
      s.left = s.next;
      s.next = 0;
      s.auto = false;
    } else if (s.auto && !s.leaving) {
      s.left = s.block;
    } else {
      s.auto = false;
      // What was recorded is gone with the block; what is to be played leaves the FIFO first.
      if (s.input) this.stop();
    }
    return true;
  }

  /** Time of the next sample. */
  get nextSample(): Ticks {
    const s = this.state;
    return s.origin + mulDivCeil(s.due, TICKS_PER_SECOND * s.divisor, s.rate);
  }

  /**
   * The sample clock has come to a sample. A frame to be played, valid until the next call, or null
   * if there is none: none is due yet, the voice has ended, or it was not served in time
   * (`lacked`).
   */
  sample(): Uint8Array | null {
    const s = this.state;
    s.due++;
    this.lacked = false;
    if (!s.begun) {
      s.begun = true;
      return null;
    }
    if (s.input) {
      this.record();
      return null;
    }
    const bytes = this.frameBytes;
    if (s.count < bytes) {
      if (s.left === 0) this.stop();
      else this.lacked = !s.paused;
      return null;
    }
    for (let k = 0; k < bytes; k++) this.frame[k] = s.fifo[(s.head + k) % FIFO_BYTES];
    this.drop(bytes);
    return this.frames[bytes >> 1];
  }

  /** What was derived from state follows it again. */
  derive(): void {
    this.format = this.formatNow();
  }

  /** Silence is what is recorded: nothing is connected. What has no room is lost. */
  private record(): void {
    const s = this.state, bytes = this.frameBytes;
    this.lacked = s.count + bytes > s.depth;
    if (this.lacked) return;
    for (let k = 0; k < bytes; k++) s.fifo[(s.head + s.count++) % FIFO_BYTES] = this.silence(k);
  }

  /** A byte of a silent sample: unsigned samples rest at half of their range. */
  private silence(k: number): number {
    return this.state.signed || k % (this.bits / 8) < this.bits / 8 - 1 ? 0 : 0x80;
  }

  private drop(bytes: number): void {
    const s = this.state;
    s.head = (s.head + bytes) % FIFO_BYTES;
    s.count -= bytes;
  }

  private clockFrom(now: Ticks): void {
    this.state.origin = now;
    this.state.due = 1;
  }

  private formatNow(): AudioFormat {
    const { rate, divisor, stereo, signed } = this.state;
    return { rate: rate / divisor, channels: stereo ? 2 : 1, bits: this.bits, signed };
  }
}
