// Copies of 256 KiB, there and back, by a string instruction and by a loop.
#include "jobs.h"

#define WORDS 65536u
#define FIRST ((u32 *)WORK_MEMORY)
#define SECOND ((u32 *)(WORK_MEMORY + 0x200000))

void open_copy(void) {
  u32 x = 0x9e3779b9;
  for (u32 i = 0; i < WORDS; i++) FIRST[i] = x = noise(x);
}

static u32 checksum(const u32 *words) {
  u32 sum = 0;
  for (u32 i = 0; i < WORDS; i++) sum = fold(sum, words[i]);
  return sum;
}

static void move_rep(u32 *to, const u32 *from, u32 words) {
  __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

static void move_loop(u32 *to, const u32 *from, u32 words) {
  for (u32 i = 0; i < words; i++) {
    u32 word = from[i];
    __asm__("" : "+r"(word)); // keeps the compiler from making a call of memcpy of it
    to[i] = word;
  }
}

u32 copy_rep(u32 iterations) {
  for (u32 i = 0; i < iterations; i++) {
    FIRST[i & (WORDS - 1)] += i;
    SECOND[i & (WORDS - 1)] -= i;
    move_rep(i & 1 ? FIRST : SECOND, i & 1 ? SECOND : FIRST, WORDS);
  }
  return checksum(FIRST);
}

u32 copy_loop(u32 iterations) {
  for (u32 i = 0; i < iterations; i++) {
    FIRST[i & (WORDS - 1)] += i;
    SECOND[i & (WORDS - 1)] -= i;
    move_loop(i & 1 ? FIRST : SECOND, i & 1 ? SECOND : FIRST, WORDS);
  }
  return checksum(FIRST);
}
