/** The core with the instruction set of `arch/x86`, as boards use it. */
import type { X86Architecture } from '../arch/x86/architecture.ts';
import { X86_ISA } from '../arch/x86/isa.ts';
import { Processor, type ProcessorOptions } from '../cpu/processor.ts';
import type { Identity, Simulation } from '../sim/component.ts';

export { X86_INPUT } from '../arch/x86/boundary.ts';

const P6: Identity = {
  compatible: 'intel,i686', title: 'IA-32 processor of the P6 family, with x87',
  datasheet: "Intel 64 and IA-32 Architectures Software Developer's Manual",
  absent: [
    'caches: main memory is as fast as the instruction, and the memory of a card that is of type WT, WP or WB costs ' +
      'what UC costs (SDM vol. 3A, 11.3; the first such access is noted, `uncached`)',
    'store buffer and speculative reads: accesses over the bus are made one by one, in the order of the program',
  ],
};

export type X86Processor = Processor<X86Architecture>;

export function x86Processor(name: string, sim: Simulation, options: ProcessorOptions): X86Processor {
  return new Processor(name, sim, X86_ISA, { identity: P6, ...options });
}
