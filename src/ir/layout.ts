/**
 * Where everything lies in the engine's one WebAssembly.Memory, and the cells that every ISA has.
 * ISA-specific cells start at `STATE.ISA` and are laid out by the ISA (`arch/x86/state.ts`).
 *
 * Each core has a *window* of `WINDOW` bytes, and all that is its own stands there: cells, TLBs,
 * jump cache, IR. Addresses in `MAP` and `STATE` and in IR words count from the window's start; the
 * encoder adds the window (`Code` in `jit/wasm-code.ts`). RAM stands behind the windows, and
 * addresses of RAM ("host") count from the start of the memory.
 */

/** Byte addresses of the regions. */
export const MAP = {
  /** Cells that steer the engine and are no state (`ENGINE`). */
  ENGINE: 0x800,
  /** CPU state: engine cells, then ISA cells. 4 KiB. */
  STATE: 0x1000,
  /** Further ISA state (FPU, debug registers). 8 KiB. */
  STATE_EXT: 0x2000,
  STATE_END: 0x4000,
  /** One block's worth of µops for partial runs. 16 KiB. */
  SCRATCH: 0xc000,
  /** Jump cache: 32768 entries × 16 bytes {pc, mode, ir, high half of pc}. */
  JUMP_CACHE: 0x10000,
  /** A TLB of 1024 entries for each regime: see `tlbBase`. */
  TLB: 0x90000,
  /**
   * One i32 for each compiled function: entries left until it is compiled anew, together with what
   * it works with.
   */
  COUNTERS: 0xa8000,
  /** IR cache. */
  IR: 0x100000,
  IR_END: 0x2100000,
  /** Guest RAM, if there are not more cores than have room below it (`jit/guest-memory.ts`). */
  RAM: 0x4000000,
} as const;

/** Bytes that a core has for itself. */
export const WINDOW: number = MAP.IR_END;

export const TLB_ENTRIES = 1024;
export const MAX_REGIMES = 8;
/**
 * Offsets of the three tables of i32 in a TLB: the tags that reads and writes must find, and what
 * is added to a virtual address for the host's. A tag is the virtual page's address; INVALID_TAG
 * never matches. Entry n of each table belongs to pages whose number is n modulo
 * TLB_ENTRIES. (Tables rather than one of triples: a chase over many pages then touches less.)
 */
export const TLB = { READ: 0, WRITE: 0x1000, ADDEND: 0x2000, BYTES: 0x3000 } as const;
/** Where the TLB of a regime stands. */
export function tlbBase(regime: number): number {
  return MAP.TLB + regime * TLB.BYTES;
}
export const INVALID_TAG = 1;
export const JUMP_CACHE_ENTRIES = 32768;
export const UOP_BYTES = 16;

/** Cells of the engine itself (byte addresses of i32). */
export const STATE = {
  /**
   * Next instruction (x86: EIP, an offset in CS) when the interpreter is left at an instruction
   * boundary.
   */
  PC: MAP.STATE + 0x00,
  /** Instructions left until the deadline (signed). */
  IC: MAP.STATE + 0x04,
  /** Exit code (`EXIT`), 0 while running. */
  EXIT: MAP.STATE + 0x08,
  /** IR address of the µop at which the interpreter was left, see `EXIT`. */
  EXIT_IP: MAP.STATE + 0x0c,
  /** `tlbBase` of the regime that code runs in. */
  TLB_BASE: MAP.STATE + 0x10,
  /** Interned execution mode: the second half of the jump cache key. */
  MODE: MAP.STATE + 0x14,
  /** Lazy flags, see ADR 0002. */
  CC_RES: MAP.STATE + 0x18,
  CC_AUX: MAP.STATE + 0x1c,
  /**
   * Sixteen temporaries T0..T15, dead at instruction boundaries; eight of 64 bits where registers
   * have as many.
   */
  TEMP: MAP.STATE + 0x20,
  /** First cell of the ISA. */
  ISA: MAP.STATE + 0x80,
} as const;

/** Cells that steer the engine; they are not saved. */
export const ENGINE = {
  /** A head whose execution counter reaches this leaves with EXIT HOT; 0 = none does. */
  HOT_AT: MAP.ENGINE,
  /**
   * So many bytes from a fixed address on (`MemoryAccess.flatFrom`) may be read without the TLB
   * where code counts on one addend; 0 = none. An access that begins in them may end behind.
   */
  FLAT_BYTES: MAP.ENGINE + 0x04,
  /**
   * A line of the write-combining buffers that stores reach here, while code runs (`OpenLine` in
   * `cpu/open-line.ts`): its virtual address, a multiple of 32, or an odd number if there is none.
   */
  OPEN_LINE: MAP.ENGINE + 0x08,
  /** Bit (address / 4) mod 32: a doubleword of it that has not been stored to as a whole. */
  OPEN_FREE: MAP.ENGINE + 0x0c,
  /** How many stores it took. */
  OPEN_STORES: MAP.ENGINE + 0x10,
  /** Its 32 bytes. */
  OPEN_DATA: MAP.ENGINE + 0x20,
  /**
   * Not 0: the architecture's cells for a clock that goes with the instructions hold; it was
   * read since the last bus access. A new budget clears the first.
   */
  CLOCK_VALID: MAP.STATE - 0x08,
  CLOCK_USED: MAP.STATE - 0x04,
} as const;

/** The cells that rows with implicit operands use (`OpRow.implicit`; x86: EAX, EDX). */
export const FIXED = { ACC: STATE.ISA + 0, DATA: STATE.ISA + 8 } as const;

/**
 * A segment as the `seg` µop sees it: 32 bytes in ISA state. An access of n bytes at offset o
 * passes when o >= min, o + n - 1 <= max and o + n - 1 does not wrap; a segment that allows none
 * has min = 0xffffffff, max = 0.
 */
export const SEGMENT = {
  BASE: 0, RMIN: 4, RMAX: 8, WMIN: 12, WMAX: 16, SELECTOR: 20, ATTRIBUTES: 24, LIMIT: 28, BYTES: 32,
} as const;

/** Why the interpreter returned. */
export const EXIT = {
  NONE: 0,
  /**
   * A µop could not complete: a guest fault is recorded by the import that was called. EXIT_IP =
   * that µop.
   */
  FAULT: 1,
  /** A µop completed and asked to leave. EXIT_IP = the next µop (may be in mid-instruction). */
  LEAVE: 2,
  /** A head found ic < n. EXIT_IP = the head; nothing of the block ran. */
  DEADLINE: 3,
  /**
   * No IR known for PC (cell PC is set). EXIT_IP = the goto/jcc µop whose link could be filled, or
   * 0.
   */
  MISS: 4,
  /** `stop` µop (scratch IR): EXIT_IP = the stop µop; PC is not set. */
  STOP: 5,
  /**
   * `sync`/`syncr` µop: PC is set, EXIT_IP = that µop; the run loop must re-evaluate mode and
   * interrupts.
   */
  SYNC: 6,
  /**
   * A head's execution counter has reached `ENGINE.HOT_AT`, or the counter of its compiled function
   * 0. EXIT_IP = the head; nothing of the block ran.
   */
  HOT: 7,
} as const;
