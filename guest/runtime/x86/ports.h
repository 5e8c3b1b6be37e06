// Port input and output.
#ifndef NB_PORTS_H
#define NB_PORTS_H

#include "types.h"

static inline void outb(u16 port, u8 value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
static inline void outw(u16 port, u16 value) { __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port)); }
static inline void outl(u16 port, u32 value) { __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port)); }

static inline u8 inb(u16 port) {
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

static inline u16 inw(u16 port) {
  u16 value;
  __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

static inline u32 inl(u16 port) {
  u32 value;
  __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

/* rep insw: `words` 16-bit reads of `port` to `to`. The direction flag is clear (start.S). */
static inline void insw(u16 port, void *to, u32 words) {
  __asm__ volatile("rep insw" : "+D"(to), "+c"(words) : "d"(port) : "memory");
}

/* rep insl: `dwords` 32-bit reads of `port` to `to`. */
static inline void insl(u16 port, void *to, u32 dwords) {
  __asm__ volatile("rep insl" : "+D"(to), "+c"(dwords) : "d"(port) : "memory");
}

/* rep outsw: `words` 16-bit writes to `port` from `from`. */
static inline void outsw(u16 port, const void *from, u32 words) {
  __asm__ volatile("rep outsw" : "+S"(from), "+c"(words) : "d"(port) : "memory");
}

/* rep outsl: `dwords` 32-bit writes to `port` from `from`. */
static inline void outsl(u16 port, const void *from, u32 dwords) {
  __asm__ volatile("rep outsl" : "+S"(from), "+c"(dwords) : "d"(port) : "memory");
}

#endif
