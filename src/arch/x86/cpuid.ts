/**
 * CPUID of the modelled processor: a Pentium II of the Deschutes core without what is not modelled
 * (Intel processor identification, AP-485, and SDM vol. 2, CPUID). Not advertised because not
 * modelled: VME, PAE, MCE, APIC, MCA, PSE-36, MMX. PAT is advertised beyond the original, as the
 * model has it.
 */
export const FEATURE = {
  FPU: 1 << 0,
  DE: 1 << 2,
  PSE: 1 << 3,
  TSC: 1 << 4,
  MSR: 1 << 5,
  CX8: 1 << 8,
  SEP: 1 << 11,
  MTRR: 1 << 12,
  PGE: 1 << 13,
  CMOV: 1 << 15,
  PAT: 1 << 16,
  FXSR: 1 << 24,
} as const;

export const FEATURES: number = Object.values(FEATURE).reduce((all, bit) => all | bit, 0);
/** Family 6, model 5, stepping 2. Also EDX after reset. */
export const SIGNATURE = 0x652;

/** Four characters as a register holds them. */
function text(s: string): number {
  return s.charCodeAt(0) | (s.charCodeAt(1) << 8) | (s.charCodeAt(2) << 16) | (s.charCodeAt(3) << 24);
}

/** EAX, EBX, ECX, EDX by leaf; a leaf beyond the last gives the last (SDM vol. 2, CPUID). */
const LEAVES: readonly (readonly [number, number, number, number])[] = [
  [2, text('Genu'), text('ntel'), text('ineI')],
  [SIGNATURE, 0, 0, FEATURES],
  // 4 KiB pages: 32 instruction and 64 data entries; 4 MiB: 2 and 8; L1 16 KiB + 16 KiB; L2 512
  // KiB.
  [0x03020101, 0, 0, 0x0c040843],
];

/** Registers for a leaf: [EAX, EBX, ECX, EDX]. */
export function cpuid(leaf: number): readonly [number, number, number, number] {
  return leaf >>> 0 < LEAVES.length ? LEAVES[leaf >>> 0] : LEAVES[LEAVES.length - 1];
}
