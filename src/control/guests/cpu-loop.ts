import { block } from './block.ts';
import { u32, word } from './fields.ts';

/** guest/cpu-loop: keeps the processor busy and touches no device between the marks. */
export const CPU_LOOP = block('cpu-loop', 2, {
  about: `Kinds: mix is loads, stores, multiplications, data-dependent branches, direct and indirect calls;
registers is arithmetic in registers and one branch; memory is one dependent load and one store a step,
over the working set; calls is nested direct calls and one indirect call a step.`,
  in: {
    kind: word('KIND_*', ['mix', 'registers', 'memory', 'calls']),
    iterations: u32('steps; 0: 8,000,000', { initial: 0 }),
    words: u32('working set in dwords, a power of 2, 16-2^26; 0: 16384', {
      initial: 0, zero: true, minimum: 16, maximum: 2 ** 26, powerOfTwo: true,
    }),
    memory: u32('its physical address, multiple of 4, above the image; 0: 4 MiB', { initial: 0, multiple: 4 }),
  },
  out: {
    checksum: u32(''),
    iterationsDone: u32(''),
  },
});

export type CpuLoopKind = 'mix' | 'registers' | 'memory' | 'calls';
