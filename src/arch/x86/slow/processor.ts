/** HLT, CPUID, RDTSC, RDPMC, RDMSR, WRMSR; CLI, STI, PUSHF, POPF (SDM vol. 2). */
import { cpuid as identify } from '../cpuid.ts';
import { ABSENT_NAMES } from '../decode/absent.ts';
import { readEflags, writeEflags } from '../flags.ts';
import { CR4_PCE, CR4_TSD } from '../mmu.ts';
import { VECTOR } from '../fault.ts';
import { MSR, hasMsr, readMsr, value, writeMsr } from '../msr.ts';
import { msrName, refuse } from '../refusal.ts';
import { ARITH_FLAGS, CPL, CR4, EAX, EBX, ECX, EDX, EFLAGS_SYS, FLAG, HALTED } from '../state.ts';
import type { X86 } from '../x86.ts';

/** An instruction of other processors, number `index` of `ABSENT_NAMES`. */
export function absentInstruction(x: X86, index: number): void {
  refuse(x, VECTOR.UD, ABSENT_NAMES[index]);
}

export function hlt(x: X86): void {
  x.privileged();
  x.words[HALTED >> 2] = 1;
}

export function cpuid(x: X86): void {
  const [a, b, c, d] = identify(x.words[EAX >> 2]);
  x.words[EAX >> 2] = a;
  x.words[EBX >> 2] = b;
  x.words[ECX >> 2] = c;
  x.words[EDX >> 2] = d;
}

export function rdtsc(x: X86): void {
  const w = x.words;
  if ((w[CR4 >> 2] & CR4_TSD) !== 0) x.privileged();
  const cycles = x.stamp.read();
  w[EAX >> 2] = cycles | 0;
  w[EDX >> 2] = cycles * 2 ** -32 | 0;
}

/** The two counters can be written and read; they do not count. */
export function rdpmc(x: X86): void {
  if ((x.words[CR4 >> 2] & CR4_PCE) === 0) x.privileged();
  const counter = x.words[ECX >> 2];
  if (counter >>> 0 > 1) x.protection();
  readMsr(x, MSR.PERFCTR0 + counter);
  x.words[EAX >> 2] = value.low;
  x.words[EDX >> 2] = value.high & 0xff;
}

export function rdmsr(x: X86): void {
  x.privileged();
  const number = x.words[ECX >> 2] >>> 0;
  if (!readMsr(x, number)) refuse(x, VECTOR.GP, `a read of model-specific register ${msrName(number)}`);
  x.words[EAX >> 2] = value.low;
  x.words[EDX >> 2] = value.high;
}

export function wrmsr(x: X86): void {
  x.privileged();
  const number = x.words[ECX >> 2] >>> 0;
  if (writeMsr(x, number, x.words[EAX >> 2], x.words[EDX >> 2])) return;
  if (!hasMsr(number)) refuse(x, VECTOR.GP, `a write of model-specific register ${msrName(number)}`);
  x.env.note('msr', `value for model-specific register ${msrName(number)} refused`);
  x.protection();
}

/** CLI, STI: CPL must be within IOPL (3 in virtual-8086 mode, where CPL is 3). */
export function cli(x: X86): void {
  const w = x.words;
  const flags = w[EFLAGS_SYS >> 2];
  if (w[CPL >> 2] > ((flags >>> 12) & 3)) x.protection();
  w[EFLAGS_SYS >> 2] = flags & ~FLAG.IF;
}

export function sti(x: X86): void {
  const w = x.words;
  const flags = w[EFLAGS_SYS >> 2];
  if (w[CPL >> 2] > ((flags >>> 12) & 3)) x.protection();
  if ((flags & FLAG.IF) !== 0) return;
  w[EFLAGS_SYS >> 2] = flags | FLAG.IF;
  x.boundary.inhibit(false);
  x.boundary.interruptsEnabled();
}

export function popf(x: X86, cell: number, size: number): void {
  const w = x.words;
  let mask = ARITH_FLAGS | FLAG.DF | FLAG.TF | FLAG.NT | FLAG.AC | FLAG.ID;
  if (x.v86) {
    if (x.iopl < 3) x.protection();
    mask |= FLAG.IF;
  } else {
    const cpl = w[CPL >> 2];
    if (cpl === 0) mask |= FLAG.IOPL;
    if (cpl <= x.iopl) mask |= FLAG.IF;
  }
  writeEflags(w, w[cell >> 2], size === 2 ? mask & 0xffff : mask);
}

/** Used in virtual-8086 mode only. */
export function pushf(x: X86, cell: number): void {
  if (x.v86 && x.iopl < 3) x.protection();
  x.words[cell >> 2] = readEflags(x.words) & ~(FLAG.RF | FLAG.VM);
}
