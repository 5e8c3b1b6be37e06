// SHA-256 of a buffer; its first dword is taken from the hash before, so that every pass hashes something else.
#include "jobs.h"

#define BYTES 65536u

void open_digest(void) {
  u32 *words = (u32 *)WORK_MEMORY, x = 0x12345678;
  for (u32 i = 0; i < BYTES / 4; i++) words[i] = x = noise(x);
}

u32 digest(u32 iterations) {
  union {
    u8 bytes[32];
    u32 words[8];
  } hash = {{0}};
  u32 sum = 0;
  for (u32 pass = 0; pass < iterations; pass++) {
    ((u32 *)WORK_MEMORY)[0] = hash.words[7];
    sha256(WORK_MEMORY, BYTES, hash.bytes);
    for (u32 i = 0; i < 8; i++) sum = fold(sum, hash.words[i]);
  }
  return sum;
}
