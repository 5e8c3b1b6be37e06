// benchmark: what it is told and what it answers. Header: ../runtime/block.h. Size 48h bytes, little-endian.
#ifndef NB_BENCHMARK_PARAMS_H
#define NB_BENCHMARK_PARAMS_H

#include "../runtime/block.h"

/* Jobs, and what one iteration of each is. */
#define JOB_SORT 0u       /* fill 65536 dwords with noise and sort them */
#define JOB_SHA256 1u     /* SHA-256 of 64 KiB */
#define JOB_COPY_REP 2u   /* copy 256 KiB with rep movsd */
#define JOB_COPY_LOOP 3u  /* copy 256 KiB with a loop over dwords */
#define JOB_CHASE 4u      /* 65536 steps through a random cycle in 256 KiB */
#define JOB_X87 5u        /* a pass over 256 doubles */
#define JOB_PORTS 6u      /* one byte read from port 21h, the mask of the first 8259A */
#define JOB_PORTS_UART 7u /* one byte read from port 3FDh, the line status of COM1 */
#define JOB_MMIO 8u       /* one byte read from B8000h with paging on, the page uncached (PCD = PWT = 1) */
#define JOB_CHASE_FAR 9u  /* as JOB_CHASE, in 4 MiB */
#define JOBS 10u

struct benchmark {
  struct nb_header header; /* 00 magic, program = 4, status, detail, flags (none) */
  u32 job;                 /* 14 in  JOB_* */
  u32 iterations;          /* 18 in  0: 1 */
  u32 warm_up;             /* 1c in  iterations before the start line */
  u32 reserved[8];         /* 20     zero */
  u32 checksum;            /* 40 out */
  u32 iterations_done;     /* 44 out */
};

_Static_assert(sizeof(struct benchmark) == 0x48, "the loader knows this layout");

#endif
