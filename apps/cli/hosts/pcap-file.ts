import { closeSync, openSync, writeSync } from 'node:fs';
import { pcapHeader, pcapRecord } from '../../../src/control/export/pcap.ts';
import type { FrameTap } from '../../../src/host/frames.ts';
import { InputError, systemReason } from '../input-error.ts';
import { formatCount } from '../quantities.ts';

/**
 * The frames of a machine's wires, as they arrive, in a pcap file. Each record is written as a
 * whole when it comes, so that the file can be read to the last one whenever the process ends. What
 * a wire loses is not in it.
 */
export class PcapFile implements FrameTap {
  private readonly path: string;
  private fd = -1;
  private frames = 0;

  /** Makes nothing yet: a wire may never carry a frame. */
  constructor(path: string) {
    this.path = path;
  }

  /** @throws InputError if the file cannot be written */
  frame(_wire: string, frame: Uint8Array, _start: number, end: number, lost: boolean): void {
    if (lost) return;
    this.refusing(() => {
      if (this.fd < 0) {
        this.fd = openSync(this.path, 'w');
        this.put(pcapHeader());
      }
      this.put(pcapRecord(frame, end));
    });
    this.frames++;
  }

  /** @throws InputError */
  close(): void {
    if (this.fd >= 0) this.refusing(() => closeSync(this.fd));
    this.fd = -1;
  }

  /** One line for people: what was written. */
  get summary(): string {
    return this.frames === 0
      ? `no frame arrived anywhere: '${this.path}' was not written\n`
      : `${formatCount(this.frames)} frames in '${this.path}'\n`;
  }

  private put(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.fd, bytes, done);
  }

  private refusing(act: () => void): void {
    try {
      act();
    } catch (error) {
      throw new InputError(`cannot write pcap '${this.path}': ${systemReason(error)}`);
    }
  }
}
