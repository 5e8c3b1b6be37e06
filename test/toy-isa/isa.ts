/**
 * A toy instruction set, for tests of what is for any: sixteen 32-bit registers, no flags, one
 * regime, most significant byte first.
 */
import type { Isa } from '../../src/arch/isa.ts';
import { rowsOf } from '../../src/ir/ops.ts';
import { Runs } from '../../src/ir/runs.ts';
import { ToyArchitecture } from './architecture.ts';
import { R, REGISTERS } from './state.ts';

export const TOY_ISA: Isa<ToyArchitecture> = {
  name: 'toy',
  registers: { base: R, count: REGISTERS, width: 32 },
  flags: false,
  regimes: 1,
  addressBits: 32,
  rows: rowsOf('common', 'big-endian'),
  runs: new Runs(['jnz goto', 'add32i jnz goto', 'ld32be add32', 'add32 add32i']),
  create: (port) => new ToyArchitecture(port),
};
