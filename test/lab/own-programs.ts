/** Small programs of a user's, as files. */
import { Buffer } from 'node:buffer';

/** A file as a page is given it. */
export interface GivenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export function given(name: string, bytes: Uint8Array | string): GivenFile {
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes as string) };
}

const ENTRY = 0x10_0000;
const HEADER = 52, PROGRAM_HEADER = 32;

/** An ELF32 executable of one segment with machine code at 1 MiB. */
export function elf(...code: number[]): Buffer {
  const file = Buffer.alloc(HEADER + PROGRAM_HEADER + code.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(3, 18);
  for (const [at, value] of [[20, 1], [24, ENTRY], [28, HEADER]] as const) file.writeUInt32LE(value, at);
  for (const [at, value] of [[40, HEADER], [42, PROGRAM_HEADER], [44, 1]] as const) file.writeUInt16LE(value, at);
  const start = HEADER + PROGRAM_HEADER;
  [1, start, ENTRY, ENTRY, code.length, code.length, 5, 4].forEach((v, n) => file.writeUInt32LE(v, HEADER + 4 * n));
  file.set(code, start);
  return file;
}

/** Writes `value` to the exit port: `mov al, value; out F4h, al; hlt`. */
export const exits = (value: number): Buffer => elf(0xb0, value, 0xe6, 0xf4, 0xf4);
/** Three POST codes, then the pass code. */
export const marks = (): Buffer =>
  elf(0xb0, 0x11, 0xe6, 0x80, 0xb0, 0x22, 0xe6, 0x80, 0xb0, 0x33, 0xe6, 0x80, 0xb0, 0x10, 0xe6, 0xf4, 0xf4);
