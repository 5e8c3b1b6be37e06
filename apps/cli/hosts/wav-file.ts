import { closeSync, openSync, writeSync } from 'node:fs';
import { extname } from 'node:path';
import { AudioTrack } from '../../../src/control/audio/track.ts';
import { WAV_HEADER, WAV_MOST, wavHeader } from '../../../src/control/audio/wav.ts';
import type { AudioBackend, AudioFormat } from '../../../src/host/audio.ts';
import { InputError, systemReason } from '../input-error.ts';
import { formatSeconds } from '../quantities.ts';

/** Samples that are collected before they are written. */
const BLOCK = 64 * 1024;

/**
 * What a machine plays, as a WAV file. It is there from the first sample on, and its sizes are
 * right after every block that is written, so that it can be read whenever the process ends. A
 * format that changes makes a further file, with a number in its name.
 */
export class WavFile implements AudioBackend {
  /** Names of the files that were made. */
  readonly made: string[] = [];
  private readonly path: string;
  private readonly track = new AudioTrack({
    begin: (format) => this.begin(format), write: (bytes) => this.put(bytes),
  });
  private format: AudioFormat | null = null;
  private fd = -1;
  private readonly buffer = new Uint8Array(BLOCK);
  private used = 0;
  private written = 0;
  private seconds = 0;
  private cut = false;

  /** Makes nothing yet: a machine may never play. */
  constructor(path: string) {
    this.path = path;
  }

  /** @throws InputError if the file cannot be written */
  frame(time: number, format: AudioFormat, frame: Uint8Array): void {
    this.track.frame(time, format, frame);
  }

  /** Writes what is left. @throws InputError */
  close(): void {
    if (this.fd < 0) return;
    this.refusing(() => {
      this.flush();
      // A chunk of odd length has a byte behind it that does not count.
      if (this.written % 2 === 1) this.at(WAV_HEADER + this.written, Uint8Array.of(0));
      closeSync(this.fd);
    });
    if (this.format !== null) this.seconds += this.written / bytesASecond(this.format);
    this.fd = -1;
  }

  /** One line for people: what was made. */
  get summary(): string {
    if (this.made.length === 0) return `nothing was played: '${this.path}' was not written\n`;
    const names = this.made.map((name) => `'${name}'`).join(', ');
    const silent = this.track.silentFrames;
    return `${formatSeconds(this.seconds)} of sound in ${names}` +
      `${silent === 0 ? '' : `, ${silent} of its ${this.track.frames + silent} frames silence`}` +
      `${this.cut ? '; a WAV file holds no more than 4 GiB, so the rest is missing' : ''}\n`;
  }

  private begin(format: AudioFormat): void {
    this.close();
    const number = this.made.length + 1, end = extname(this.path);
    const path = number === 1 ? this.path : `${this.path.slice(0, this.path.length - end.length)}-${number}${end}`;
    this.format = format;
    this.written = 0;
    this.refusing(() => {
      this.fd = openSync(path, 'w');
      this.at(0, wavHeader(format, 0));
    });
    this.made.push(path);
  }

  private put(bytes: Uint8Array): void {
    if (this.written + this.used + bytes.length > WAV_MOST) {
      this.cut = true;
      return;
    }
    if (this.used + bytes.length > BLOCK) this.refusing(() => this.flush());
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  private flush(): void {
    if (this.format === null || this.used === 0) return;
    this.at(WAV_HEADER + this.written, this.buffer.subarray(0, this.used));
    this.written += this.used;
    this.used = 0;
    this.at(0, wavHeader(this.format, this.written));
  }

  private at(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.fd, bytes, done, bytes.length - done, position + done);
  }

  private refusing(act: () => void): void {
    try {
      act();
    } catch (error) {
      throw new InputError(`cannot write audio '${this.path}': ${systemReason(error)}`);
    }
  }
}

/** The name of a method's file: `sound.wav` becomes `sound-direct.wav`. */
export function audioPathFor(path: string, method: string): string {
  const end = extname(path);
  return `${path.slice(0, path.length - end.length)}-${method}${end}`;
}

function bytesASecond({ rate, channels, bits }: AudioFormat): number {
  return rate * channels * bits / 8;
}
