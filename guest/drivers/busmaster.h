// The bus master function of a PCI IDE controller (Programming Interface for Bus Master IDE Controller, rev. 1.0).
#ifndef NB_BUSMASTER_H
#define NB_BUSMASTER_H

#include "runtime.h"

#define BM_COMMAND 0
#define BM_STATUS 2
#define BM_TABLE 4
#define BM_CMD_START 0x01
#define BM_CMD_TO_MEMORY 0x08 /* "read/write control": the controller writes memory */
#define BM_ST_ACTIVE 0x01
#define BM_ST_ERROR 0x02     /* W1C */
#define BM_ST_INTERRUPT 0x04 /* W1C */
#define BM_ST_CAPABLE 0x60   /* drive capable bits: plain storage, kept */

struct prd {
  u32 address;
  u32 count_flags; /* bytes 15:0 (0 is 64 KiB), end of table in bit 31 */
};
#define PRD_END 0x80000000u

/* Fills `table` for [address, address + bytes): no entry longer than `longest` or across a 64 KiB boundary.
   Returns the number of entries. */
u32 prd_fill(struct prd *table, u32 address, u32 bytes, u32 longest);

/* Clears error and interrupt, sets table and direction; does not start. */
void bm_prepare(u16 base, const struct prd *table);
void bm_start(u16 base);
/* Stops, clears error and interrupt; returns the status as it was before. */
u8 bm_finish(u16 base);

/* busmaster_out.c: the same three for a transfer from memory to the drive. */
void bm_prepare_out(u16 base, const struct prd *table);
void bm_start_out(u16 base);
u8 bm_finish_out(u16 base);

#endif
