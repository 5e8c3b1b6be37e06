/**
 * MOV to and from control and debug registers, LMSW, CLTS, INVLPG and the cache instructions (SDM
 * vol. 2 and vol. 3, 2.5).
 */
import { VECTOR } from '../fault.ts';
import {
  CR0_CD, CR0_EM, CR0_ET, CR0_MP, CR0_NE, CR0_NW, CR0_PE, CR0_PG, CR0_TS, CR0_WP, CR0_AM, CR4_DE, CR4_OSFXSR,
  CR4_PCE, CR4_PGE, CR4_PSE, CR4_TSD,
} from '../mmu.ts';
import { cr4Names, refuse } from '../refusal.ts';
import { setRanges } from '../segments.ts';
import { CR0, CR3, CR4, DR } from '../state.ts';
import type { X86 } from '../x86.ts';

const CR0_BITS = CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | CR0_PG;
const CR4_BITS = CR4_TSD | CR4_DE | CR4_PSE | CR4_PGE | CR4_PCE | CR4_OSFXSR;

/** Sets CR0 as a whole, with what follows from it. */
export function setCr0(x: X86, value: number): void {
  const w = x.words;
  const next = (value & CR0_BITS) | CR0_ET;
  if ((next & CR0_PG) !== 0 && (next & CR0_PE) === 0) x.protection();
  if ((next & CR0_NW) !== 0 && (next & CR0_CD) === 0) x.protection();
  const changed = next ^ w[CR0 >> 2];
  w[CR0 >> 2] = next;
  if ((changed & (CR0_PG | CR0_WP | CR0_PE | CR0_CD)) !== 0) x.mmu.flushAll();
  if ((changed & CR0_PE) !== 0) {
    for (let n = 0; n < 6; n++) setRanges(x, n);
  }
  if ((changed & (CR0_PE | CR0_PG)) !== 0) x.env.modeChanged();
}

export function setCr4(x: X86, value: number): void {
  if ((value & ~CR4_BITS) !== 0)
    refuse(x, VECTOR.GP, `a write of CR4 with ${cr4Names(value & ~CR4_BITS)}`);
  const changed = value ^ x.words[CR4 >> 2];
  x.words[CR4 >> 2] = value;
  if ((changed & (CR4_PSE | CR4_PGE)) !== 0) x.mmu.flushAll();
}

export function movToCr(x: X86, number: number, cell: number): void {
  x.privileged();
  const value = x.words[cell >> 2];
  if (number === 0) setCr0(x, value);
  else if (number === 4) setCr4(x, value);
  else if (number === 3) {
    x.words[CR3 >> 2] = value;
    if (x.mmu.flushNonGlobal()) x.env.leave();
  } else x.words[crCell(number) >> 2] = value;
}

/** CR0, CR2, CR3, CR4 lie in cells one after the other, without CR1. */
export function movFromCr(x: X86, number: number, cell: number): void {
  x.privileged();
  x.words[cell >> 2] = x.words[crCell(number) >> 2];
}

function crCell(number: number): number {
  return number === 0 ? CR0 : CR0 + 4 * (number - 1);
}

const GENERAL_DETECT = 0x2000, BREAK_DETECT = 0x2000;

/**
 * DR4 and DR5 are other names of DR6 and DR7 unless CR4.DE is set. DR7.GD makes any access a #DB.
 */
function debugRegister(x: X86, number: number): number {
  if ((number === 4 || number === 5) && (x.words[CR4 >> 2] & CR4_DE) !== 0) x.raise(VECTOR.UD);
  x.privileged();
  const dr7 = (DR >> 2) + 7;
  if ((x.words[dr7] & GENERAL_DETECT) !== 0) {
    x.words[dr7] &= ~GENERAL_DETECT;
    x.words[(DR >> 2) + 6] |= BREAK_DETECT;
    x.raise(VECTOR.DB);
  }
  return (DR >> 2) + (number === 4 || number === 5 ? number + 2 : number);
}

export function movToDr(x: X86, number: number, cell: number): void {
  const at = debugRegister(x, number);
  const value = x.words[cell >> 2];
  if (at === (DR >> 2) + 6) x.words[at] = (value & 0xe00f) | (0xffff0ff0 | 0);
  else if (at === (DR >> 2) + 7) {
    x.words[at] = (value & ~0xd800) | 0x400;
    if ((value & 0xff) !== 0)
      x.env.note('breakpoint', 'breakpoint registers are kept but breakpoints are not modelled');
  } else x.words[at] = value;
}

export function movFromDr(x: X86, number: number, cell: number): void {
  const at = debugRegister(x, number);
  x.words[cell >> 2] = x.words[at];
}

/** LMSW: PE can be set but not cleared. */
export function lmsw(x: X86, cell: number): void {
  x.privileged();
  const value = x.words[cell >> 2];
  const cr0 = x.words[CR0 >> 2];
  setCr0(x, (cr0 & ~(CR0_MP | CR0_EM | CR0_TS)) | (value & (CR0_PE | CR0_MP | CR0_EM | CR0_TS)));
}

export function clts(x: X86): void {
  x.privileged();
  x.words[CR0 >> 2] &= ~CR0_TS;
}

export function invlpg(x: X86, cell: number): void {
  x.privileged();
  if (x.mmu.flushPage(x.words[cell >> 2])) x.env.leave();
}

/** INVD, WBINVD: there are no caches to write back. */
export function cacheInstruction(x: X86): void {
  x.privileged();
}
