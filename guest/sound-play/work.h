// A second job for the processor.
#ifndef NB_SOUND_WORK_H
#define NB_SOUND_WORK_H

#include "params.h"

/* `loops` times two instructions. */
static inline void work(u32 loops) {
  if (loops > 0) __asm__ volatile("1: decl %0; jnz 1b" : "+r"(loops)::"cc");
}

#endif
