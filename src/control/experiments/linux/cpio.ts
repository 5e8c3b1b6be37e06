import { asciiBytes } from '../../snapshot-blob.ts';

/**
 * A member of an archive. Paths are relative, without a leading `/`; folders come before what is in
 * them.
 */
export type CpioEntry =
  | { readonly path: string; readonly kind: 'file'; readonly bytes: Uint8Array; readonly mode: number }
  | { readonly path: string; readonly kind: 'folder'; readonly mode: number }
  | { readonly path: string; readonly kind: 'link'; readonly target: string }
  | {
      readonly path: string;
      readonly kind: 'character';
      readonly mode: number;
      readonly major: number;
      readonly minor: number;
    };

const TYPE = { file: 0o100000, folder: 0o040000, link: 0o120000, character: 0o020000 } as const;
const TYPE_MASK = 0o170000;
const TRAILER = 'TRAILER!!!';
/** Bytes before a member's name. */
const HEADER = 110;
const LONGEST_NAME = 4096;

/**
 * Writes a "newc" cpio archive as the kernel unpacks it
 * (Documentation/driver-api/early-userspace/buffer-format.rst). Owner root, all times 0: same
 * members, same bytes. Paths are ASCII.
 */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const add = (bytes: Uint8Array): void => { parts.push(bytes); length += bytes.length; };
  const pad = (): void => { if (length % 4 !== 0) add(new Uint8Array(4 - (length % 4))); };
  const member = (
    inode: number, path: string, mode: number, links: number, data: Uint8Array, major: number, minor: number,
  ): void => {
    const name = asciiBytes(`${path}\0`);
    // ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check
    const fields = [inode, mode, 0, 0, links, 0, data.length, 0, 0, major, minor, name.length, 0];
    add(asciiBytes(`070701${fields.map((f) => f.toString(16).toUpperCase().padStart(8, '0')).join('')}`));
    add(name);
    pad();
    add(data);
    pad();
  };
  const none = new Uint8Array(0);
  entries.forEach((e, i) => {
    const data = e.kind === 'file' ? e.bytes : e.kind === 'link' ? asciiBytes(e.target) : none;
    const permissions = e.kind === 'link' ? 0o777 : e.mode;
    const device = e.kind === 'character' ? e : { major: 0, minor: 0 };
    member(i + 1, e.path, TYPE[e.kind] | permissions, e.kind === 'folder' ? 2 : 1, data, device.major, device.minor);
  });
  member(0, TRAILER, 0, 1, none, 0, 0);
  const out = new Uint8Array(Math.ceil(length / 512) * 512);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A file that `readCpio` found. */
export interface CpioFile {
  readonly path: string;
  /** A view of the archive. */
  readonly bytes: Uint8Array;
}

/**
 * The regular files of a "newc" archive, in its order.
 * @throws Error in one line if it is none, or not whole
 */
export function readCpio(archive: Uint8Array): CpioFile[] {
  const text = (at: number, length: number): string => String.fromCharCode(...archive.subarray(at, at + length));
  const files: CpioFile[] = [];
  for (let at = 0; ;) {
    const field = (n: number): number => Number.parseInt(text(at + 6 + n * 8, 8), 16);
    const mode = field(1), size = field(6), nameSize = field(11);
    const data = pad4(at + HEADER + nameSize);
    const whole = text(at, 6) === '070701' && nameSize > 0 && nameSize <= LONGEST_NAME && size >= 0 &&
      data + size <= archive.length;
    if (!whole) throw new Error(`no whole cpio archive (at ${at})`);
    const path = text(at + HEADER, nameSize - 1);
    if (path === TRAILER) return files;
    if ((mode & TYPE_MASK) === TYPE.file) files.push({ path, bytes: archive.subarray(data, data + size) });
    at = pad4(data + size);
  }
}

function pad4(at: number): number {
  return (at + 3) & ~3;
}
