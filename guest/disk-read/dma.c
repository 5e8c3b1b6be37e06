// DMA data-in (ATA/ATAPI-6 §9.7): the controller's bus master moves the data by the PRD table.
#include "methods.h"

// 65536 sectors are 32 MiB: 512 entries of 64 KiB and one more if the buffer does not begin on a boundary; shorter
// entries (`prd_bytes`) need more. A table must not cross a 64 KiB boundary, so it is cut out of twice the room (a
// segment aligned to 64 KiB would push the multiboot header out of the file's first 8 KiB).
#define TABLE_BYTES 65536u
#define TABLE_ENTRIES (TABLE_BYTES / sizeof(struct prd))
static u8 table_room[2 * TABLE_BYTES];
static struct prd *table;

static u16 bm;
static volatile u8 irq_bm_status, irq_ata_status;

/* Interface rev. 1.0 §3.1, steps 5 to 7: read the status, stop, clear the interrupt here and at the drive. */
static int acknowledge_dma(void) {
  if (!(inb(bm + BM_STATUS) & BM_ST_INTERRUPT)) return 0;
  irq_bm_status = bm_finish(bm);
  irq_ata_status = inb(ATA_STATUS);
  return 1;
}

int dma_table_holds(const struct disk_read *p) {
  // Each 64 KiB boundary may cut an entry in two, and the last one may be short.
  u32 bytes = p->sectors_per_command * SECTOR;
  return bytes / p->prd_bytes + bytes / 65536 + 3 <= TABLE_ENTRIES;
}

void dma_open(struct disk_read *p) {
  bm = (u16)p->bm_base;
  table = (struct prd *)(((u32)table_room + TABLE_BYTES - 1) & ~(TABLE_BYTES - 1));
  irq14_handler = acknowledge_dma;
  if (!(p->header.flags & FLAG_POLL_DMA)) irq14_unmask();
  inb(ATA_STATUS);
  outb(ATA_DEVICE_CONTROL, 0);
}

static u32 poll(struct disk_read *p) {
  for (u32 i = 0; i < ATA_POLL_LIMIT; i++) {
    u8 status = inb(bm + BM_STATUS);
    p->polls++;
    if (status & (BM_ST_INTERRUPT | BM_ST_ERROR)) {
      irq_bm_status = bm_finish(bm);
      irq_ata_status = inb(ATA_STATUS);
      return NB_STATUS_DONE;
    }
  }
  irq_bm_status = bm_finish(bm);
  irq_ata_status = inb(ATA_ALT_STATUS);
  return NB_STATUS_TIMEOUT;
}

u32 read_dma(struct disk_read *p, u32 lba, u32 sectors, int ext, u8 *to) {
  u8 command = ext ? CMD_READ_DMA_EXT : CMD_READ_DMA;
  u32 status = NB_STATUS_DONE;
  prd_fill(table, (u32)to, sectors * SECTOR, p->prd_bytes);
  bm_prepare(bm, table);
  ata_command(command, lba, sectors, ext);
  bm_start(bm);
  if (p->header.flags & FLAG_POLL_DMA) status = poll(p);
  else irq14_wait();
  p->bm_status = irq_bm_status;
  ata.status = irq_ata_status;
  if (status != NB_STATUS_DONE) return fail(status, command);
  if (irq_ata_status & (ST_ERR | ST_DF)) return fail(ata_failed(irq_ata_status), command);
  if (irq_bm_status & BM_ST_ERROR) return fail(NB_STATUS_BM_ERROR, command);
  if (irq_bm_status & BM_ST_ACTIVE) return fail(NB_STATUS_BM_LENGTH, command);
  p->bytes_done += sectors * SECTOR;
  return NB_STATUS_DONE;
}
