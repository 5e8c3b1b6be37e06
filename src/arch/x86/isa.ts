/** The instruction set of this folder. */
import type { Isa } from '../isa.ts';
import { X86Architecture } from './architecture.ts';

/** IA-32, P6 family. */
export const X86_ISA: Isa<X86Architecture> = {
  name: 'x86',
  create: (port) => new X86Architecture(port),
};
