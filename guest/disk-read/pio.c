// PIO data-in (ATA/ATAPI-6 §9.5): the processor moves every word through the data port.
#include "methods.h"

static volatile u8 irq_status;

static u8 command_for(const struct disk_read *p, int ext) {
  if (p->block_sectors == 1) return ext ? CMD_READ_SECTORS_EXT : CMD_READ_SECTORS;
  return ext ? CMD_READ_MULTIPLE_EXT : CMD_READ_MULTIPLE;
}

/* Moves one DRQ block; returns its sectors. The last block of a command may be a shorter one. */
static u32 take_block(struct disk_read *p, u32 left, u8 *to) {
  u32 sectors = left < p->block_sectors ? left : p->block_sectors;
  // One string instruction a sector, as drivers of the time did it.
  for (u32 i = 0; i < sectors; i++, to += SECTOR) {
    if (p->port_width == 32) insl(ATA_DATA, to, SECTOR / 4);
    else insw(ATA_DATA, to, SECTOR / 2);
  }
  p->bytes_done += sectors * SECTOR;
  return sectors;
}

u32 read_pio_polled(struct disk_read *p, u32 lba, u32 sectors, int ext, u8 *to) {
  u8 command = command_for(p, ext);
  ata_command(command, lba, sectors, ext);
  while (sectors > 0) {
    u32 status = ata_poll(1);
    if (status != NB_STATUS_DONE) return fail(status, command);
    u32 n = take_block(p, sectors, to);
    sectors -= n;
    to += n * SECTOR;
  }
  return NB_STATUS_DONE;
}

static int acknowledge_pio(void) {
  if (inb(ATA_ALT_STATUS) & ST_BSY) return 0;
  irq_status = inb(ATA_STATUS);
  return 1;
}

void pio_irq_open(void) {
  irq14_handler = acknowledge_pio;
  irq14_unmask();
  inb(ATA_STATUS);
  outb(ATA_DEVICE_CONTROL, 0);
}

u32 read_pio_irq(struct disk_read *p, u32 lba, u32 sectors, int ext, u8 *to) {
  u8 command = command_for(p, ext);
  ata_command(command, lba, sectors, ext);
  while (sectors > 0) {
    irq14_wait();
    u8 status = ata.status = irq_status;
    if (status & (ST_ERR | ST_DF)) return fail(ata_failed(status), command);
    if (!(status & ST_DRQ)) {
      // The interrupt announces a block: without DRQ there is none to come.
      u32 late = ata_poll(1);
      if (late != NB_STATUS_DONE) return fail(late, command);
    }
    u32 n = take_block(p, sectors, to);
    sectors -= n;
    to += n * SECTOR;
  }
  return NB_STATUS_DONE;
}
