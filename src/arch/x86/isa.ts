/** The instruction set of this folder. */
import { rowsOf } from '../../ir/ops.ts';
import type { Isa } from '../isa.ts';
import { X86Architecture } from './architecture.ts';
import { X86_RUNS } from './runs.ts';
import { GPR } from './state.ts';

/** IA-32, P6 family. Regime 0 is that of CPL 0 to 2, 1 that of CPL 3. */
export const X86_ISA: Isa<X86Architecture> = {
  name: 'x86',
  registers: { base: GPR, count: 8, width: 32 },
  flags: true,
  regimes: 2,
  addressBits: 32,
  rows: rowsOf('common', 'x86'),
  runs: X86_RUNS,
  create: (port) => new X86Architecture(port),
};
