// The card `paths` and the system DMA engine: registers as src/hw/paths/spec.ts and src/hw/dma/system-dma/spec.ts
// have them (a test compares), and how a driver finds and reaches them.
#ifndef NB_CARDS_H
#define NB_CARDS_H

#include "pci.h"

#define CARD_ID 0x00014e42u   /* vendor 15:0, device 31:16 */
#define ENGINE_ID 0x00024e42u
#define CARD_BUFFER_BYTES 0x10000u

#define CARD_REG_ID 0x00u
#define CARD_REG_CONTROL 0x04u
#define CARD_REG_INT 0x08u
#define CARD_REG_STATUS 0x0cu
#define CARD_REG_FIFO 0x10u
#define CARD_REG_COMMAND 0x14u
#define CARD_REG_COLOUR 0x18u
#define CARD_REG_LINE 0x1cu
#define CARD_REG_INDEX 0x20u
#define CARD_REG_WINDOW 0x24u
#define CARD_REG_DMA_ADDRESS 0x28u
#define CARD_REG_DMA_OFFSET 0x2cu
#define CARD_REG_DMA_LENGTH 0x30u
#define CARD_REG_DMA_CONTROL 0x34u
#define CARD_REG_DMA_DONE 0x38u

#define CARD_INT_DMA 0x1u
#define CARD_INT_ERROR 0x2u
#define CARD_INT_FIFO 0x4u
#define CARD_INT_SOFT 0x8u
#define CARD_ST_BUSY 0x1u
#define CARD_DMA_GO 0x1u
#define CARD_DMA_TO_MEMORY 0x2u

#define ENGINE_REG_SRC 0x00u
#define ENGINE_REG_DST 0x04u
#define ENGINE_REG_COUNT 0x08u
#define ENGINE_REG_CONTROL 0x0cu
#define ENGINE_REG_STATUS 0x10u
#define ENGINE_REG_LEFT 0x14u

#define ENGINE_CT_START 0x1u
#define ENGINE_CT_IE 0x2u
#define ENGINE_ST_DONE 0x1u
#define ENGINE_ST_ERROR 0x2u

struct pci_card {
  u32 address;             /* PCI_NONE: there is none */
  volatile u32 *registers; /* BAR 0 */
  u16 ports;               /* BAR 1: the same registers; 0: none */
  u8 *buffer;              /* BAR 2; 0: none */
  u32 irq;                 /* line at the 8259 pair; 0: firmware has routed none */
};

/* Finds a function of bus 0 by its identity, as firmware has set it up, and lets it answer and master the bus. */
struct pci_card card_find(u32 id);

/* A register by memory, or by ports. */
static inline u32 card_get(const struct pci_card *c, u32 offset) { return c->registers[offset / 4]; }
static inline void card_set(const struct pci_card *c, u32 offset, u32 value) { c->registers[offset / 4] = value; }
static inline u32 card_in(const struct pci_card *c, u32 offset) { return inl((u16)(c->ports + offset)); }
static inline void card_out(const struct pci_card *c, u32 offset, u32 value) { outl((u16)(c->ports + offset), value); }

#endif
