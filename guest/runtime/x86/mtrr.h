// Memory type range registers (IA-32 SDM vol. 3A, 11.11) and the time stamp counter.
#ifndef NB_MTRR_H
#define NB_MTRR_H

#include "types.h"

#define MTRR_UC 0u
#define MTRR_WC 1u

#define MSR_MTRR_CAP 0xfeu
#define MSR_MTRR_PHYS_BASE0 0x200u
#define MTRR_VALID 0x800u
#define CR0_CD 0x40000000u

static inline u64 rdmsr(u32 number) {
  u64 value;
  __asm__ volatile("rdmsr" : "=A"(value) : "c"(number));
  return value;
}

static inline void wrmsr(u32 number, u64 value) { __asm__ volatile("wrmsr" ::"c"(number), "A"(value) : "memory"); }

/* Low half of the time stamp counter: for differences below 2^32 cycles. */
static inline u32 cycles(void) {
  u32 low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
  return low;
}

/* Gives `bytes` (a power of two) at `base` (a multiple of it) a memory type, in the first range that is free.
   Returns 0 if none is. In the order of 11.11.8, without paging: caches are off and empty while ranges change. */
static inline int mtrr_set(u32 base, u32 bytes, u32 type) {
  u32 ranges = (u32)rdmsr(MSR_MTRR_CAP) & 0xff;
  for (u32 n = 0; n < ranges; n++) {
    u32 at = MSR_MTRR_PHYS_BASE0 + 2 * n, cr0;
    if (rdmsr(at + 1) & MTRR_VALID) continue;
    __asm__ volatile("movl %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("movl %0, %%cr0; wbinvd" ::"r"(cr0 | CR0_CD) : "memory");
    wrmsr(at, base | type);
    // 36 address bits: the P6's.
    wrmsr(at + 1, 0xf00000000ull | (~(bytes - 1) & 0xfffff000u) | MTRR_VALID);
    __asm__ volatile("wbinvd; movl %0, %%cr0" ::"r"(cr0) : "memory");
    return 1;
  }
  return 0;
}

#endif
