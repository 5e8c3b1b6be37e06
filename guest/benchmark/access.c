// Reads of device registers, one after the other: the price of leaving the memory.
#include "jobs.h"

#define PIC1_MASK 0x21
#define COM1_LSR 0x3fd
#define LSR_TEMT 0x40

#define TEXT_MEMORY 0xb8000u
#define PAGE_PRESENT 1u
#define PAGE_WRITABLE 2u
#define PAGE_UNCACHED 0x18u /* PWT and PCD */
#define CR0_PG 0x80000000u

u32 ports(u32 iterations) {
  u32 sum = 0;
  for (u32 i = 0; i < iterations; i++) sum += inb(PIC1_MASK);
  return sum;
}

u32 ports_uart(u32 iterations) {
  u32 sum = 0;
  // What was printed must be out: then the register stays as it is.
  for (u32 i = 0; i < 1000000 && !(inb(COM1_LSR) & LSR_TEMT); i++) {
  }
  for (u32 i = 0; i < iterations; i++) sum += inb(COM1_LSR);
  return sum;
}

static void set_indexed(u16 port, u8 index, u8 value) {
  outb(port, index);
  outb(port + 1, value);
}

static u32 directory[1024] __attribute__((aligned(4096)));
static u32 table[1024] __attribute__((aligned(4096)));

/* Where there is a VGA, it shall be in text mode with its memory at B8000h, odd/even (IBM VGA: sequencer and graphics controller).
   Then the first 4 MiB are mapped to themselves, the text memory's page uncached. Paging stays off till the reads. */
void open_mmio(void) {
  set_indexed(0x3c4, 0x02, 0x03);
  set_indexed(0x3c4, 0x04, 0x02);
  set_indexed(0x3ce, 0x01, 0x00);
  set_indexed(0x3ce, 0x03, 0x00);
  set_indexed(0x3ce, 0x05, 0x10);
  set_indexed(0x3ce, 0x06, 0x0e);
  set_indexed(0x3ce, 0x08, 0xff);
  *(volatile u8 *)TEXT_MEMORY = 0x5a;
  for (u32 i = 0; i < 1024; i++) {
    table[i] = i << 12 | PAGE_WRITABLE | PAGE_PRESENT | (i == TEXT_MEMORY >> 12 ? PAGE_UNCACHED : 0);
    directory[i] = 0;
  }
  directory[0] = (u32)table | PAGE_WRITABLE | PAGE_PRESENT;
}

static void set_paging(int on) {
  u32 cr0;
  if (on) __asm__ volatile("movl %0, %%cr3" ::"r"(directory) : "memory");
  __asm__ volatile("movl %%cr0, %0" : "=r"(cr0));
  __asm__ volatile("movl %0, %%cr0\n\tjmp 1f\n1:" ::"r"(on ? cr0 | CR0_PG : cr0 & ~CR0_PG) : "memory");
}

u32 mmio(u32 iterations) {
  u32 sum = 0;
  set_paging(1);
  for (u32 i = 0; i < iterations; i++) sum += *(volatile u8 *)TEXT_MEMORY;
  set_paging(0);
  return sum;
}
