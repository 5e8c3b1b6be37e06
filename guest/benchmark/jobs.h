// The jobs. Each prepares its memory with open_…, then runs `iterations` (params.h) and returns a checksum of the result.
#ifndef NB_BENCHMARK_JOBS_H
#define NB_BENCHMARK_JOBS_H

#include "../runtime/runtime.h"

/* 16 MiB above the image belong to the job that runs. */
#define WORK_MEMORY ((u8 *)0x400000)

/* xorshift (Marsaglia 2003): the source of all noise. */
static inline u32 noise(u32 x) {
  x ^= x << 13;
  x ^= x >> 17;
  return x ^ x << 5;
}

static inline u32 fold(u32 sum, u32 word) { return (sum << 5 | sum >> 27) + word; }

u32 sort(u32 iterations);
void open_digest(void);
u32 digest(u32 iterations);
void open_copy(void);
u32 copy_rep(u32 iterations);
u32 copy_loop(u32 iterations);
void open_chase(void);
void open_chase_far(void);
u32 chase(u32 iterations);
void open_x87(void);
u32 x87(u32 iterations);
u32 ports(u32 iterations);
u32 ports_uart(u32 iterations);
void open_mmio(void);
u32 mmio(u32 iterations);

#endif
