#include "work.h"

#include "params.h"

#define NOINLINE __attribute__((noinline, noclone))

static u32 step(u32 x) { // xorshift: the source of all "data"
  x ^= x << 13;
  x ^= x >> 17;
  return x ^ x << 5;
}

static NOINLINE u32 mix_add(u32 a, u32 b) { return a + (b << 3 | b >> 29); }
static NOINLINE u32 mix_xor(u32 a, u32 b) { return (a ^ b) - 0x9e3779b9u; }
static NOINLINE u32 mix_mul(u32 a, u32 b) { return a * (b | 1) + (a >> 15); }
static NOINLINE u32 mix_bytes(u32 a, u32 b) {
  u8 low = (u8)(a + b);
  u16 high = (u16)((a >> 16) - b);
  return (u32)high << 16 | (u32)low << 5 | (b & 31);
}

typedef u32 (*operation)(u32, u32);
// Volatile: the compiler may not turn the indirect call into direct ones.
static const volatile operation operations[4] = {mix_add, mix_xor, mix_mul, mix_bytes};

static u32 run_mix(u32 iterations, u32 *memory, u32 mask) {
  u32 x = 0x12345678, sum = 0;
  for (u32 i = 0; i < iterations; i++) {
    x = step(x);
    u32 old = memory[x & mask];
    if (old & 1) sum = mix_add(sum, old);
    else if (x & 0x100) sum += old >> 1;
    else sum ^= x;
    memory[(x >> 7) & mask] = sum + i;
    ((u8 *)memory)[(x >> 3) & mask] ^= (u8)sum;
    if ((i & 3) == 0) sum = operations[x >> 30](sum, x);
  }
  return sum;
}

static u32 run_registers(u32 iterations) {
  u32 a = 1, b = 2, c = 3;
  for (u32 i = 0; i < iterations; i++) {
    a = step(a) + c;
    b = (b << 7 | b >> 25) ^ a;
    c = c * 1664525u + b;
    if ((int)c < 0) b += i;
  }
  return a ^ b ^ c;
}

static u32 run_memory(u32 iterations, u32 *memory, u32 mask) {
  u32 at = 0, sum = 0;
  for (u32 i = 0; i < iterations; i++) {
    u32 value = memory[at];
    sum += value;
    memory[at] = value + i;
    at = (value ^ i * 0x9e3779b1u) & mask;
  }
  return sum;
}

static NOINLINE u32 depth_0(u32 x) { return step(x); }
static NOINLINE u32 depth_1(u32 x) { return depth_0(x) + depth_0(~x); }
static NOINLINE u32 depth_2(u32 x) { return depth_1(x) ^ depth_1(x + 1); }

static u32 run_calls(u32 iterations) {
  u32 sum = 7;
  for (u32 i = 0; i < iterations; i++) sum = operations[sum >> 30](depth_2(sum), i);
  return sum;
}

u32 work(u32 kind, u32 iterations, u32 *memory, u32 words) {
  u32 x = 0x2545f491, sum;
  for (u32 i = 0; i < words; i++) memory[i] = x = step(x);
  if (kind == KIND_REGISTERS) sum = run_registers(iterations);
  else if (kind == KIND_MEMORY) sum = run_memory(iterations, memory, words - 1);
  else if (kind == KIND_CALLS) sum = run_calls(iterations);
  else sum = run_mix(iterations, memory, words - 1);
  for (u32 i = 0; i < words; i++) sum = (sum << 5 | sum >> 27) + memory[i];
  return sum;
}
