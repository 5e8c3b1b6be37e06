// The pattern source (src/hw/dma/pattern-source/README.md) by the 8237, channel 3, or by its port.
#include "i8237.h"
#include "jobs.h"

#define CARD 0x300
#define CARD_CONTROL (CARD + 0)
#define CARD_STATUS (CARD + 1)
#define CARD_PERIOD (CARD + 2)
#define CARD_DATA (CARD + 3)
#define CARD_SEED (CARD + 4)
#define CONTROL_GO 1
#define CONTROL_IE 2
#define STATUS_DONE 1
#define CARD_IRQ 10
#define CHANNEL 3
#define LONGEST 0x10000u /* the page register does not count on */

static u32 mode;
volatile int more;

static void next(void) {
  u32 n = transfer.left < LONGEST ? transfer.left : LONGEST;
  transfer.left -= n;
  transfer.asked = n;
  transfer.commands++;
  isa_dma_start(CHANNEL, mode | DMA_TO_MEMORY, (u32)transfer.to, n);
  outb(CARD_CONTROL, CONTROL_GO | CONTROL_IE);
}

static int acknowledge(void) {
  if (!(inb(CARD_STATUS) & STATUS_DONE)) return 0;
  outb(CARD_STATUS, STATUS_DONE);
  if (!(isa_dma_ended() & 1u << CHANNEL)) return 0;
  transfer.interrupts++;
  transfer.to += transfer.asked;
  transfer.done += transfer.asked;
  if (transfer.left == 0) transfer.over = 1;
  else more = 1;
  return 1;
}

u32 card_ready(struct two_jobs *p) {
  mode = p->method == METHOD_8237_BLOCK ? DMA_BLOCK : DMA_SINGLE;
  outb(CARD_CONTROL, 0);
  outb(CARD_PERIOD, (u8)p->period);
  irq_open(CARD_IRQ, acknowledge);
  return NB_STATUS_DONE;
}

void card_step(void) {
  more = 0;
  next();
}

void card_begin(void) {
  outl(CARD_SEED, 1);
  next();
}

void card_to_port(void) {
  outl(CARD_SEED, 1);
  outb(CARD_PERIOD, 0);
  outb(CARD_CONTROL, CONTROL_GO);
}

u32 byte_unit(u32 checksum) { return (checksum << 5 | checksum >> 27) + inb(CARD_DATA); }
