// PIO data-in without string instructions: each word goes through AX (or EAX), as a loop in C or BASIC does it.
#include "methods.h"

/* Moves a DRQ block word by word. */
static void take(const struct disk_read *p, u32 sectors, u8 *to) {
  if (p->port_width == 32) {
    for (u32 n = sectors * SECTOR / 4; n > 0; n--, to += 4) *(u32 *)to = inl(ATA_DATA);
  } else {
    for (u32 n = sectors * SECTOR / 2; n > 0; n--, to += 2) *(u16 *)to = inw(ATA_DATA);
  }
}

/* One command, polled. */
static u32 read(struct disk_read *p, u32 lba, u32 sectors, int ext, u8 *to) {
  u8 command = p->block_sectors == 1 ? (ext ? CMD_READ_SECTORS_EXT : CMD_READ_SECTORS)
                                     : (ext ? CMD_READ_MULTIPLE_EXT : CMD_READ_MULTIPLE);
  ata_command(command, lba, sectors, ext);
  while (sectors > 0) {
    u32 status = ata_poll(1);
    if (status != NB_STATUS_DONE) return fail(status, command);
    u32 n = sectors < p->block_sectors ? sectors : p->block_sectors;
    take(p, n, to);
    p->bytes_done += n * SECTOR;
    sectors -= n;
    to += n * SECTOR;
  }
  return NB_STATUS_DONE;
}

u32 read_all_pio_ax(struct disk_read *p, int ext) {
  u32 lba = p->lba, status = NB_STATUS_DONE, all = p->byte_count / SECTOR;
  u8 *to = (u8 *)p->buffer;
  post(NB_POST_BEGIN);
  while (all > 0 && status == NB_STATUS_DONE) {
    u32 n = all < p->sectors_per_command ? all : p->sectors_per_command;
    p->commands++;
    status = read(p, lba, n, ext, to);
    lba += n;
    all -= n;
    to += n * SECTOR;
  }
  post(NB_POST_END);
  return status;
}
