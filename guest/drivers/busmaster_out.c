// The bus master's other direction: it reads memory and gives the data to the drive.
#include "busmaster.h"

void bm_prepare_out(u16 base, const struct prd *table) {
  outl(base + BM_TABLE, (u32)table);
  outb(base + BM_COMMAND, 0);
  outb(base + BM_STATUS, (u8)((inb(base + BM_STATUS) & BM_ST_CAPABLE) | BM_ST_ERROR | BM_ST_INTERRUPT));
}

void bm_start_out(u16 base) { outb(base + BM_COMMAND, BM_CMD_START); }

u8 bm_finish_out(u16 base) {
  u8 status = inb(base + BM_STATUS);
  outb(base + BM_COMMAND, 0);
  outb(base + BM_STATUS, (u8)((status & BM_ST_CAPABLE) | BM_ST_ERROR | BM_ST_INTERRUPT));
  return status;
}
