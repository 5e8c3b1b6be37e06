// The two 8237A DMA controllers of a PC (Intel 231466 §Programming; page registers: IBM PC/AT Technical Reference).
#ifndef NB_I8237_H
#define NB_I8237_H

#include "runtime.h"

/* Bits of a mode register. */
#define DMA_DEMAND 0x00u
#define DMA_SINGLE 0x40u
#define DMA_BLOCK 0x80u
#define DMA_DECREMENT 0x20u
#define DMA_AUTOINIT 0x10u
#define DMA_TO_MEMORY 0x04u   /* "write transfer" */
#define DMA_FROM_MEMORY 0x08u /* "read transfer" */

/* Programs channel 0-3 or 5-7 for `bytes` bytes at `address` and unmasks it. The range lies below 16 MiB and crosses
   no boundary of 64 KiB (128 KiB for 5-7, whose address and length are even). */
void isa_dma_start(u32 channel, u32 mode, u32 address, u32 bytes);
void isa_dma_stop(u32 channel);
/* Transfers (bytes, or words of 5-7) that are left; FFFFh + 1 after terminal count. */
u32 isa_dma_left(u32 channel);
/* Channels of 0-3 that have reached terminal count since the last call, a bit each. */
u32 isa_dma_ended(void);

#endif
