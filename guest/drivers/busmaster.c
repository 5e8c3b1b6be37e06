#include "busmaster.h"

u32 prd_fill(struct prd *table, u32 address, u32 bytes, u32 longest) {
  u32 entries = 0;
  while (bytes > 0) {
    u32 to_boundary = 0x10000 - (address & 0xffff);
    u32 n = bytes < longest ? bytes : longest;
    if (n > to_boundary) n = to_boundary;
    table[entries].address = address;
    table[entries].count_flags = n & 0xffff;
    address += n;
    bytes -= n;
    entries++;
  }
  table[entries - 1].count_flags |= PRD_END;
  return entries;
}

static void clear(u16 base, u8 status) {
  outb(base + BM_STATUS, (u8)((status & BM_ST_CAPABLE) | BM_ST_ERROR | BM_ST_INTERRUPT));
}

void bm_prepare(u16 base, const struct prd *table) {
  outl(base + BM_TABLE, (u32)table);
  outb(base + BM_COMMAND, BM_CMD_TO_MEMORY);
  clear(base, inb(base + BM_STATUS));
}

void bm_start(u16 base) { outb(base + BM_COMMAND, BM_CMD_TO_MEMORY | BM_CMD_START); }

u8 bm_finish(u16 base) {
  u8 status = inb(base + BM_STATUS);
  outb(base + BM_COMMAND, BM_CMD_TO_MEMORY);
  clear(base, status);
  return status;
}
