/** The core with the instruction set of `arch/x86`, as boards use it. */
import type { X86Architecture } from '../arch/x86/architecture.ts';
import { X86_ISA } from '../arch/x86/isa.ts';
import { Processor, type ProcessorOptions } from '../cpu/processor.ts';
import type { Simulation } from '../sim/component.ts';

export { X86_INPUT } from '../arch/x86/boundary.ts';

export type X86Processor = Processor<X86Architecture>;

export function x86Processor(name: string, sim: Simulation, options: ProcessorOptions): X86Processor {
  return new Processor(name, sim, X86_ISA, options);
}
