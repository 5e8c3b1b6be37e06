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
/** `mov dx, port; mov al, value; out dx, al`. */
export const out = (port: number, value: number): number[] =>
  [0x66, 0xba, port & 0xff, port >> 8, 0xb0, value, 0xee];
/** Waits for a character on COM1, then reads sector 0 of the primary master by PIO and passes. */
export const readsWhenTyped = (): Buffer => elf(
  // LCR: DLAB; divisor 1; 8 bits; MCR: RTS
  ...out(0x3fb, 0x83), ...out(0x3f8, 1), ...out(0x3f9, 0), ...out(0x3fb, 3), ...out(0x3fc, 2),
  // dx = 3FDh; L1: in al, dx; test al, 1; jz L1
  0x66, 0xba, 0xfd, 0x03, 0xec, 0xa8, 0x01, 0x74, 0xfb,
  // 1F2h: one sector; 1F3h to 1F5h: LBA 0; 1F6h: LBA, master; 1F7h: READ SECTORS
  0x66, 0xba, 0xf2, 0x01, 0xb0, 0x01, 0xee, 0x42, 0xb0, 0x00, 0xee, 0x42, 0xee, 0x42, 0xee,
  0x42, 0xb0, 0xe0, 0xee, 0x42, 0xb0, 0x20, 0xee,
  // L2: in al, dx; test al, 80h (BSY); jnz L2
  0xec, 0xa8, 0x80, 0x75, 0xfb,
  0xb0, 0x10, 0xe6, 0xf4, 0xf4,
);
