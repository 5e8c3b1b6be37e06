#include "device_memory.h"
#include "mtrr.h"
#include "runtime.h"

static struct device_memory memory;
static struct pci_card engine;
static int engine_moves;
static u32 line;
static volatile u32 taken, cause;

u32 device_memory_open(u32 device, struct device_memory *found) {
  struct pci_card card = card_find(device == DEVICE_VGA ? VGA_ID : CARD_ID);
  if (card.address == PCI_NONE) return DEVICE_MEMORY_NO_CARD;
  found->card = card;
  // The VGA's memory is its BAR 0, its registers are BAR 2.
  found->bytes = device == DEVICE_VGA ? (u8 *)card.registers : card.buffer;
  if (found->bytes == 0) return DEVICE_MEMORY_NO_ADDRESS;
  if (device == DEVICE_VGA) {
    u32 at = 0x10, bar = pci_read(card.address, at);
    pci_write(card.address, at, 0xffffffffu);
    found->length = ~(pci_read(card.address, at) & ~15u) + 1;
    pci_write(card.address, at, bar);
  } else {
    found->length = CARD_BUFFER_BYTES;
  }
  memory = *found;
  return DEVICE_MEMORY_DONE;
}

u32 device_memory_combine(const struct device_memory *m) {
  return mtrr_set((u32)m->bytes, m->length, MTRR_WC) ? DEVICE_MEMORY_DONE : DEVICE_MEMORY_NO_RANGE;
}

void stores_arrive(void) {
  u32 a = 0, b, c, d;
  __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d)::"memory");
}

static int card_asks(void) {
  u32 now = card_get(&memory.card, CARD_REG_INT);
  if (now == 0) return 0;
  card_set(&memory.card, CARD_REG_INT, now);
  cause = now;
  taken++;
  return 1;
}

static int engine_asks(void) {
  u32 now = card_get(&engine, ENGINE_REG_STATUS);
  if (now == 0) return 0;
  card_set(&engine, ENGINE_REG_STATUS, now);
  cause = now;
  taken++;
  return 1;
}

u32 mover_open(const struct device_memory *m, int by_engine) {
  engine_moves = by_engine;
  if (by_engine) {
    engine = card_find(ENGINE_ID);
    if (engine.address == PCI_NONE) return DEVICE_MEMORY_NO_ENGINE;
    if (engine.registers == 0) return DEVICE_MEMORY_NO_ADDRESS;
  }
  line = by_engine ? engine.irq : m->card.irq;
  if (line == 0) return DEVICE_MEMORY_NO_LINE;
  if (!by_engine) card_set(&m->card, CARD_REG_CONTROL, CARD_INT_DMA | CARD_INT_ERROR);
  irq_open(line, by_engine ? engine_asks : card_asks);
  return DEVICE_MEMORY_DONE;
}

u32 mover_move(u32 ram, u32 offset, u32 bytes, int to_device) {
  const struct pci_card *c = &memory.card;
  if (engine_moves) {
    u32 device = (u32)memory.bytes + offset;
    card_set(&engine, ENGINE_REG_SRC, to_device ? ram : device);
    card_set(&engine, ENGINE_REG_DST, to_device ? device : ram);
    card_set(&engine, ENGINE_REG_COUNT, bytes);
    card_set(&engine, ENGINE_REG_CONTROL, ENGINE_CT_START | ENGINE_CT_IE);
  } else {
    card_set(c, CARD_REG_DMA_ADDRESS, ram);
    card_set(c, CARD_REG_DMA_OFFSET, offset);
    card_set(c, CARD_REG_DMA_LENGTH, bytes);
    card_set(c, CARD_REG_DMA_CONTROL, CARD_DMA_GO | (to_device ? 0 : CARD_DMA_TO_MEMORY));
  }
  irq_wait(line);
  // In both devices bit 0 says done, bit 1 error.
  return cause == 1 ? DEVICE_MEMORY_DONE : DEVICE_MEMORY_DMA;
}

u32 mover_interrupts(void) { return taken; }
