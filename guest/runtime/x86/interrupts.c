// The interrupt descriptor table and the 8259 pair (8259A §Initialization Command Words; IA-32 SDM vol. 3 §6.10, §6.11).
#include "runtime.h"

#define PIC1 0x20
#define PIC2 0xa0
#define PIC_EOI 0x20
#define PIC_READ_ISR 0x0b
#define IRQ_BASE 0x20
#define VECTORS 48
#define GATE_INTERRUPT32 0x8e00u
#define CODE_SELECTOR 0x08u

extern const u8 vector_stubs[]; /* start.S: 8 bytes a vector */

static u32 idt[VECTORS * 2];

volatile u32 irq14_pending, irq14_count, spurious_count;
int (*volatile irq14_handler)(void);

static u8 in_service(u16 pic) {
  outb(pic, PIC_READ_ISR);
  return inb(pic);
}

/* Called by start.S. Of the lines that come here only IRQ 14 is ever unmasked (others: lines.c), so the rest is
   spurious or an exception. */
void interrupt(u32 vector) {
  if (vector == IRQ_BASE + 14) {
    if (irq14_handler != 0 && irq14_handler()) {
      irq14_count++;
      irq14_pending++;
    } else {
      spurious_count++;
    }
    outb(PIC2, PIC_EOI);
    outb(PIC1, PIC_EOI);
  } else if (vector >= IRQ_BASE) {
    spurious_count++;
    // A spurious IRQ 15 is in service at the first chip (its input 2), not at the second.
    if (vector >= IRQ_BASE + 8) outb(PIC1, PIC_EOI);
    else if (vector == IRQ_BASE + 7 && (in_service(PIC1) & 0x80)) outb(PIC1, PIC_EOI);
  } else {
    finish(fail(NB_STATUS_EXCEPTION, vector));
  }
}

void interrupts_open(void) {
  struct {
    u16 limit;
    u32 base;
  } __attribute__((packed)) pointer = {sizeof idt - 1, (u32)idt};
  for (u32 v = 0; v < VECTORS; v++) {
    u32 stub = (u32)(vector_stubs + v * 8);
    idt[v * 2] = CODE_SELECTOR << 16 | (stub & 0xffff);
    idt[v * 2 + 1] = (stub & 0xffff0000u) | GATE_INTERRUPT32;
  }
  __asm__ volatile("lidt %0" ::"m"(pointer));

  outb(PIC1, 0x11); /* ICW1: edge, cascade, ICW4 follows */
  outb(PIC2, 0x11);
  outb(PIC1 + 1, IRQ_BASE); /* ICW2 */
  outb(PIC2 + 1, IRQ_BASE + 8);
  outb(PIC1 + 1, 0x04); /* ICW3: a chip hangs on input 2 */
  outb(PIC2 + 1, 0x02); /* ICW3: and that chip is number 2 */
  outb(PIC1 + 1, 0x01); /* ICW4: 8086 mode */
  outb(PIC2 + 1, 0x01);
  outb(PIC1 + 1, 0xff);
  outb(PIC2 + 1, 0xff);
}

void irq14_unmask(void) {
  outb(PIC1 + 1, 0xfb);
  outb(PIC2 + 1, 0xbf);
}

void irq14_wait(void) {
  // sti takes effect after the next instruction: no interrupt can slip in between it and hlt.
  while (irq14_pending == 0) __asm__ volatile("sti; hlt; cli" ::: "memory");
  irq14_pending--;
}
