// The primary master by polled PIO, by interrupts and by its bus master, so that somebody else can run in between.
#include "busmaster.h"
#include "disk.h"
#include "jobs.h"

#define BLOCK_SECTORS 16u
#define LONGEST (256 * SECTOR) /* bytes a command */
#define TABLE_BYTES 256u

static struct prd table[TABLE_BYTES / sizeof(struct prd)] __attribute__((aligned(TABLE_BYTES)));
static u32 method;
static u16 bm;
static u32 lba;

static void next(void) {
  u32 n = transfer.left < LONGEST ? transfer.left : LONGEST;
  transfer.left -= n;
  transfer.asked = n;
  transfer.commands++;
  if (method == METHOD_DMA) {
    prd_fill(table, (u32)transfer.to, n, 0x10000);
    bm_prepare(bm, table);
    ata_command(CMD_READ_DMA, lba, n / SECTOR, 0);
    bm_start(bm);
  } else {
    ata_command(CMD_READ_MULTIPLE, lba, n / SECTOR, 0);
  }
  lba += n / SECTOR;
}

static void arrived(u32 bytes) {
  transfer.to += bytes;
  transfer.done += bytes;
  transfer.asked -= bytes;
  if (transfer.asked > 0) return;
  if (transfer.left == 0) transfer.over = 1;
  else next();
}

static void take_block(void) {
  u32 bytes = transfer.asked < BLOCK_SECTORS * SECTOR ? transfer.asked : BLOCK_SECTORS * SECTOR;
  u8 *to = transfer.to;
  for (u32 i = 0; i < bytes; i += SECTOR) insw(ATA_DATA, to + i, SECTOR / 2);
  arrived(bytes);
}

void disk_step(void) {
  u8 status = inb(ATA_ALT_STATUS);
  if (status & ST_BSY) return;
  status = inb(ATA_STATUS);
  if (status & (ST_ERR | ST_DF)) transfer_fail(ata_failed(status), CMD_READ_MULTIPLE);
  else if (status & ST_DRQ) take_block();
}

static int acknowledge_pio(void) {
  if (inb(ATA_ALT_STATUS) & ST_BSY) return 0;
  transfer.interrupts++;
  disk_step();
  return 1;
}

static int acknowledge_dma(void) {
  if (!(inb(bm + BM_STATUS) & BM_ST_INTERRUPT)) return 0;
  u8 bus = bm_finish(bm), status = inb(ATA_STATUS);
  transfer.interrupts++;
  if (status & (ST_ERR | ST_DF)) transfer_fail(ata_failed(status), CMD_READ_DMA);
  else if (bus & BM_ST_ERROR) transfer_fail(NB_STATUS_BM_ERROR, bus);
  else arrived(transfer.asked);
  return 1;
}

u32 disk_ready(struct two_jobs *p) {
  struct disk disk = {.ide = {.address = PCI_NONE}};
  method = p->method;
  struct disk_wish wish = {
      .master = method == METHOD_DMA, .mode = p->transfer_mode, .lba = 0, .sectors = p->byte_count / SECTOR,
      .multiple = method == METHOD_DMA ? 0 : BLOCK_SECTORS,
  };
  u32 status = disk_open(&disk, &wish);
  if (status != NB_STATUS_DONE) return status;
  bm = (u16)disk.ide.bm;
  inb(ATA_STATUS);
  if (method == METHOD_PIO) return NB_STATUS_DONE;
  irq14_handler = method == METHOD_DMA ? acknowledge_dma : acknowledge_pio;
  irq14_unmask();
  outb(ATA_DEVICE_CONTROL, 0);
  return NB_STATUS_DONE;
}

void disk_begin(void) {
  lba = 0;
  next();
}
