/**
 * The x87 instructions that have a function of their own in WebAssembly (`module.ts`): those that
 * compilers use. Each does what `fpu/` does to normal numbers and zeros, rounded to nearest (to
 * integers: in any way) with PE masked, without stack faults, with operands that the TLB lets pass;
 * else it refuses, and `fpu/` does it.
 */
import type { Form } from './form.ts';
import { MEMORY_FORMS } from './memory-forms.ts';
import { REGISTER_FORMS } from './register-forms.ts';

/** In the order of their numbers, which begin with 1. */
export const FAST_FORMS: readonly Form[] = [...REGISTER_FORMS, ...MEMORY_FORMS];

const NUMBERS = new Uint8Array(0x800);
FAST_FORMS.forEach(({ codes }, index) => {
  for (const code of codes) NUMBERS[code] = index + 1;
});

/** Number of the function for opcode D8..DF with this ModRM byte, or 0. */
export function fastFunction(opcode: number, modrm: number): number {
  return NUMBERS[((opcode & 7) << 8) | (modrm >= 0xc0 ? modrm : modrm & 0x38)];
}
