/** Model-specific registers (SDM vol. 3, appendix B.2 "MSRs in the P6 family processors"). */
import { MEMORY_TYPE } from '../../mem/transaction.ts';
import { PAT_RESET_HIGH, PAT_RESET_LOW, VARIABLE_RANGES } from './memory-types.ts';
import { MSR_STATE } from './state.ts';
import type { X86 } from './x86.ts';

export const MSR = {
  TSC: 0x10, PLATFORM_ID: 0x17, EBL_CR_POWERON: 0x2a, BIOS_UPDT_TRIG: 0x79, BIOS_SIGN_ID: 0x8b,
  PERFCTR0: 0xc1, PERFCTR1: 0xc2, MTRR_CAP: 0xfe, BBL_CR_CTL: 0x119, BBL_CR_CTL3: 0x11e, SYSENTER_CS: 0x174,
  SYSENTER_ESP: 0x175, SYSENTER_EIP: 0x176, PERFEVTSEL0: 0x186, PERFEVTSEL1: 0x187, DEBUGCTL: 0x1d9,
  LASTBRANCHFROM: 0x1db, LASTINTTOIP: 0x1de, MTRR_PHYS_BASE0: 0x200, MTRR_FIX64K: 0x250,
  MTRR_FIX16K_80000: 0x258, MTRR_FIX16K_A0000: 0x259, MTRR_FIX4K_C0000: 0x268, PAT: 0x277,
  MTRR_DEF_TYPE: 0x2ff,
} as const;

/** 8 variable ranges, fixed ranges, WC (SDM vol. 3, figure 9-4). */
const MTRR_CAP = 0x500 | VARIABLE_RANGES;

/** Registers that hold what is written, in the order of their slots of 8 bytes in MSR_STATE. */
const STORED: readonly number[] = [
  MSR.SYSENTER_CS, MSR.SYSENTER_ESP, MSR.SYSENTER_EIP, MSR.PAT, MSR.MTRR_DEF_TYPE, MSR.EBL_CR_POWERON,
  MSR.BIOS_SIGN_ID, MSR.PERFCTR0, MSR.PERFCTR1, MSR.BBL_CR_CTL, MSR.BBL_CR_CTL3, MSR.PERFEVTSEL0,
  MSR.PERFEVTSEL1, MSR.DEBUGCTL, MSR.MTRR_FIX64K, MSR.MTRR_FIX16K_80000, MSR.MTRR_FIX16K_A0000,
  ...Array.from({ length: 8 }, (_, i) => MSR.MTRR_FIX4K_C0000 + i),
  ...Array.from({ length: 2 * VARIABLE_RANGES }, (_, i) => MSR.MTRR_PHYS_BASE0 + i),
];
const SLOT = new Map(STORED.map((number, i) => [number, (MSR_STATE + 8 * i) >> 2]));

/** The fixed ranges in the order of their bytes. */
const FIXED = [
  MSR.MTRR_FIX64K, MSR.MTRR_FIX16K_80000, MSR.MTRR_FIX16K_A0000,
  ...Array.from({ length: 8 }, (_, i) => MSR.MTRR_FIX4K_C0000 + i),
];

function slotOf(number: number): number {
  return SLOT.get(number) ?? -1;
}

/** Is there such a register, if only to be read? */
export function hasMsr(number: number): boolean {
  return (
    SLOT.has(number) || number === MSR.TSC || number === MSR.MTRR_CAP || number === MSR.PLATFORM_ID ||
    number === MSR.BIOS_UPDT_TRIG || (number >= MSR.LASTBRANCHFROM && number <= MSR.LASTINTTOIP)
  );
}

/** Low and high half of the register read last. */
export const value = { low: 0, high: 0 };

/** Reads a register into `value`; false = there is none (#GP). */
export function readMsr(x: X86, number: number): boolean {
  const slot = slotOf(number);
  if (slot >= 0) {
    value.low = x.words[slot];
    value.high = x.words[slot + 1];
    return true;
  }
  value.low = 0;
  value.high = 0;
  switch (number) {
    case MSR.TSC: {
      const cycles = x.stamp.read();
      value.low = cycles | 0;
      value.high = Math.floor(cycles / 2 ** 32) | 0;
      return true;
    }
    case MSR.MTRR_CAP:
      value.low = MTRR_CAP;
      return true;
    case MSR.PLATFORM_ID: case MSR.BIOS_UPDT_TRIG:
      return true;
    default:
      return number >= MSR.LASTBRANCHFROM && number <= MSR.LASTINTTOIP;
  }
}

/** Writes a register; false = there is none or the value is not allowed (#GP). */
export function writeMsr(x: X86, number: number, low: number, high: number): boolean {
  const slot = slotOf(number);
  if (slot >= 0) {
    if (!allowed(number, low, high)) return false;
    x.words[slot] = low;
    x.words[slot + 1] = number === MSR.PERFCTR0 || number === MSR.PERFCTR1 ? (low >> 31) & 0xff : high;
    if (number >= MSR.MTRR_PHYS_BASE0 && number <= MSR.MTRR_DEF_TYPE) {
      loadMemoryTypes(x);
      x.mmu.flushAll();
    }
    return true;
  }
  switch (number) {
    case MSR.TSC:
      // The P6 sets the low half and clears the high one.
      x.stamp.set(low >>> 0);
      return true;
    case MSR.BIOS_UPDT_TRIG:
      x.env.note('microcode', 'microcode update ignored');
      return true;
    default:
      return false;
  }
}

function isType(type: number): boolean {
  return (
    type === MEMORY_TYPE.UC ||
    type === MEMORY_TYPE.WC ||
    type === MEMORY_TYPE.WT ||
    type === MEMORY_TYPE.WP ||
    type === MEMORY_TYPE.WB
  );
}

function eachByte(low: number, high: number, test: (byte: number) => boolean): boolean {
  for (let i = 0; i < 4; i++) if (!test((low >>> (8 * i)) & 0xff) || !test((high >>> (8 * i)) & 0xff)) return false;
  return true;
}

function allowed(number: number, low: number, high: number): boolean {
  if (number === MSR.PAT) return eachByte(low, high, (b) => isType(b) || b === 7);
  if (FIXED.includes(number)) return eachByte(low, high, isType);
  if (number === MSR.MTRR_DEF_TYPE) return high === 0 && (low & ~0xcff) === 0 && isType(low & 0xff);
  if (number >= MSR.MTRR_PHYS_BASE0 && number < MSR.MTRR_PHYS_BASE0 + 2 * VARIABLE_RANGES) {
    if ((high & ~15) !== 0) return false;
    return (number & 1) !== 0 ? (low & 0x7ff) === 0 : (low & 0xf00) === 0 && isType(low & 0xff);
  }
  return true;
}

/** Gives the registers' contents to the MMU: after a change, a reset or a restore. */
export function loadMemoryTypes(x: X86): void {
  const w = x.words;
  const at = (number: number): number => slotOf(number);
  x.types.defaultType = w[at(MSR.MTRR_DEF_TYPE)];
  x.types.setPat(w[at(MSR.PAT)], w[at(MSR.PAT) + 1]);
  FIXED.forEach((number, i) => {
    for (let k = 0; k < 8; k++) x.types.fixed[8 * i + k] = (w[at(number) + (k >> 2)] >>> (8 * (k & 3))) & 0xff;
  });
  for (let n = 0; n < VARIABLE_RANGES; n++)
    x.types.setVariable(n, w[at(MSR.MTRR_PHYS_BASE0 + 2 * n)], w[at(MSR.MTRR_PHYS_BASE0 + 2 * n + 1)]);
}

/** Values after a hardware reset; MTRRs are off, so all memory is UC. */
export function resetMsrs(x: X86): void {
  for (const slot of SLOT.values()) {
    x.words[slot] = 0;
    x.words[slot + 1] = 0;
  }
  const pat = slotOf(MSR.PAT);
  x.words[pat] = PAT_RESET_LOW;
  x.words[pat + 1] = PAT_RESET_HIGH;
  loadMemoryTypes(x);
}

/** Low half of a stored register. */
export function storedMsr(x: X86, number: number): number {
  return x.words[slotOf(number)];
}
