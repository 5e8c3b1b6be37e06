// The second job. Compiled for speed: it is what is slowed down.
#include "jobs.h"

static u32 words[TWO_JOBS_WORK_WORDS];
static u32 state;

void work_ready(void) {
  for (u32 i = 0; i < TWO_JOBS_WORK_WORDS; i++) words[i] = i;
  state = 0x12345678;
}

u32 work_unit(u32 checksum) {
  u32 x = state;
  for (u32 i = 0; i < TWO_JOBS_WORK_STEPS; i++) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    checksum += words[x % TWO_JOBS_WORK_WORDS] += x;
  }
  state = x;
  return checksum;
}
