import {
  accessSync, closeSync, constants, copyFileSync, fstatSync, fsyncSync, openSync, readSync, realpathSync,
  renameSync, rmSync, writeSync, type Stats,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import type { BlockBackend } from '../../../src/host/block.ts';
import { InputError, systemReason } from '../input-error.ts';

const CHUNK = 256 * 1024;
const CACHED_CHUNKS = 64;

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
  private readonly fd: number;
  private readonly opened: Stats;
  private readonly chunks = new Map<number, Uint8Array>();

  /** @throws InputError if the file cannot be read or is no whole number of sectors */
  constructor(path: string) {
    try {
      this.path = realpathSync(path);
      this.fd = openSync(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      throw new InputError(`cannot open disk '${path}': ${systemReason(error)}`);
    }
    this.name = basename(path);
    this.opened = fstatSync(this.fd);
    const wrong = this.refusal();
    if (wrong !== '') {
      closeSync(this.fd);
      throw new InputError(`disk '${path}' ${wrong}`);
    }
    this.size = this.opened.size;
  }

  private refusal(): string {
    const { size } = this.opened;
    if (!this.opened.isFile()) return 'is no regular file; give a raw disk image';
    if (size === 0) return 'is empty; give a raw disk image';
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
    for (let done = 0; done < length; ) {
      const chunk = Math.floor((offset + done) / CHUNK);
      const inChunk = (offset + done) % CHUNK;
      const part = Math.min(length - done, CHUNK - inChunk);
      buffer.set(this.chunk(chunk).subarray(inChunk, inChunk + part), at + done);
      done += part;
    }
  }

  write(): void {
    throw new Error(`disk ${this.name} is opened for reading only`);
  }

  flush(): void {}

  /** Whether the file is the same and as it was when it was opened. */
  unchanged(): boolean {
    const now = fstatSync(this.fd);
    return now.size === this.opened.size && now.mtimeMs === this.opened.mtimeMs;
  }

  /** True if `path` names this very file. */
  isSameFile(other: Stats): boolean {
    return other.dev === this.opened.dev && other.ino === this.opened.ino;
  }

  close(): void {
    closeSync(this.fd);
  }

  private chunk(index: number): Uint8Array {
    let bytes = this.chunks.get(index);
    if (bytes !== undefined) {
      if (this.chunks.size === CACHED_CHUNKS) {
        this.chunks.delete(index);
        this.chunks.set(index, bytes);
      }
      return bytes;
    }
    const start = index * CHUNK;
    bytes = new Uint8Array(Math.min(CHUNK, this.size - start));
    for (let got = 0; got < bytes.length; ) {
      let n: number;
      try {
        n = readSync(this.fd, bytes, got, bytes.length - got, start + got);
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
    if (this.chunks.size >= CACHED_CHUNKS) this.chunks.delete(this.chunks.keys().next().value as number);
    this.chunks.set(index, bytes);
    return bytes;
  }
}

/** Refuses at the start what could not be written back at the end. @throws InputError */
export function checkWritable(disk: FileDisk): void {
  try {
    accessSync(disk.path, constants.W_OK);
  } catch (error) {
    throw new InputError(`--write-disk: '${disk.path}' cannot be written: ${systemReason(error)}`);
  }
  try {
    accessSync(dirname(disk.path), constants.W_OK);
  } catch (error) {
    throw new InputError(
      `--write-disk: a new copy is made in '${dirname(disk.path)}', which cannot be written: ${systemReason(error)}`,
    );
  }
}

/**
 * Writes what the guest changed to the disk's file, all or nothing: a copy beside it gets the
 * changed pages, is made durable, and takes the file's place by one rename. Whenever the process
 * ends before that rename, the file is as it was.
 * @returns number of bytes changed
 * @throws InputError if it cannot be done; the file is then as it was
 */
export function commitOverlay(disk: FileDisk, overlay: DiskOverlay): number {
  if (overlay.changedPages === 0) return 0;
  const copy = join(dirname(disk.path), `.${basename(disk.path)}.northbridge-${process.pid}`);
  let changed = 0;
  try {
    copyFileSync(disk.path, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const fd = openSync(copy, 'r+');
    try {
      for (const { offset, bytes } of overlay.changes()) {
        for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
        changed += bytes.length;
      }
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (!disk.unchanged()) throw new InputError('somebody else changed it during the run');
    renameSync(copy, disk.path);
  } catch (error) {
    rmSync(copy, { force: true });
    const why = error instanceof InputError ? error.message : systemReason(error);
    throw new InputError(`disk '${disk.path}' was not written, it is as it was: ${why}`);
  }
  // The rename itself is durable once the folder is.
  try {
    const folder = openSync(dirname(disk.path), 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch {
    // Some file systems cannot sync a folder; the contents are safe either way.
  }
  return changed;
}
