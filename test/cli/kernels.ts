/**
 * Kernels of a few bytes for tests of the command line: a bzImage header, then 32-bit code that
 * runs at 1 MiB.
 */

/** A sound bzImage (boot protocol 2.15) of one setup sector around the code. */
export function bzImage(code: readonly number[]): Buffer {
  const size = Math.ceil(Math.max(code.length, 512) / 16) * 16;
  const k = Buffer.alloc(2 * 512 + size);
  k[0x1f1] = 1; // setup_sects
  k.writeUInt32LE(size / 16, 0x1f4);
  k.writeUInt16LE(0xaa55, 0x1fe);
  k[0x201] = 0x66; // the header ends at 268h
  k.write('HdrS', 0x202);
  k.writeUInt16LE(0x20f, 0x206);
  k[0x211] = 1; // LOADED_HIGH
  k.writeUInt32LE(0x7fffffff, 0x22c);
  k.writeUInt32LE(2047, 0x238);
  Buffer.from(code).copy(k, 1024);
  return k;
}

/** in al, port, until none of the bits is set. */
const waitWhile = (port: number, bits: number): number[] => [...dx(port), 0xec, 0xa8, bits, 0x75, 0xfb];
const dx = (port: number): number[] => [0x66, 0xba, port & 255, port >> 8];
const out = (port: number, value: number): number[] => [...dx(port), 0xb0, value, 0xee];
const HALT = [0xfa, 0xf4]; // cli; hlt

/** in al, port, until one of the bits is set. */
const waitFor = (port: number, bits: number): number[] => [...dx(port), 0xec, 0xa8, bits, 0x74, 0xfb];
/** 115200 baud, 8 bits, no parity, and Request To Send. */
const SERIAL = [...out(0x3fb, 0x83), ...out(0x3f8, 1), ...out(0x3f9, 0), ...out(0x3fb, 3), ...out(0x3fc, 2)];
const character = (c: string): number[] => [...waitFor(0x3fd, 0x20), ...out(0x3f8, c.charCodeAt(0))];

const PRINT = (text: string): number[] => [...SERIAL, ...[...text].flatMap(character)];

/** Code that runs wherever it stands. */
export const CODE = {
  /** Prints a text and halts at once, with the last characters still on their way. */
  printing: (text: string): number[] => [...PRINT(text), ...HALT],
} as const;

/** A kernel of that code. */
export function printing(text: string): Buffer {
  return bzImage(CODE.printing(text));
}

/** Echoes; halts after a `q`. */
const ECHOING = [
  ...waitFor(0x3fd, 0x01), // 9 bytes
  ...waitFor(0x3fd, 0x20), // 9
  ...dx(0x3f8), 0xec, 0xee, // in al, dx; out dx, al: 6
  0x3c, 0x71, 0x75, -28 & 0xff, // cmp al, 'q'; jne to the first wait: 4
  ...HALT,
];

/** Turns Request To Send on and echoes; halts after a `q`. */
export const ECHO = bzImage([...SERIAL, ...ECHOING]);

/** The same after a text. */
export function prompting(text: string): Buffer {
  return bzImage([...SERIAL, ...[...text].flatMap(character), ...ECHOING]);
}

/** The same at 9600 baud, by a driver that knows no modem lines: LCR 3, MCR 0, IER 1. */
export const ECHO_THREE_WIRES = bzImage([
  ...out(0x3fb, 0x83), ...out(0x3f8, 12), ...out(0x3f9, 0), ...out(0x3fb, 3), ...out(0x3fc, 0), ...out(0x3f9, 1),
  ...waitFor(0x3fd, 0x01), ...waitFor(0x3fd, 0x20), ...dx(0x3f8), 0xec, 0xee, 0x3c, 0x71, 0x75, -28 & 0xff,
  ...HALT,
]);

/** Writes to the UART without end, and never asks whether there is room: a note for each. */
export const HASTY = bzImage([...SERIAL, ...dx(0x3f8), 0xee, 0xeb, 0xfd]); // out dx, al; jmp to it

/** The same at 115200 baud, by a driver that polls, too: all that is seen of it is a port at rest. */
export const ECHO_AT_REST = bzImage([
  ...out(0x3fb, 0x83), ...out(0x3f8, 1), ...out(0x3f9, 0), ...out(0x3fb, 3), ...ECHOING,
]);

/** Halts at once. */
export const HALTED = bzImage(HALT);

/** Writes its own first 512 bytes to sector `lba` by PIO, then halts, or runs on for ever. */
export function diskWriting(lba: number, then: 'halt' | 'loop'): Buffer {
  return bzImage([
    ...waitWhile(0x1f7, 0x80), // BSY after reset
    ...out(0x1f6, 0xe0), ...out(0x1f2, 1), ...out(0x1f3, lba), ...out(0x1f4, 0), ...out(0x1f5, 0),
    ...out(0x1f7, 0x30), // WRITE SECTORS
    ...waitFor(0x1f7, 0x08), // DRQ
    ...dx(0x1f0), 0xb9, 0, 1, 0, 0, 0xbe, 0, 0, 0x10, 0, // mov ecx, 256; mov esi, 100000h
    0xfc, 0xf3, 0x66, 0x6f, // cld; rep outsw
    ...waitWhile(0x1f7, 0x80),
    ...SERIAL, ...character('w'), // it is written
    ...(then === 'halt' ? HALT : [0xeb, 0xfe]),
  ]);
}

/** An exception without a table of handlers. */
export const TRIPLE_FAULT = bzImage([0x0f, 0x01, 0x1d, 0x14, 0, 0x10, 0, 0xcc, 0xf4]); // lidt [100014h] (zeros); int3

/** Kernels that print a text and end at once, with the last characters still on their way. */
export const ENDING = {
  reset: (text: string): Buffer => bzImage([...PRINT(text), ...out(0xcf9, 6), ...HALT]),
  /** push 0; push 0; lidt [esp]; int3 */
  tripleFault: (text: string): Buffer =>
    bzImage([...PRINT(text), 0x6a, 0, 0x6a, 0, 0x0f, 0x01, 0x1c, 0x24, 0xcc, 0xf4]),
} as const;
/** Turns PAE on, as a kernel for other processors does. */
export const WANTS_PAE = bzImage([0x0f, 0x20, 0xe0, 0x83, 0xc8, 0x20, 0x0f, 0x22, 0xe0, 0xf4]);
/** For ever. */
export const LOOP = bzImage([0xeb, 0xfe]);

/** Prints a text, writes a value to the exit port (F4h), halts. */
export const EXITING = (text: string, value: number): number[] => [
  ...SERIAL, ...[...text].flatMap(character), ...out(0xf4, value), ...HALT,
];

/** Prints a text and runs on for ever. */
export const SAYING = (text: string): number[] => [...SERIAL, ...[...text].flatMap(character), 0xeb, 0xfe];

/** An ELF executable around code that runs at 1 MiB, with a multiboot header before it. */
export function multibootElf(code: readonly number[]): Buffer {
  const header = 12, at = 0x100000, offset = 0x54;
  const elf = Buffer.alloc(offset + header + code.length);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  elf.writeUInt16LE(2, 16); // ET_EXEC
  elf.writeUInt16LE(3, 18); // EM_386
  elf.writeUInt32LE(1, 20);
  elf.writeUInt32LE(at + header, 24); // entry
  elf.writeUInt32LE(52, 28); // program headers
  elf.writeUInt16LE(52, 40);
  elf.writeUInt16LE(32, 42);
  elf.writeUInt16LE(1, 44);
  [1, offset, at, at, header + code.length, header + code.length, 7, 4].forEach((w, i) =>
    elf.writeUInt32LE(w, 52 + 4 * i));
  elf.writeUInt32LE(0x1badb002, offset);
  elf.writeInt32LE(-0x1badb002, offset + 8);
  Buffer.from(code).copy(elf, offset + header);
  return elf;
}

/**
 * Says and marks what Debian's guest does in disk-read, and reads nothing: a mode, the measured
 * part (a loop of `steps`), the SHA-256.
 */
export function claiming(sha256: string, steps: number): Buffer {
  const say = (line: string): number[] => [...`${line}\n`].flatMap(character);
  return bzImage([
    ...SERIAL, ...say('nb: mode XFER_PIO_4'),
    ...out(0x80, 0xb0), 0xb9, ...u32(steps), 0x49, 0x75, 0xfd, ...out(0x80, 0xb1), // mov ecx, steps; dec ecx; jnz
    ...say(`nb: sha256 ${sha256}`), ...waitFor(0x3fd, 0x40), ...out(0x80, 0xdd), ...HALT,
  ]);
}
const u32 = (n: number): number[] => [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24];
