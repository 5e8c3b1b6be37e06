// disk-write: writes N bytes from RAM to the primary master, by one of four methods, between two marks; then reads them back.
#include "busmaster.h"
#include "disk.h"
#include "params.h"
#include "pio_ways.h"

const char program_name[] = "disk-write";
const u32 program_number = NB_PROGRAM_DISK_WRITE;

static struct disk_write defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_DISK_WRITE},
    .method = METHOD_DMA,
    .byte_count = 1024 * 1024,
    .buffer = 16 * 1024 * 1024,
    .transfer_mode = -1,
};
struct nb_header *const default_block = &defaults.header;

static const char *const method_names[] = METHOD_NAMES;

int set_parameter(const char *key, const char *text, u32 value) {
  if (same_text(key, "method")) return defaults.method = word_number(text, method_names, METHOD_COUNT), 1;
  if (same_text(key, "bytes")) return defaults.byte_count = value, 1;
  if (same_text(key, "buffer")) return defaults.buffer = value, 1;
  if (same_text(key, "lba")) return defaults.lba = value, 1;
  if (same_text(key, "block")) return defaults.block_sectors = value, 1;
  if (same_text(key, "width")) return defaults.port_width = value, 1;
  if (same_text(key, "mode")) return defaults.transfer_mode = (i32)value, 1;
  return 0;
}

extern const u8 image_end[]; /* link.ld */

#define SECTORS_PER_COMMAND 256u
#define TABLE_BYTES 65536u

// A table must not cross a 64 KiB boundary, so it is cut out of twice the room.
static u8 table_room[2 * TABLE_BYTES];
static struct prd *table;
static u16 bm;
static volatile u8 irq_status, irq_bm_status;

static u32 check(struct disk_write *p) {
  if (p->block_sectors == 0) p->block_sectors = 16;
  if (p->port_width == 0) p->port_width = 16;
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct disk_write, method));
  if (p->byte_count == 0 || p->byte_count % SECTOR != 0)
    return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct disk_write, byte_count));
  if (p->buffer % 4 != 0 || p->buffer < (u32)image_end || p->buffer + p->byte_count - 1 < p->buffer)
    return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct disk_write, buffer));
  if (p->block_sectors > 128 || (p->block_sectors & (p->block_sectors - 1)) != 0)
    return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct disk_write, block_sectors));
  if (p->port_width != 16 && p->port_width != 32)
    return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct disk_write, port_width));
  return NB_STATUS_DONE;
}

static int acknowledge_pio(void) {
  if (inb(ATA_ALT_STATUS) & ST_BSY) return 0;
  irq_status = inb(ATA_STATUS);
  return 1;
}

static int acknowledge_dma(void) {
  if (!(inb(bm + BM_STATUS) & BM_ST_INTERRUPT)) return 0;
  irq_bm_status = bm_finish_out(bm);
  irq_status = inb(ATA_STATUS);
  return 1;
}

/* Waits until the drive wants a block or, with the last one given, is done with the command. */
static u32 wait(const struct disk_write *p, int first, int drq) {
  // The first block is asked for without an interrupt (ATA/ATAPI-6 §9.6).
  if (p->method == METHOD_PIO_POLLED || first) return ata_poll(drq);
  irq14_wait();
  ata.status = irq_status;
  if (irq_status & (ST_ERR | ST_DF)) return ata_failed(irq_status);
  return drq && !(irq_status & ST_DRQ) ? ata_poll(1) : NB_STATUS_DONE;
}

/* PIO data-out (ATA/ATAPI-6 §9.6): memory, register of the processor, data port. */
static u32 write_pio(struct disk_write *p, u32 lba, u32 sectors, const u8 *from) {
  u8 command = p->block_sectors > 1 ? CMD_WRITE_MULTIPLE : CMD_WRITE_SECTORS;
  u32 status;
  int first = 1;
  ata_command(command, lba, sectors, 0);
  while (sectors > 0) {
    if ((status = wait(p, first, 1)) != NB_STATUS_DONE) return fail(status, command);
    u32 n = sectors < p->block_sectors ? sectors : p->block_sectors;
    // One string instruction a sector, as drivers of the time did it.
    for (u32 i = 0; i < n; i++, from += SECTOR) outsw(ATA_DATA, from, SECTOR / 2);
    sectors -= n;
    p->bytes_done += n * SECTOR;
    first = 0;
  }
  if ((status = wait(p, 0, 0)) != NB_STATUS_DONE) return fail(status, command);
  return NB_STATUS_DONE;
}

/* DMA data-out (ATA/ATAPI-6 §9.7): the bus master reads memory by the PRD table. */
static u32 write_dma(struct disk_write *p, u32 lba, u32 sectors, const u8 *from) {
  prd_fill(table, (u32)from, sectors * SECTOR, 65536);
  bm_prepare_out(bm, table);
  ata_command(CMD_WRITE_DMA, lba, sectors, 0);
  bm_start_out(bm);
  irq14_wait();
  p->bm_status = irq_bm_status;
  ata.status = irq_status;
  if (irq_status & (ST_ERR | ST_DF)) return fail(ata_failed(irq_status), CMD_WRITE_DMA);
  if (irq_bm_status & BM_ST_ERROR) return fail(NB_STATUS_BM_ERROR, CMD_WRITE_DMA);
  if (irq_bm_status & BM_ST_ACTIVE) return fail(NB_STATUS_BM_LENGTH, CMD_WRITE_DMA);
  p->bytes_done += sectors * SECTOR;
  return NB_STATUS_DONE;
}

static u32 write_all(struct disk_write *p) {
  u32 lba = p->lba, left = p->byte_count / SECTOR, status = NB_STATUS_DONE;
  const u8 *from = (const u8 *)p->buffer;
  while (left > 0 && status == NB_STATUS_DONE) {
    u32 n = left < SECTORS_PER_COMMAND ? left : SECTORS_PER_COMMAND;
    p->commands++;
    status = p->method == METHOD_DMA ? write_dma(p, lba, n, from) : write_pio(p, lba, n, from);
    lba += n;
    left -= n;
    from += n * SECTOR;
  }
  outb(ATA_DEVICE_CONTROL, DC_NIEN);
  if (status != NB_STATUS_DONE) return status;
  p->commands++;
  return ata_flush();
}

/* Reads back sector by sector, with the interrupt off. */
static u32 verify(struct disk_write *p) {
  static u32 sector[SECTOR / 4];
  const u32 *expected = (const u32 *)p->buffer;
  for (u32 lba = p->lba, left = p->byte_count / SECTOR; left > 0; lba++, left--) {
    ata_command(CMD_READ_SECTORS, lba, 1, 0);
    u32 status = ata_poll(1);
    if (status != NB_STATUS_DONE) return fail(status, CMD_READ_SECTORS);
    insw(ATA_DATA, sector, SECTOR / 2);
    for (u32 i = 0; i < SECTOR / 4; i++) {
      if (sector[i] != *expected++) return fail(NB_STATUS_MISMATCH, p->bytes_verified);
      p->bytes_verified += 4;
    }
  }
  return NB_STATUS_DONE;
}

u32 run(struct nb_header *header) {
  struct disk_write *p = (struct disk_write *)header;
  struct disk disk = {.ide = {.address = PCI_NONE}};
  u32 status;
  for (u32 *out = &p->ata_status; out < (u32 *)(p + 1); out++) *out = 0;
  if ((status = check(p)) != NB_STATUS_DONE) return status;
  struct disk_wish wish = {
      .master = p->method == METHOD_DMA, .mode = p->transfer_mode, .lba = p->lba, .sectors = p->byte_count / SECTOR,
      .multiple = p->method == METHOD_DMA ? 0 : p->block_sectors,
  };
  if ((status = disk_open(&disk, &wish)) != NB_STATUS_DONE) return status;
  if (p->lba + wish.sectors > 0x10000000u) return NB_STATUS_CAPACITY; /* 28-bit commands reach so far */
  bm = disk.ide.bm;
  table = (struct prd *)(((u32)table_room + TABLE_BYTES - 1) & ~(TABLE_BYTES - 1));
  if (p->method == METHOD_PIO_IRQ || p->method == METHOD_DMA) {
    irq14_handler = p->method == METHOD_DMA ? acknowledge_dma : acknowledge_pio;
    irq14_unmask();
    inb(ATA_STATUS);
    outb(ATA_DEVICE_CONTROL, 0);
  }
  ata.polls = 0;
  if (other_way(p)) {
    status = write_other_way(p);
  } else {
    post(NB_POST_BEGIN);
    status = write_all(p);
    post(NB_POST_END);
  }
  p->polls = ata.polls;
  if (status == NB_STATUS_DONE) status = verify(p);
  p->ata_status = ata.status;
  p->ata_error = ata.error;
  return status;
}

void print_results(const struct nb_header *header) {
  const struct disk_write *p = (const struct disk_write *)header;
  if (p->method < METHOD_COUNT) {
    print(" method=");
    print(method_names[p->method]);
  }
  print(" bytes=");
  print_decimal(p->bytes_done);
  print(" verified=");
  print_decimal(p->bytes_verified);
  print(" commands=");
  print_decimal(p->commands);
  print(" ata=");
  print_hex(p->ata_status, 2);
  print(" bm=");
  print_hex(p->bm_status, 2);
}
