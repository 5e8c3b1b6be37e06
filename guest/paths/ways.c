#include "ways.h"

#define POLL_LIMIT 10000000u

static volatile u32 taken, causes;

/* --- the processor moves the data --- */

static void by_ports(u32 width, u32 memory, u32 bytes, int to_card) {
  u16 port = (u16)(card.ports + CARD_REG_WINDOW);
  void *at = (void *)memory;
  card_out(&card, CARD_REG_INDEX, 0);
  if (to_card) {
    if (width == 32) outsl(port, at, bytes / 4);
    else if (width == 16) outsw(port, at, bytes / 2);
    else __asm__ volatile("rep outsb" : "+S"(at), "+c"(bytes) : "d"(port) : "memory");
  } else {
    if (width == 32) insl(port, at, bytes / 4);
    else if (width == 16) insw(port, at, bytes / 2);
    else __asm__ volatile("rep insb" : "+D"(at), "+c"(bytes) : "d"(port) : "memory");
  }
}

static void by_memory(u32 width, u32 memory, u32 bytes, int to_card) {
  const void *from = to_card ? (void *)memory : card.buffer;
  void *to = to_card ? card.buffer : (void *)memory;
  if (width == 32) bytes /= 4, ({ __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(bytes)::"memory"); });
  else if (width == 16) bytes /= 2, ({ __asm__ volatile("rep movsw" : "+D"(to), "+S"(from), "+c"(bytes)::"memory"); });
  else __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes)::"memory");
}

/* --- a device moves them --- */

static u32 card_register(const struct paths *p, u32 offset) {
  return p->registers == REGISTERS_PORTS ? card_in(&card, offset) : card_get(&card, offset);
}

static void card_register_set(const struct paths *p, u32 offset, u32 value) {
  if (p->registers == REGISTERS_PORTS) card_out(&card, offset, value);
  else card_set(&card, offset, value);
}

static struct paths *running;

static int card_asks(void) {
  u32 now = card_register(running, CARD_REG_INT);
  if (now == 0) return 0;
  card_register_set(running, CARD_REG_INT, now);
  causes = now;
  taken++;
  return 1;
}

static int engine_asks(void) {
  u32 now = card_get(&engine, ENGINE_REG_STATUS);
  if (now == 0) return 0;
  card_set(&engine, ENGINE_REG_STATUS, now);
  causes = now;
  taken++;
  return 1;
}

/* The end of a transfer: by interrupt, or by reading a register again and again. */
static u32 wait(struct paths *p) {
  int by_card = p->method == METHOD_DEVICE_DMA;
  if (p->completion == COMPLETION_INTERRUPT) {
    irq_wait(p->irq);
  } else {
    u32 left = POLL_LIMIT;
    for (;; left--) {
      u32 busy = by_card ? card_register(p, CARD_REG_STATUS) & CARD_ST_BUSY
                         : card_get(&engine, ENGINE_REG_CONTROL) & ENGINE_CT_START;
      p->polls++;
      if (!busy) break;
      if (left == 0) return NB_STATUS_LATE;
    }
    u32 before = taken;
    if (by_card) card_asks();
    else engine_asks();
    taken = before;
  }
  p->device_status = causes;
  // In both devices bit 0 says done, bit 1 error.
  return causes == ENGINE_ST_DONE ? NB_STATUS_DONE : fail(NB_STATUS_DMA, causes);
}

static u32 by_card(struct paths *p, u32 memory, u32 bytes, int to_card) {
  card_register_set(p, CARD_REG_DMA_ADDRESS, memory);
  card_register_set(p, CARD_REG_DMA_OFFSET, 0);
  card_register_set(p, CARD_REG_DMA_LENGTH, bytes);
  card_register_set(p, CARD_REG_DMA_CONTROL, CARD_DMA_GO | (to_card ? 0 : CARD_DMA_TO_MEMORY));
  return wait(p);
}

static u32 by_engine(struct paths *p, u32 memory, u32 bytes, int to_card) {
  card_set(&engine, ENGINE_REG_SRC, to_card ? memory : (u32)card.buffer);
  card_set(&engine, ENGINE_REG_DST, to_card ? (u32)card.buffer : memory);
  card_set(&engine, ENGINE_REG_COUNT, bytes);
  card_set(&engine, ENGINE_REG_CONTROL, ENGINE_CT_START | (p->completion == COMPLETION_INTERRUPT ? ENGINE_CT_IE : 0));
  return wait(p);
}

u32 transfer(struct paths *p, u32 memory, u32 bytes, int to_card) {
  switch (p->method) {
    case METHOD_PORT_PIO: by_ports(p->width, memory, bytes, to_card); return NB_STATUS_DONE;
    case METHOD_DEVICE_DMA: return by_card(p, memory, bytes, to_card);
    case METHOD_SYSTEM_DMA: return by_engine(p, memory, bytes, to_card);
    default: by_memory(p->width, memory, bytes, to_card);
  }
  // An uncached access: what write-combining buffers still hold leaves first (SDM vol. 3A, 11.3.1).
  if (p->method == METHOD_MMIO_WC && to_card) card_get(&card, CARD_REG_STATUS);
  return NB_STATUS_DONE;
}

u32 open_ways(struct paths *p) {
  running = p;
  card = card_find(CARD_ID);
  if (card.address == PCI_NONE) return NB_STATUS_NO_CARD;
  if (card.registers == 0 || card.ports == 0 || card.buffer == 0) return NB_STATUS_NO_ADDRESS;
  if (p->method == METHOD_MMIO_WC && !mtrr_set((u32)card.buffer, CARD_BUFFER_BYTES, MTRR_WC))
    return NB_STATUS_NO_RANGE;
  const struct pci_card *mover = &card;
  if (p->method == METHOD_SYSTEM_DMA) {
    engine = card_find(ENGINE_ID);
    if (engine.address == PCI_NONE) return NB_STATUS_NO_ENGINE;
    if (engine.registers == 0) return NB_STATUS_NO_ADDRESS;
    mover = &engine;
  }
  if (p->method < METHOD_DEVICE_DMA || p->completion == COMPLETION_POLLED) return NB_STATUS_DONE;
  if (mover->irq == 0) return NB_STATUS_NO_LINE;
  p->irq = mover->irq;
  if (mover == &card) card_register_set(p, CARD_REG_CONTROL, CARD_INT_DMA | CARD_INT_ERROR);
  irq_open(p->irq, mover == &card ? card_asks : engine_asks);
  return NB_STATUS_DONE;
}

void count_interrupts(struct paths *p) {
  p->interrupts = taken;
  p->spurious = irq_spurious;
}
