// Interrupt lines of cards: gates of their own, so that the disk's short way in interrupts.c stays as short as it is.
#include "runtime.h"

#define PIC1 0x20
#define PIC2 0xa0
#define PIC_EOI 0x20
#define IRQ_BASE 0x20

extern const u8 line_stubs[]; /* line_stubs.S: 16 bytes a line */

volatile u32 irq_pending[16];
volatile u32 irq_spurious;
static int (*volatile handlers[16])(void);

/* Called by line_stubs.S. */
void line_interrupt(u32 line) {
  if (handlers[line]()) irq_pending[line]++;
  else irq_spurious++;
  if (line >= 8) outb(PIC2, PIC_EOI);
  outb(PIC1, PIC_EOI);
}

void irq_open(u32 line, int (*handler)(void)) {
  struct {
    u16 limit;
    u32 base;
  } __attribute__((packed)) table;
  u32 stub = (u32)(line_stubs + line * 16);
  u16 pic = line < 8 ? PIC1 : PIC2;
  handlers[line] = handler;
  __asm__ volatile("sidt %0" : "=m"(table));
  u32 *gate = (u32 *)table.base + (IRQ_BASE + line) * 2;
  gate[0] = (gate[0] & 0xffff0000u) | (stub & 0xffff);
  gate[1] = (gate[1] & 0x0000ffffu) | (stub & 0xffff0000u);
  outb(pic + 1, (u8)(inb(pic + 1) & ~(1u << (line & 7))));
  if (line >= 8) outb(PIC1 + 1, (u8)(inb(PIC1 + 1) & ~0x04));
}

void irq_wait(u32 line) {
  // sti takes effect after the next instruction: no interrupt can slip in between it and hlt.
  while (irq_pending[line] == 0) __asm__ volatile("sti; hlt; cli" ::: "memory");
  irq_pending[line]--;
}
