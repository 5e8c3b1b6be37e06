// cpu-loop: what it is told and what it answers. Header: ../runtime/block.h. Size 48h bytes, little-endian.
#ifndef NB_CPU_LOOP_PARAMS_H
#define NB_CPU_LOOP_PARAMS_H

#include "../runtime/block.h"

#define KIND_MIX 0u       /* loads, stores, multiplications, data-dependent branches, direct and indirect calls */
#define KIND_REGISTERS 1u /* arithmetic in registers, one branch */
#define KIND_MEMORY 2u    /* one dependent load and one store a step, over the working set */
#define KIND_CALLS 3u     /* nested direct calls and one indirect call a step */

struct cpu_loop {
  struct nb_header header; /* 00 magic, program = 2, status, detail, flags (none) */
  u32 kind;                /* 14 in  KIND_* */
  u32 iterations;          /* 18 in  steps; 0: 8,000,000 */
  u32 words;               /* 1c in  working set in dwords, a power of 2, 16-2^26; 0: 16384 */
  u32 memory;              /* 20 in  its physical address, multiple of 4, above the image; 0: 4 MiB */
  u32 reserved[7];         /* 24     zero */
  u32 checksum;            /* 40 out */
  u32 iterations_done;     /* 44 out */
};

_Static_assert(sizeof(struct cpu_loop) == 0x48, "the loader knows this layout");

#endif
