// The ways to move one command's data. Each returns a status for `finish`; sectors are 512 bytes.
#ifndef NB_METHODS_H
#define NB_METHODS_H

#include "busmaster.h"
#include "disk.h"
#include "params.h"

/* Reads `sectors` from `lba` to `to` with one command. */
u32 read_pio_polled(struct disk_read *p, u32 lba, u32 sectors, int ext, u8 *to);
u32 read_pio_irq(struct disk_read *p, u32 lba, u32 sectors, int ext, u8 *to);
/* Reads everything, between the two marks. */
u32 read_all_pio_ax(struct disk_read *p, int ext);
u32 read_dma(struct disk_read *p, u32 lba, u32 sectors, int ext, u8 *to);

/* Handlers for IRQ 14: acknowledge the device; 0 if it had not asked. */
void pio_irq_open(void);
void dma_open(struct disk_read *p);

/* Whether one command's PRD table has room for entries as short as `prd_bytes`. */
int dma_table_holds(const struct disk_read *p);

#endif
