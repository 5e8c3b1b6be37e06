import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { basename } from 'node:path';
import { ChunkCache } from '../../../src/control/software/chunk-cache.ts';
import type { BlockBackend } from '../../../src/host/block.ts';
import { InputError, systemReason } from '../input-error.ts';

/** Bytes that are read at a time for the digest. */
const PIECE = 1024 * 1024;
/** Time stamps of file systems are not coarser than this (ms; FAT). */
const COARSEST_TIME = 2000;

/**
 * A disk image in a file, opened for reading only: nothing that a guest does changes it. Writes go
 * to a DiskOverlay over it. Reads are synchronous, by chunks of 256 KiB, of which the 64 used last
 * are kept.
 */
export class FileDisk implements BlockBackend {
  readonly name: string;
  readonly size: number;
  readonly readOnly = true;
  /** Path with symbolic links resolved. */
  readonly path: string;
  /** The open file: still there when the path is gone. */
  readonly fd: number;
  private readonly opened: BigIntStats;
  /** Its last change was long enough ago. */
  private readonly settled: boolean;
  private readonly chunks: ChunkCache;
  private digest = '';

  /**
   * @param what what it is for, in messages
   * @throws InputError if the file cannot be read or, for a disk, is no whole number of sectors
   */
  constructor(path: string, what: 'disk' | 'cd' = 'disk') {
    try {
      this.path = realpathSync(path);
      this.fd = openSync(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      throw new InputError(`cannot open ${what} '${path}': ${systemReason(error)}`);
    }
    this.name = basename(path);
    this.opened = fstatSync(this.fd, { bigint: true });
    this.settled = Date.now() - Number(this.opened.ctimeMs) >= COARSEST_TIME;
    const wrong = this.refusal(what);
    if (wrong !== '') {
      closeSync(this.fd);
      throw new InputError(`${what} '${path}' ${wrong}`);
    }
    this.size = Number(this.opened.size);
    this.chunks = new ChunkCache(this.size, (offset, bytes) => this.fetch(offset, bytes));
  }

  private refusal(what: 'disk' | 'cd'): string {
    const size = Number(this.opened.size), give = what === 'disk' ? 'give a raw disk image' : 'give a CD image (.iso)';
    if (!this.opened.isFile()) return `is no regular file; ${give}`;
    if (size === 0) return `is empty; ${give}`;
    if (what === 'cd') return '';
    if (size % 512 !== 0)
      return `has ${size} bytes, which is no multiple of 512; a raw disk image is made of whole sectors ` +
        `(to pad it: truncate -s %512 FILE)`;
    const magic = new Uint8Array(4);
    readSync(this.fd, magic, 0, 4, 0);
    if (magic[0] === 0x51 && magic[1] === 0x46 && magic[2] === 0x49 && magic[3] === 0xfb)
      return 'is a qcow2 image; convert it first: qemu-img convert -O raw IMAGE disk.img';
    return '';
  }

  read(offset: number, buffer: Uint8Array, at: number, length: number): void {
    this.chunks.read(offset, buffer, at, length);
  }

  write(): void {
    throw new Error(`disk ${this.name} is opened for reading only`);
  }

  flush(): void {}

  /**
   * What has become of the file since it was opened: `same` if the path names it and nothing was
   * written to it; `written` if somebody did; `replaced` or `gone` if the path names another file
   * or none, and the open one is as it was.
   */
  fate(): 'same' | 'written' | 'replaced' | 'gone' {
    const now = fstatSync(this.fd, { bigint: true });
    if (now.size !== this.opened.size || now.mtimeNs !== this.opened.mtimeNs) return 'written';
    const there = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    if (there === undefined) return 'gone';
    return there.dev === now.dev && there.ino === now.ino ? 'same' : 'replaced';
  }

  /**
   * Which file it is, and when it was last written to; '' if it was just before it was opened, so
   * that another write might have the same time, or has been since: parts may be read already.
   */
  get identity(): string {
    const now = fstatSync(this.fd, { bigint: true }), { dev, ino, size, mtimeNs, ctimeNs } = this.opened;
    if (!this.settled || now.size !== size || now.mtimeNs !== mtimeNs || now.ctimeNs !== ctimeNs) return '';
    return `file ${dev} ${ino} of ${size} bytes, ${mtimeNs} ${ctimeNs}`;
  }

  /**
   * SHA-256 of all of it, lower-case hexadecimal digits: a second for each gigabyte, once.
   * @throws InputError if it cannot be read, or has been written to since it was opened: nobody
   *   can say then what of it the guest has seen
   */
  sha256(): string {
    if (this.digest === '' && this.fate() !== 'written') this.digest = this.hashed();
    if (this.fate() === 'written') {
      this.digest = '';
      throw new InputError(`disk '${this.path}' has been written to since it was opened: no snapshot fits it`);
    }
    return this.digest;
  }

  private hashed(): string {
    const hash = createHash('sha256'), piece = Buffer.allocUnsafe(PIECE);
    try {
      for (let at = 0; at < this.size;) {
        const n = readSync(this.fd, piece, 0, Math.min(PIECE, this.size - at), at);
        if (n === 0) break; // It has become shorter, which `fate` tells.
        hash.update(piece.subarray(0, n));
        at += n;
      }
    } catch (error) {
      throw new InputError(`disk '${this.path}' cannot be read: ${systemReason(error)}`);
    }
    return hash.digest('hex');
  }

  /** Owner, mode and allocation of the file as it was opened. */
  get stats(): BigIntStats {
    return this.opened;
  }

  close(): void {
    closeSync(this.fd);
  }

  private fetch(start: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let got = 0; got < length; ) {
      let n: number;
      try {
        n = readSync(this.fd, bytes, got, length - got, start + got);
      } catch (error) {
        throw new InputError(`disk '${this.path}' cannot be read at ${start + got}: ${systemReason(error)}`);
      }
      if (n === 0)
        throw new InputError(
          `disk '${this.path}' has become shorter while it was in use: it had ${this.size} bytes, now it ` +
            `ends at ${start + got}`,
        );
      got += n;
    }
    return bytes;
  }
}
