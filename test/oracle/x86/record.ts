/** Binary records shared with `harness.c`: what a case is, what came out of it. */

/** Where the harness puts things: linear addresses, and offsets from them. */
export const PLACE = {
  CODE: 0x20000000,
  DATA: 0x30000000,
  /** Offset of the first byte of a case in the code page. */
  START: 0x100,
  /** Exits, relative to START: a forward and a backward branch target. */
  TAKEN: 0x80,
  BACK: -0x40,
  /** Offset of the window in the data area, and its size; it holds the operands and the stack. */
  WINDOW: 0x800,
  WINDOW_BYTES: 256,
  /** Both ends of the data area are cleared before each case. */
  EDGE_BYTES: 256,
  /** Offset of the stack pointer in the window. */
  STACK: 0xb0,
} as const;

/**
 * Segments of a case. FLAT: all flat, 32 bits. CODE16: 16-bit code, data and stack in segments of
 * 64 KiB at DATA. SEGMENTED: 32-bit code, data and stack in such segments, ESP. STACK16: the same
 * with SP.
 */
export const MODE = { FLAT: 0, CODE16: 1, SEGMENTED: 2, STACK16: 3 } as const;

/** Selectors that the harness has in place, by mode (64-bit Linux running a 32-bit process). */
export const SELECTOR = { FLAT_CODE: 0x23, FLAT_DATA: 0x2b, CODE16: 0x07, DATA16: 0x0f, DATA32: 0x17 } as const;

const IN_BYTES = 128;
const OUT_BYTES = 64 + PLACE.WINDOW_BYTES;

/**
 * Exit numbers of an outcome: past the instruction, the forward target, the backward target; a trap
 * has NONE.
 */
export const EXIT_KIND = { THROUGH: 0, TAKEN: 1, BACK: 2, NONE: 0xffffffff } as const;

export interface Case {
  readonly code: Uint8Array;
  readonly mode: number;
  /** EAX ECX EDX EBX ESP EBP ESI EDI. */
  readonly regs: Uint32Array;
  readonly flags: number;
  /** Fills the window. */
  readonly seed: number;
  /** Dwords stored into the window after that, at byte offsets; offset -1 = none. */
  readonly pokes: readonly [at: number, value: number][];
  /** EFLAGS bits and whether the results may differ, see `undefined-flags.ts`. */
  readonly ignore: number;
}

export interface Outcome {
  readonly regs: Uint32Array;
  readonly flags: number;
  /** Vector, or 0xffffffff. */
  readonly trap: number;
  readonly exit: number;
  /** EIP at a trap as an offset from START. */
  readonly eip: number;
  readonly window: Uint8Array;
}

export function encodeCases(cases: readonly Case[]): Uint8Array {
  const bytes = new Uint8Array(cases.length * IN_BYTES);
  const view = new DataView(bytes.buffer);
  cases.forEach((c, n) => {
    const at = n * IN_BYTES;
    bytes.set(c.code, at);
    const words = [c.code.length, c.mode, ...c.regs, c.flags, c.seed];
    for (let i = 0; i < 2; i++) words.push(...(c.pokes[i] ?? [0xffffffff, 0]));
    words.forEach((w, i) => view.setUint32(at + 64 + 4 * i, w >>> 0, true));
  });
  return bytes;
}

export function decodeOutcomes(bytes: Uint8Array, cases: readonly Case[]): Outcome[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (bytes.length !== cases.length * OUT_BYTES)
    throw new Error(`${bytes.length} bytes of results for ${cases.length} cases`);
  return cases.map((c, n) => {
    const at = n * OUT_BYTES;
    const word = (i: number): number => view.getUint32(at + 4 * i, true);
    const start = c.mode === MODE.CODE16 ? PLACE.START : PLACE.CODE + PLACE.START;
    const trap = word(9);
    return {
      regs: Uint32Array.from({ length: 8 }, (_, i) => word(i)), flags: word(8), trap, exit: word(11),
      eip: trap === 0xffffffff ? 0 : (word(12) - start) | 0,
      window: bytes.slice(at + 64, at + OUT_BYTES),
    };
  });
}

/** Initial bytes of a case's window. */
export function fillWindow(c: Case, window: Uint8Array): void {
  let x = c.seed;
  for (let i = 0; i < window.length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    window[i] = x >>> 24;
  }
  for (const [at, value] of c.pokes) for (let i = 0; i < 4; i++) window[at + i] = (value >>> (8 * i)) & 0xff;
}
