// PIO data-out (ATA/ATAPI-6 §9.6) word by word through AX, or 32 bits at a time; polled, or by interrupt.
#include "pio_ways.h"

#define SECTORS_PER_COMMAND 256u

static volatile u8 irq_status;

static int acknowledge(void) {
  if (inb(ATA_ALT_STATUS) & ST_BSY) return 0;
  irq_status = inb(ATA_STATUS);
  return 1;
}

int other_way(const struct disk_write *p) {
  return p->method == METHOD_PIO_AX || (p->port_width == 32 && p->method != METHOD_DMA);
}

/* The first block is asked for without an interrupt (ATA/ATAPI-6 §9.6). */
static u32 wait(const struct disk_write *p, int first, int drq) {
  if (p->method != METHOD_PIO_IRQ || first) return ata_poll(drq);
  irq14_wait();
  ata.status = irq_status;
  if (irq_status & (ST_ERR | ST_DF)) return ata_failed(irq_status);
  return drq && !(irq_status & ST_DRQ) ? ata_poll(1) : NB_STATUS_DONE;
}

static void give(const struct disk_write *p, const u8 *from, u32 sectors) {
  if (p->method == METHOD_PIO_AX) {
    if (p->port_width == 32) for (u32 n = sectors * SECTOR / 4; n > 0; n--, from += 4) outl(ATA_DATA, *(const u32 *)from);
    else for (u32 n = sectors * SECTOR / 2; n > 0; n--, from += 2) outw(ATA_DATA, *(const u16 *)from);
  } else {
    for (; sectors > 0; sectors--, from += SECTOR) outsl(ATA_DATA, from, SECTOR / 4);
  }
}

/* One command. */
static u32 write(struct disk_write *p, u32 lba, u32 sectors, const u8 *from) {
  u8 command = p->block_sectors > 1 ? CMD_WRITE_MULTIPLE : CMD_WRITE_SECTORS;
  u32 status;
  int first = 1;
  ata_command(command, lba, sectors, 0);
  while (sectors > 0) {
    if ((status = wait(p, first, 1)) != NB_STATUS_DONE) return fail(status, command);
    u32 n = sectors < p->block_sectors ? sectors : p->block_sectors;
    give(p, from, n);
    from += n * SECTOR;
    sectors -= n;
    p->bytes_done += n * SECTOR;
    first = 0;
  }
  if ((status = wait(p, 0, 0)) != NB_STATUS_DONE) return fail(status, command);
  return NB_STATUS_DONE;
}

u32 write_other_way(struct disk_write *p) {
  u32 lba = p->lba, left = p->byte_count / SECTOR, status = NB_STATUS_DONE;
  const u8 *from = (const u8 *)p->buffer;
  if (p->method == METHOD_PIO_IRQ) irq14_handler = acknowledge;
  post(NB_POST_BEGIN);
  while (left > 0 && status == NB_STATUS_DONE) {
    u32 n = left < SECTORS_PER_COMMAND ? left : SECTORS_PER_COMMAND;
    p->commands++;
    status = write(p, lba, n, from);
    lba += n;
    left -= n;
    from += n * SECTOR;
  }
  outb(ATA_DEVICE_CONTROL, DC_NIEN);
  if (status == NB_STATUS_DONE) {
    p->commands++;
    status = ata_flush();
  }
  post(NB_POST_END);
  return status;
}
