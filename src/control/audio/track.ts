import type { AudioBackend, AudioFormat } from '../../host/audio.ts';
import { TICKS_PER_SECOND } from '../../sim/time.ts';

/** Where the bytes of a track go. */
export interface TrackSink {
  /** A track in this format begins; the first one, or because the format has changed. */
  begin(format: AudioFormat): void;
  /**
   * Bytes as WAV has them: 8 bits unsigned, 16 bits signed, low byte first; valid in the call.
   * `silent`: of a silence that the track has between frames.
   */
  write(bytes: Uint8Array, silent: boolean): void;
}

/** Silence is written in pieces of so many bytes. */
const PIECE = 4096;

/**
 * Frames in simulated time become a track: silence stands where at least half a frame's time passed
 * without one. Nothing before the first frame, nothing behind the last. Another format (rate,
 * channels, bits) begins another track.
 */
export class AudioTrack implements AudioBackend {
  /** Frames that came, and frames of silence between them, of all tracks. */
  frames = 0;
  silentFrames = 0;
  private readonly sink: TrackSink;
  private format: AudioFormat | null = null;
  private period = 1;
  private last = 0;
  private readonly converted = new Uint8Array(4);
  private readonly silence = new Uint8Array(PIECE);

  constructor(sink: TrackSink) {
    this.sink = sink;
  }

  frame(time: number, format: AudioFormat, frame: Uint8Array): void {
    if (format !== this.format) this.follow(format);
    if (this.frames > 0) this.fill(Math.round((time - this.last) / this.period) - 1, frame.length);
    this.last = time;
    this.frames++;
    this.sink.write(this.asWav(format, frame), false);
  }

  private follow(format: AudioFormat): void {
    const before = this.format;
    this.format = format;
    if (before !== null && before.rate === format.rate && before.channels === format.channels &&
      before.bits === format.bits) return;
    this.period = TICKS_PER_SECOND / format.rate;
    this.silence.fill(format.bits === 8 ? 0x80 : 0);
    // A track begins with its first frame.
    this.last = Number.POSITIVE_INFINITY;
    this.sink.begin(format);
  }

  private fill(count: number, frameBytes: number): void {
    if (!(count > 0)) return;
    this.silentFrames += count;
    for (let left = count * frameBytes; left > 0; left -= PIECE)
      this.sink.write(left < PIECE ? this.silence.subarray(0, left) : this.silence, true);
  }

  private asWav({ bits, signed }: AudioFormat, frame: Uint8Array): Uint8Array {
    if (signed === (bits === 16)) return frame;
    for (let i = 0; i < frame.length; i++)
      this.converted[i] = bits === 8 || i % 2 === 1 ? frame[i] ^ 0x80 : frame[i];
    return this.converted.subarray(0, frame.length);
  }
}

/** Bytes one behind the other, as many as come. */
class Growing {
  private kept = new Uint8Array(PIECE);
  private used = 0;

  get bytes(): Uint8Array {
    return this.kept.subarray(0, this.used);
  }

  put(bytes: Uint8Array): void {
    while (this.used + bytes.length > this.kept.length) {
      const longer = new Uint8Array(2 * this.kept.length);
      longer.set(this.kept);
      this.kept = longer;
    }
    this.kept.set(bytes, this.used);
    this.used += bytes.length;
  }
}

/** Keeps what was played, for those who check it. */
export class AudioTake implements AudioBackend {
  /** The format of each track. */
  readonly formats: AudioFormat[] = [];
  private readonly whole = new Growing();
  private readonly heard = new Growing();
  private readonly track = new AudioTrack({
    begin: (format) => this.formats.push(format),
    write: (bytes, silent) => {
      this.whole.put(bytes);
      if (!silent) this.heard.put(bytes);
    },
  });

  frame(time: number, format: AudioFormat, frame: Uint8Array): void {
    this.track.frame(time, format, frame);
  }

  /** All bytes so far, of all tracks, as WAV has them: with the silences. */
  get bytes(): Uint8Array {
    return this.whole.bytes;
  }
  /** What came, without the silences. */
  get sound(): Uint8Array {
    return this.heard.bytes;
  }
  /** Frames that came. */
  get frames(): number {
    return this.track.frames;
  }
  /** Frames of silence between them. */
  get silentFrames(): number {
    return this.track.silentFrames;
  }
}
