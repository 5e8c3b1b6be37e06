/** A processor as it is: registers, translations, the code at hand. */
import type { AddressWalk, CoreLook, HeldTranslation, Inspection } from '../../arch/isa.ts';
import { Processor } from '../../cpu/processor.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Ticks } from '../../sim/time.ts';

export interface ProcessorLook {
  readonly name: string;
  readonly title: string;
  readonly halted: boolean;
  /** Time of the instruction boundary, instructions executed since reset. */
  readonly now: Ticks;
  readonly instructions: number;
  /** Null if its instruction set shows nothing. */
  readonly core: CoreLook | null;
}

/** Code bytes by virtual address. */
export interface CodeLook {
  /** Virtual address of the first byte. */
  readonly address: number;
  /** Up to where the bytes can be had: the next page may have no translation. */
  readonly bytes: Uint8Array;
  readonly codeBits: 16 | 32;
  /** What is added to an instruction's virtual address to get its program counter, modulo 2^32. */
  readonly pcDelta: number;
}

/** Processors by number, 0 is the first. Null if there is none. */
function processorOf({ board }: Machine, number: number): Processor | null {
  const found = board.processors[number]?.processor;
  return found instanceof Processor ? found : null;
}

function inspectionOf(machine: Machine, number: number): Inspection | null {
  return processorOf(machine, number)?.architecture.inspection ?? null;
}

export function lookAtProcessor(machine: Machine, number = 0): ProcessorLook | null {
  const p = processorOf(machine, number);
  if (p === null) return null;
  return {
    name: p.name, title: p.describe()?.title ?? '', halted: p.halted, now: p.now, instructions: p.instructions,
    core: p.architecture.inspection?.look() ?? null,
  };
}

/** How a virtual address is translated now: page tables are read without effects. */
export function walkOf(machine: Machine, address: number, number = 0): AddressWalk | null {
  return inspectionOf(machine, number)?.walk(address >>> 0) ?? null;
}

export function translationsOf(machine: Machine, number = 0): HeldTranslation[] {
  return inspectionOf(machine, number)?.translations() ?? [];
}

/**
 * Up to `length` bytes by virtual address from `address` on (by default: of the next instruction),
 * by the page tables as they are. They end where a page has no translation or is no RAM or ROM.
 */
export function codeAt(machine: Machine, length: number, address?: number, number = 0): CodeLook | null {
  const inspection = inspectionOf(machine, number);
  const space = machine.board.processors[number]?.spaces[0];
  if (inspection === null || space === undefined) return null;
  const core = inspection.look(), first = (address ?? core.address) >>> 0;
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const at = (first + done) >>> 0, n = Math.min(length - done, 0x1000 - (at & 0xfff));
    const physical = inspection.walk(at).physical;
    const ram = physical === null ? null : space.ramAt(physical, n);
    if (ram === null) break;
    bytes.set(ram.bytes.subarray(space.ramOffset, space.ramOffset + n), done);
    done += n;
  }
  return { address: first, bytes: bytes.subarray(0, done), codeBits: core.codeBits, pcDelta: core.pc - core.address };
}
