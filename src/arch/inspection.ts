/**
 * What an instruction set shows of one core to people who look without touching. Everything is
 * plain data. No call changes anything that software, a device or a snapshot could see; a core is
 * looked at between two runs.
 */

/** Registers that belong together. */
export interface RegisterGroup {
  /** `general`, `segments` ... */
  readonly name: string;
  readonly registers: readonly ProcessorRegister[];
}

export interface ProcessorRegister {
  /** As the manual writes it: `EAX`. */
  readonly name: string;
  /** The value in hexadecimal, as many digits as the register is wide. */
  readonly digits: string;
  /** What the value says, in words; '' where the digits say all. */
  readonly text: string;
  /** What the register is for; '' where its name says it. */
  readonly doc: string;
  readonly fields: readonly ProcessorField[];
}

/** Bits of a register with a name, from high to low. */
export interface ProcessorField {
  readonly name: string;
  readonly high: number;
  readonly low: number;
  readonly value: number;
  readonly doc: string;
}

/** A core at an instruction boundary. */
export interface CoreLook {
  readonly groups: readonly RegisterGroup[];
  /** How it executes, in words: `32-bit protected mode, paging, privilege level 0`. */
  readonly mode: string;
  /** Bits of operands and addresses of its code, unless a prefix says otherwise. */
  readonly codeBits: 16 | 32;
  /** The program counter, and the virtual address that it stands for. */
  readonly pc: number;
  readonly address: number;
  /** Where the documents are: name and section. */
  readonly source: string;
}

/** One table that a walk read. */
export interface WalkStep {
  /** `page directory`. */
  readonly table: string;
  /** Physical address of the entry. */
  readonly address: number;
  /** The entry in hexadecimal; '' if it does not stand in RAM, so that it was not read. */
  readonly digits: string;
  /** What it says: `present, writable, supervisor`. */
  readonly text: string;
}

/** How a virtual address is translated now, by the tables as they are. */
export interface AddressWalk {
  readonly address: number;
  readonly steps: readonly WalkStep[];
  /** Physical address, or null if there is none; then `why` says why. */
  readonly physical: number | null;
  readonly why: string;
}

/** A translation that the core holds. */
export interface HeldTranslation {
  /** What it is for: `data`, `code`. */
  readonly kind: string;
  /** Whose: `supervisor`, `user`. */
  readonly regime: string;
  /** Virtual and physical address of the page. */
  readonly page: number;
  readonly frame: number;
  /** `writable, global, UC`. */
  readonly text: string;
}

export interface Inspection {
  look(): CoreLook;
  walk(address: number): AddressWalk;
  /** By kind, regime and page. */
  translations(): HeldTranslation[];
}
