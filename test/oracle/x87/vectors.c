/* Runs x87 instructions on the host processor and writes what they did to standard output.
 *
 * Every record holds the complete x87 state before and after one instruction (FRSTOR image,
 * FNSAVE image), the memory operand before and after, EFLAGS and AX, so that the reader needs no
 * knowledge of how the vectors were chosen. All choices come from one 64-bit linear congruential
 * generator seeded from the command line: equal arguments give equal vectors.
 *
 * Record, little endian:
 *   0  u8[4] code bytes, unused ones zero     4  u8 code length    5  u8 flags (1 memory form, 2 #UD)
 *   6  u16 bytes of memory operand (m)        8  u32 EFLAGS before 12 u32 EFLAGS after
 *   16 u32 EAX after                          20 u32 index of the group
 *   24 u8[108] FRSTOR image                   132 u8[108] FNSAVE image
 *   240 u8[m] memory before                   240+m u8[m] memory after
 *
 * Usage: vectors SEED SCALE [GROUP]; SCALE multiplies the number of vectors of each group.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef struct { uint64_t sig; uint16_t se; } ext;
typedef struct __attribute__((packed)) {
  uint8_t code[4], length, flags; uint16_t memBytes;
  uint32_t flagsIn, flagsOut, eax, group;
  uint8_t in[108], out[108];
} record;

static uint64_t lcg;
static uint32_t rnd(void) { lcg = lcg * 6364136223846793005ull + 1442695040888963407ull; return (uint32_t)(lcg >> 32); }
static uint64_t rnd64(void) { uint64_t h = rnd(); return h << 32 | rnd(); }
static uint32_t below(uint32_t n) { return (uint32_t)(((uint64_t)rnd() * n) >> 32); }

/* --- operands ------------------------------------------------------------------------------ */

static const ext special[] = {
  {0, 0}, {0, 0x8000}, {0x8000000000000000, 0x3fff}, {0x8000000000000000, 0xbfff},
  {0x8000000000000000, 0x7fff}, {0x8000000000000000, 0xffff},             /* infinities */
  {0xc000000000000000, 0x7fff}, {0xc000000000000000, 0xffff},             /* quiet NaN, indefinite */
  {0xc000000000000001, 0x7fff}, {0xffffffffffffffff, 0xffff}, {0xe123456789abcdef, 0x7fff},
  {0x8000000000000001, 0x7fff}, {0xbfffffffffffffff, 0xffff}, {0xa000000000000000, 0x7fff}, /* signalling */
  {0xa123456789abcdef, 0x7fff}, {0xe000000000000000, 0x7fff}, {0xe000000000000000, 0xffff},
  {1, 0}, {1, 0x8000}, {0x7fffffffffffffff, 0}, {0x4000000000000000, 0x8000}, {0x0000000100000000, 0}, /* denormal */
  {0x8000000000000000, 0}, {0x8000000000000001, 0x8000}, {0xffffffffffffffff, 0},           /* pseudo-denormal */
  {0x7fffffffffffffff, 0x3fff}, {0, 0x4000}, {1, 0x8001}, {0x4000000000000000, 0x7ffe},    /* unnormal */
  {0, 0x7fff}, {0, 0xffff}, {0x4000000000000000, 0x7fff}, {1, 0xffff},  /* pseudo-infinity, pseudo-NaN */
  {0x8000000000000000, 1}, {0x8000000000000000, 0x8001}, {0x8000000000000001, 1}, {0xffffffffffffffff, 1},
  {0xffffffffffffffff, 0x7ffe}, {0xffffffffffffffff, 0xfffe}, {0x8000000000000000, 0x7ffe}, {0x8000000000000000, 2},
  {0x8000000000000001, 0x3fff}, {0xffffffffffffffff, 0x3ffe}, {0xffffffffffffffff, 0xbffe}, {0xffffffffffffffff, 0x3fff},
  {0x8000000000000000, 0x3ffe}, {0x8000000000000000, 0xbffe}, {0xc000000000000000, 0x3fff}, {0xc000000000000000, 0x3ffe},
  {0x8000000000000000, 0x4000}, {0x8000000000000000, 0xc000}, {0xc000000000000000, 0x4000}, {0xa000000000000000, 0x4000},
  {0xa000000000000000, 0xc002}, {0x8000000000000000, 0x403e}, {0x8000000000000000, 0xc03e}, {0x8000000000000001, 0xc03e},
  {0xffffffffffffffff, 0x403d}, {0xffffffffffffffff, 0x403e}, {0x8000000000000000, 0x401e}, {0x8000000000000000, 0xc01e},
  {0xffffffff00000000, 0x401d}, {0xfffffffe00000000, 0x401d}, {0xffffffff00000000, 0x401e}, {0xffffffff00000000, 0xc01e},
  {0xffff000000000000, 0x400d}, {0x8000000000000000, 0x400e}, {0x8000000000000000, 0xc00e}, {0x8000800000000000, 0xc00e},
  {0xfffe000000000000, 0x400d}, {0xfffe000000000000, 0x400c}, {0xffffff8000000000, 0x407e}, {0xffffff0000000000, 0x407e},
  {0xfffffffffffffc00, 0x43fe}, {0xfffffffffffff800, 0x43fe}, {0x8000000000000000, 0x3f81}, {0x8000000000000000, 0x3c01},
  {0x8000000000000000, 0x3f80}, {0xffffffffffffffff, 0x3f80}, {0x8000000000000000, 0x3f6a}, {0x8000000000000000, 0x3f69},
  {0xffffffffffffffff, 0x3c00}, {0x8000000000000000, 0x3bcd}, {0x8000000000000000, 0x3bcc}, {0x8000000000000001, 0x3bcc},
  {0xc90fdaa22168c235, 0x4000}, {0xc90fdaa22168c234, 0x3fff}, {0xb504f333f9de6484, 0x3ffe}, {0xde0b6b3a763fffff, 0x403a},
  {0xde0b6b3a763ffff0, 0x403a}, {0xde0b6b3a763ffff8, 0xc03a}, {0xde0b6b3a76400000, 0x403a}, {0xb17217f7d1cf79ac, 0x3ffe},
};
#define SPECIALS (sizeof special / sizeof special[0])

static uint64_t mantissa(void) {
  uint64_t s;
  switch (below(8)) {
    case 0: s = rnd64() & rnd64() & rnd64(); break;                  /* few ones */
    case 1: s = rnd64() | rnd64() | rnd64(); break;                  /* few zeros */
    case 2: s = ~0ull << below(64); break;                           /* ones, then zeros */
    case 3: s = (1ull << below(64)) - 1; break;
    case 4: s = 1ull << below(64) | 1ull << below(64); break;
    case 5: s = rnd64() << 40 | (below(2) ? 0x8000000000ull : 0); break;  /* near the 24-bit tie */
    case 6: s = rnd64() << 11 | (below(2) ? 0x400 : 0); break;            /* near the 53-bit tie */
    default: s = rnd64();
  }
  return s | 1ull << 63;
}
static ext number(int lo, int hi) { /* normal, biased exponent lo..hi */
  ext e = { mantissa(), (uint16_t)(lo + (int)below((uint32_t)(hi - lo + 1))) };
  if (below(2)) e.se |= 0x8000;
  return e;
}
static ext anyone(void) {
  switch (below(8)) {
    case 0: case 1: return special[below(SPECIALS)];
    case 2: return number(0x3fff - 70, 0x3fff + 70);
    case 3: return number(0x3fff - 3, 0x3fff + 3);
    case 4: return number(1, 130);
    case 5: return number(0x7ffe - 130, 0x7ffe);
    case 6: { ext e = number(0, 0); e.sig >>= 1 + below(63); return e; }
    default: return number(1, 0x7ffe);
  }
}
static ext near(ext other) { /* exponent close to other's, as alignment and cancellation want */
  int exp = (other.se & 0x7fff) + (int)below(140) - 70;
  if (below(3) == 0) exp = (other.se & 0x7fff) + (int)below(5) - 2;
  if (exp < 1) exp = 1;
  if (exp > 0x7ffe) exp = 0x7ffe;
  ext e = number(exp, exp);
  switch (below(6)) { case 0: e.sig = other.sig; break; case 1: e.sig = other.sig + below(5) - 2; }
  if (exp) e.sig |= 1ull << 63;
  return e;
}
static ext complement(ext other, int sum) { /* exponents add up to about sum: products at the range limits */
  int exp = sum - (other.se & 0x7fff) + (int)below(140) - 70;
  if (exp < 1) exp = 1;
  if (exp > 0x7ffe) exp = 0x7ffe;
  return number(exp, exp);
}

/* --- state --------------------------------------------------------------------------------- */

static uint8_t image[108], after[108], memory[512] __attribute__((aligned(64))), before[512];
static uint16_t control(void) {
  static const uint16_t pc[] = { 0x300, 0x300, 0x300, 0x200, 0x000, 0x100 };
  uint16_t cw = 0x40 | pc[below(6)] | below(4) << 10;
  return cw | (below(4) ? 0x3f : below(64));
}
static void put16(uint8_t *p, uint16_t v) { memcpy(p, &v, 2); }
static void put64(uint8_t *p, uint64_t v) { memcpy(p, &v, 8); }
static void setSt(int i, ext e) { put64(image + 28 + 10 * i, e.sig); put16(image + 28 + 10 * i + 8, e.se); }
static ext getSt(int i) { ext e; memcpy(&e.sig, image + 28 + 10 * i, 8); memcpy(&e.se, image + 28 + 10 * i + 8, 2); return e; }
static void setEmpty(int i, int top) { image[8 + ((top + i) & 7) / 4] |= 3 << (((top + i) & 3) * 2); }
static int top;
static void fresh(uint16_t cw) { /* 8 registers; sometimes empty places */
  memset(image, 0, sizeof image);
  top = (int)below(8);
  put16(image, cw);
  uint16_t sw = (uint16_t)(top << 11 | (below(16) << 8 & 0x700) | (below(2) ? 0x4000 : 0));
  if ((cw & 0x3f) == 0x3f && below(4) == 0) sw |= below(128);
  put16(image + 4, sw);
  for (int i = 0; i < 8; i++) setSt(i, anyone());
  if (below(12) == 0) { uint32_t empty = rnd(); for (int i = 0; i < 8; i++) if (empty >> i & 1) setEmpty(i, top); }
}
static void room(void) { setEmpty(7, top); }

/* --- execution ----------------------------------------------------------------------------- */

static struct { uint64_t flagsIn, flagsOut, rax; } side;
static uint8_t *page;
static sigjmp_buf trap;
static void onTrap(int sig) { (void)sig; siglongjmp(trap, 1); }
static uint32_t group;

static void run(const uint8_t *code, int length, int mem, int memBytes) {
  record r;
  uint8_t *p = page;
  *p++ = 0xdd; *p++ = 0x27;                                    /* frstor [rdi] */
  *p++ = 0x31; *p++ = 0xc0; *p++ = 0xff; *p++ = 0x31; *p++ = 0x9d; /* xor eax,eax; push [rcx]; popf */
  memcpy(p, code, (size_t)length); p += length;
  *p++ = 0x9c; *p++ = 0x8f; *p++ = 0x41; *p++ = 0x08;          /* pushf; pop [rcx+8] */
  *p++ = 0x48; *p++ = 0x89; *p++ = 0x41; *p++ = 0x10;          /* mov [rcx+16], rax */
  *p++ = 0xdd; *p++ = 0x36; *p++ = 0xc3;                       /* fnsave [rsi]; ret */
  memset(&r, 0, sizeof r);
  memcpy(r.code, code, (size_t)length);
  r.length = (uint8_t)length; r.flags = (uint8_t)mem; r.memBytes = (uint16_t)memBytes; r.group = group;
  memcpy(before, memory, (size_t)memBytes);
  uint32_t pick = rnd();
  side.flagsIn = 0x202 | (pick & 1) | (pick & 2) << 1 | (pick & 4) << 4;
  if (sigsetjmp(trap, 1) == 0) ((void (*)(void *, void *, void *, void *))page)(image, after, memory, &side);
  else { r.flags |= 2; __asm__ volatile("fninit"); memcpy(after, image, sizeof after); side.flagsOut = side.flagsIn; side.rax = 0; }
  r.flagsIn = (uint32_t)side.flagsIn; r.flagsOut = (uint32_t)side.flagsOut; r.eax = (uint32_t)side.rax;
  memcpy(r.in, image, 108); memcpy(r.out, after, 108);
  fwrite(&r, sizeof r, 1, stdout);
  fwrite(before, 1, (size_t)memBytes, stdout);
  fwrite(memory, 1, (size_t)memBytes, stdout);
}
static void reg(int opcode, int modrm) { uint8_t c[2] = { (uint8_t)opcode, (uint8_t)modrm }; run(c, 2, 0, 0); }
static void mem(int opcode, int field, int bytes) { uint8_t c[2] = { (uint8_t)opcode, (uint8_t)(field << 3 | 2) }; run(c, 2, 1, bytes); }

/* --- groups -------------------------------------------------------------------------------- */

static void pair(int kind) { /* ST0 and ST(i) fit for an operation of this kind */
  ext a = anyone(), b = anyone();
  switch (below(4)) {
    case 0: b = near(a); break;
    case 1: b = kind == 1 ? complement(a, below(2) ? 0x3fff : 0x3fff + 0x7fff) : near(a); break;
    case 2: a = number(0x3fff - 40, 0x3fff + 40); b = number(0x3fff - 40, 0x3fff + 40); break;
  }
  setSt(0, a); setSt(1 + (int)below(7), b); setSt(1, b);
}
static void arithmetic(void) { /* D8 DC DE register forms, all eight operations */
  static const int major[] = { 0xd8, 0xdc, 0xde };
  fresh(control());
  int field = (int)below(8);
  pair(field == 1 ? 1 : 0);
  reg(major[below(3)], 0xc0 | field << 3 | (below(2) ? 1 : below(8)));
}
static void crossed(void) { /* every pair of special values under one operation */
  static uint32_t n;
  uint32_t i = n++ % (SPECIALS * SPECIALS);
  fresh(control());
  memset(image + 8, 0, 2);
  setSt(0, special[i % SPECIALS]); setSt(1, special[i / SPECIALS]);
  reg(0xd8, 0xc1 | (int)below(8) << 3);
}
static float f32(void) {
  static const uint32_t t[] = { 0, 0x80000000, 0x3f800000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00001, 0x7f800001,
    0x7fa00000, 0xffbfffff, 1, 0x807fffff, 0x00400000, 0x00800000, 0x7f7fffff, 0xbf000000 };
  union { uint32_t u; float f; } v;
  v.u = below(3) ? rnd() : t[below(16)];
  return v.f;
}
static uint64_t f64(void) {
  static const uint64_t t[] = { 0, 1ull << 63, 0x3ff0000000000000, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000,
    0xfff8000000000001, 0x7ff0000000000001, 0x7ff4000000000000, 0xfff7ffffffffffff, 1, 0x800fffffffffffff,
    0x0008000000000000, 0x0010000000000000, 0x7fefffffffffffff, 0xbfe0000000000000 };
  return below(3) ? rnd64() : t[below(16)];
}
static void memoryOperand(int opcode) {
  float f = f32(); uint64_t d = f64();
  ext e = anyone();
  memset(memory, 0, 16);
  if (opcode == 0xd8 || opcode == 0xd9) memcpy(memory, &f, 4);
  else if (opcode == 0xdc || opcode == 0xdd) memcpy(memory, &d, 8);
  else if (below(2)) { put64(memory, e.sig); put16(memory + 8, e.se); }
  else { put64(memory, below(2) ? rnd64() : (uint64_t)(int64_t)(int32_t)(below(9) - 4)); put16(memory + 8, (uint16_t)rnd()); }
}
static void arithmeticMemory(void) {
  static const int major[] = { 0xd8, 0xda, 0xdc, 0xde };
  int op = major[below(4)];
  fresh(control());
  memoryOperand(op);
  mem(op, (int)below(8), 8);
}
static void load(void) { /* FLD m32/m64/m80, FILD m16/m32/m64, FBLD */
  static const int form[][2] = { {0xd9,0}, {0xdd,0}, {0xdb,5}, {0xdf,0}, {0xdb,0}, {0xdf,5}, {0xdf,4} };
  const int *f = form[below(7)];
  fresh(control());
  if (below(10)) room();
  memoryOperand(f[0]);
  if (f[0] == 0xdf && f[1] == 4 && below(2)) for (int i = 0; i < 10; i++) memory[i] = (uint8_t)(below(10) << 4 | below(10));
  mem(f[0], f[1], 10);
}
static void store(void) { /* FST/FSTP/FIST/FISTP/FBSTP in every width */
  static const int form[][2] = { {0xd9,2}, {0xd9,3}, {0xdd,2}, {0xdd,3}, {0xdb,7}, {0xdf,2}, {0xdf,3}, {0xdb,2}, {0xdb,3}, {0xdf,7}, {0xdf,6} };
  const int *f = form[below(11)];
  fresh(control());
  ext e = getSt(0);
  switch (below(5)) {
    case 0: e = number(0x3f60, 0x3f90); break;
    case 1: e = number(0x4070, 0x4080); break;
    case 2: e = number(0x3ffb, 0x4040); break;
    case 3: if (f[0] == 0xdd) e = below(2) ? number(0x3bc8, 0x3c10) : number(0x43f8, 0x4400); break;
  }
  setSt(0, e);
  for (int i = 0; i < 16; i++) memory[i] = (uint8_t)rnd();
  mem(f[0], f[1], 16);
}
static void comparison(void) {
  static const int form[][2] = { {0xd8,0xd0}, {0xd8,0xd8}, {0xde,0xd9}, {0xdd,0xe0}, {0xdd,0xe8}, {0xda,0xe9}, {0xdb,0xf0}, {0xdf,0xf0},
    {0xdb,0xe8}, {0xdf,0xe8}, {0xd9,0xe4}, {0xd9,0xe5}, {0xdc,0xd0}, {0xdc,0xd8}, {0xde,0xd0} };
  const int *f = form[below(15)];
  fresh(control());
  pair(0);
  reg(f[0], (f[1] & 7) || f[1] == 0xe4 || f[1] == 0xe5 ? f[1] : f[1] | (int)below(8));
}
static void unary(void) { /* FCHS FABS FSQRT FRNDINT FXTRACT, constants, stack pointer moves */
  static const int form[] = { 0xe0, 0xe1, 0xfa, 0xfa, 0xfa, 0xfc, 0xfc, 0xfc, 0xf4, 0xf4, 0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xee, 0xf6, 0xf7, 0xd0 };
  int modrm = form[below(20)];
  fresh(control());
  if (modrm == 0xfc && below(2)) setSt(0, number(0x3ffc, 0x4040));
  if (((modrm & 0xf8) == 0xe8 || modrm == 0xf4) && below(8)) room();
  reg(0xd9, modrm);
}
static void scaling(void) { /* FSCALE FPREM FPREM1 */
  static const int form[] = { 0xfd, 0xf8, 0xf5 };
  int modrm = form[below(3)];
  fresh(control());
  pair(0);
  if (modrm == 0xfd && below(2)) setSt(1, below(2) ? number(0x3ffd, 0x4010) : number(0x3ffd, 0x400c));
  if (modrm != 0xfd && below(4) == 0) setSt(1, number(1, 200));
  reg(0xd9, modrm);
}
static void stack(void) { /* FLD ST, FXCH, FST ST, FCMOV, FFREE, FFREEP and the aliases */
  static const int form[][2] = { {0xd9,0xc0}, {0xd9,0xc8}, {0xdd,0xd0}, {0xdd,0xd8}, {0xda,0xc0}, {0xda,0xc8}, {0xda,0xd0}, {0xda,0xd8},
    {0xdb,0xc0}, {0xdb,0xc8}, {0xdb,0xd0}, {0xdb,0xd8}, {0xdd,0xc0}, {0xdf,0xc0}, {0xdd,0xc8}, {0xdf,0xc8}, {0xdf,0xd0}, {0xdf,0xd8}, {0xd9,0xd8} };
  const int *f = form[below(19)];
  fresh(control());
  if (f[0] == 0xd9 && f[1] == 0xc0 && below(3)) room();
  reg(f[0], f[1] | (int)below(8));
}
static void everything(void) { /* every register encoding, defined or not, transcendentals left out */
  static uint32_t n;
  int op = 0xd8 + (int)(n >> 6 & 7), modrm = 0xc0 | (n & 0x3f);
  n++;
  if (op == 0xd9 && (modrm == 0xf0 || modrm == 0xf1 || modrm == 0xf2 || modrm == 0xf3 || modrm == 0xf9 || modrm == 0xfb || modrm >= 0xfe)) return;
  fresh(control());
  reg(op, modrm);
}
static void administration(void) { /* FLDCW FNSTCW FNSTSW FLDENV FNSTENV FNSAVE FRSTOR FXSAVE FXRSTOR, 16 and 32 bit */
  fresh(control());
  int pick = (int)below(12);
  for (int i = 0; i < 512; i++) memory[i] = (uint8_t)rnd();
  if (pick < 3) { static const int f[][2] = { {0xd9,5}, {0xd9,7}, {0xdd,7} }; mem(f[pick][0], f[pick][1], 4); return; }
  if (pick == 3 || pick == 4) { /* FXSAVE, FXRSTOR */
    uint8_t c[3] = { 0x0f, 0xae, (uint8_t)(pick == 3 ? 0x02 : 0x0a) };
    if (pick == 4) { memset(memory + 24, 0, 8); memory[24] = 0x80; memory[25] = 0x1f; }
    run(c, 3, 1, 512);
    return;
  }
  static const int f[][2] = { {0xd9,4}, {0xd9,6}, {0xdd,4}, {0xdd,6} };
  const int *g = f[below(4)];
  int wide = below(2);
  uint8_t c[3] = { 0x66, (uint8_t)g[0], (uint8_t)(g[1] << 3 | 2) };
  run(wide ? c + 1 : c, wide ? 2 : 3, 1, 112);
}
static void transcendental(void) { /* compared with a tolerance */
  static const int form[] = { 0xf0, 0xf1, 0xf2, 0xf3, 0xf9, 0xfb, 0xfe, 0xff };
  int modrm = form[below(8)];
  fresh(control());
  pair(0);
  if (below(4)) switch (modrm) {
    case 0xf0: setSt(0, number(0x3fff - 70, 0x3ffe)); break;
    case 0xf9: setSt(0, number(0x3fff - 70, 0x3ffc)); break;
    case 0xf1: setSt(0, number(below(2) ? 1 : 0x3ffd, below(2) ? 0x7ffe : 0x4000)); break;
    case 0xf3: break;
    default: setSt(0, number(0x3fff - 40, 0x3fff + 66));
  }
  if (modrm == 0xf1) { ext e = getSt(0); if (below(8)) e.se &= 0x7fff; setSt(0, e); }
  if (modrm == 0xf2 || modrm == 0xfb) { if (below(8)) room(); }
  reg(0xd9, modrm);
}

static void transcendentalCrossed(void) { /* every pair of special values */
  static const int form[] = { 0xf1, 0xf3, 0xf9, 0xf0, 0xf2, 0xfb, 0xfe, 0xff };
  static uint32_t n;
  uint32_t i = n++ % (SPECIALS * SPECIALS);
  int modrm = form[below(4) ? below(3) : below(8)];
  fresh(control());
  memset(image + 8, 0, 2);
  setSt(0, special[i % SPECIALS]); setSt(1, special[i / SPECIALS]);
  if (modrm == 0xf2 || modrm == 0xfb) room();
  reg(0xd9, modrm);
}

static const struct { void (*make)(void); int count; const char *name; } groups[] = {
  { arithmetic, 30000, "arithmetic" }, { crossed, 12000, "crossed" }, { arithmeticMemory, 15000, "arithmeticMemory" },
  { load, 10000, "load" }, { store, 20000, "store" }, { comparison, 12000, "comparison" }, { unary, 15000, "unary" },
  { scaling, 15000, "scaling" }, { stack, 6000, "stack" }, { everything, 4096, "everything" },
  { administration, 4000, "administration" }, { transcendental, 6000, "transcendental" },
  { transcendentalCrossed, 6000, "transcendentalCrossed" },
};

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  double scale = atof(argv[2]);
  page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return 3;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = onTrap;
  sigaction(SIGILL, &action, NULL);
  sigaction(SIGFPE, &action, NULL);
  sigaction(SIGSEGV, &action, NULL);
  static char buffer[1 << 20];
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  for (group = 0; group < sizeof groups / sizeof groups[0]; group++) {
    lcg = strtoull(argv[1], NULL, 0) * 2654435761u + group;
    if (argc > 3 && strcmp(argv[3], groups[group].name)) continue;
    int count = (int)(groups[group].count * scale);
    for (int i = 0; i < count; i++) groups[group].make();
  }
  return fflush(stdout) ? 4 : 0;
}
