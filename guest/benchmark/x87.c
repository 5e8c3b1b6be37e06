// Floating point as a compiler makes it for the x87: doubles in memory, 80-bit registers between, no transcendental instruction.
// Logistic maps are chaotic: a last bit rounded another way changes the checksum.
#include "jobs.h"

#define VALUES 256u

static double map[VALUES], weight[VALUES];

void open_x87(void) {
  u32 cr0;
  __asm__ volatile("movl %%cr0, %0" : "=r"(cr0));
  // EM and TS off, MP and NE on (SDM vol. 3 §9.2, "x87 FPU initialization").
  __asm__ volatile("movl %0, %%cr0" ::"r"((cr0 & ~0xcu) | 0x22u));
  __asm__ volatile("fninit");
  u32 x = 0x01234567;
  for (u32 i = 0; i < VALUES; i++) {
    x = noise(x);
    map[i] = (double)(x >> 1) / 2147483648.0;
    weight[i] = 3.6 + (double)(x >> 8 & 0xffff) / 65536.0 * 0.39;
  }
}

u32 x87(u32 iterations) {
  u32 sum = 0;
  long double total = 0;
  for (u32 pass = 0; pass < iterations; pass++) {
    double length = 0;
    for (u32 i = 0; i < VALUES; i++) {
      double v = map[i], w = weight[i] * v * (1.0 - v);
      length += w * w;
      if (w > 0.5) total += w / (1.0 + v);
      else total -= v * 0.25;
      map[i] = w;
    }
    total = __builtin_sqrtl(1.0L + total * total) * 0.125L + (long double)length;
    sum = fold(sum, (u32)(int)(total * 65536.0L));
  }
  const u32 *bits = (const u32 *)map;
  for (u32 i = 0; i < VALUES * 2; i++) sum = fold(sum, bits[i]);
  return sum;
}
