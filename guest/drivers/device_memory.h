// Memory of a device in the address space: that of the card `paths` or of the VGA; and who can move bytes between it and
// RAM in the processor's place.
#ifndef NB_DEVICE_MEMORY_H
#define NB_DEVICE_MEMORY_H

#include "cards.h"

#define VGA_ID 0x11111234u

#define DEVICE_PATHS 0u
#define DEVICE_VGA 1u

/* Causes of a failure, in the order of each program's statuses from A0h on. */
#define DEVICE_MEMORY_DONE 0u
#define DEVICE_MEMORY_NO_CARD 0xa0u
#define DEVICE_MEMORY_NO_ENGINE 0xa1u
#define DEVICE_MEMORY_NO_ADDRESS 0xa2u
#define DEVICE_MEMORY_NO_LINE 0xa3u
#define DEVICE_MEMORY_NO_RANGE 0xa4u
#define DEVICE_MEMORY_DMA 0xa5u

struct device_memory {
  struct pci_card card;
  u8 *bytes;
  u32 length;
};

/* Finds it as firmware has set it up. */
u32 device_memory_open(u32 device, struct device_memory *found);
/* From now on stores to it combine: a memory type range of type WC. */
u32 device_memory_combine(const struct device_memory *m);
/* Waits until all stores before it have left: a serializing instruction (SDM vol. 3A, 11.3.1). */
void stores_arrive(void);

/* Who moves: the card `paths` by itself, or the system DMA engine. Ends by interrupt. */
u32 mover_open(const struct device_memory *m, int by_engine);
/* Moves bytes between RAM and the device's memory, and halts until they are there; the cause if that fails. */
u32 mover_move(u32 ram, u32 offset, u32 bytes, int to_device);
/* Interrupts that were taken. */
u32 mover_interrupts(void);

#endif
