// The 8237A pair of a PC (Intel 8237A data sheet; page registers of the IBM PC/AT).
#ifndef NB_ISADMA_H
#define NB_ISADMA_H

#include "runtime.h"

#define ISADMA_TO_MEMORY 0x44u   /* single mode, write transfer */
#define ISADMA_FROM_MEMORY 0x48u /* single mode, read transfer */

/* Programs and unmasks channel 2 for `bytes` bytes at `address`, below 16 MiB and within 64 KiB. */
void isadma_program2(u32 mode, u32 address, u32 bytes);
void isadma_mask2(void);

#endif
