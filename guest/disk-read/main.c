// disk-read: reads N bytes from the primary master to RAM, by one of four methods, between two marks.
#include "methods.h"

const char program_name[] = "disk-read";
const u32 program_number = NB_PROGRAM_DISK_READ;

static struct disk_read defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_DISK_READ},
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
  if (same_text(key, "sectors")) return defaults.sectors_per_command = value, 1;
  if (same_text(key, "block")) return defaults.block_sectors = value, 1;
  if (same_text(key, "width")) return defaults.port_width = value, 1;
  if (same_text(key, "mode")) return defaults.transfer_mode = (i32)value, 1;
  if (same_text(key, "prd")) return defaults.prd_bytes = value, 1;
  if (same_text(key, "flags")) return defaults.header.flags = value, 1;
  return 0;
}

extern const u8 image_end[]; /* link.ld */

/* Puts the defaults in and checks; the detail is the bad parameter's offset. */
static u32 check(struct disk_read *p) {
  if (p->sectors_per_command == 0) p->sectors_per_command = 256;
  if (p->block_sectors == 0) p->block_sectors = 16;
  if (p->port_width == 0) p->port_width = 16;
  if (p->prd_bytes == 0) p->prd_bytes = 65536;
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, 0x14);
  if (p->byte_count == 0 || p->byte_count % SECTOR != 0) return fail(NB_STATUS_BAD_PARAMETER, 0x18);
  if (p->buffer % 4 != 0 || p->buffer < (u32)image_end || p->buffer + p->byte_count - 1 < p->buffer)
    return fail(NB_STATUS_BAD_PARAMETER, 0x1c);
  if (p->sectors_per_command > 65536) return fail(NB_STATUS_BAD_PARAMETER, 0x24);
  if (p->block_sectors > 128 || (p->block_sectors & (p->block_sectors - 1)) != 0) return fail(NB_STATUS_BAD_PARAMETER, 0x28);
  if (p->port_width != 16 && p->port_width != 32) return fail(NB_STATUS_BAD_PARAMETER, 0x2c);
  if (p->prd_bytes > 65536 || p->prd_bytes % 2 != 0) return fail(NB_STATUS_BAD_PARAMETER, 0x34);
  if (p->method == METHOD_DMA && !dma_table_holds(p)) return fail(NB_STATUS_BAD_PARAMETER, 0x34);
  return NB_STATUS_DONE;
}

/* Controller and drive are made ready; the last thing before the measured part. `ext`: 48-bit commands are needed. */
static u32 open(struct disk_read *p, int ext) {
  struct disk disk = {.ide = {.address = PCI_NONE}};
  struct disk_wish wish = {
      .master = p->method == METHOD_DMA, .mode = p->transfer_mode,
      .lba = p->lba, .sectors = p->byte_count / SECTOR, .ext = ext,
      .multiple = p->method == METHOD_DMA ? 0 : p->block_sectors,
  };
  u32 status = disk_open(&disk, &wish);
  p->pci_id = disk.ide.id;
  p->bm_base = disk.ide.bm;
  p->disk_sectors = disk.sectors;
  return status;
}

static void hash(struct disk_read *p, u32 status) {
  if (status == NB_STATUS_DONE && !(p->header.flags & FLAG_SKIP_SHA256))
    sha256((const u8 *)p->buffer, p->byte_count, p->sha256);
}

u32 run(struct nb_header *header) {
  struct disk_read *p = (struct disk_read *)header;
  u32 status, lba, left;
  u8 *to;
  for (u32 *out = &p->ata_status; out < (u32 *)(p + 1); out++) *out = 0;
  if ((status = check(p)) != NB_STATUS_DONE) return status;

  u32 last = p->lba + (p->byte_count / SECTOR - 1);
  int ext = p->sectors_per_command > 256 || last > 0x0fffffffu || (p->header.flags & FLAG_FORCE_EXT) != 0;
  status = open(p, ext);
  ata.polls = 0;
  if (status == NB_STATUS_DONE && p->method == METHOD_PIO_AX) {
    // Apart from the others, whose figures are not to depend on this one.
    status = read_all_pio_ax(p, ext);
    hash(p, status);
  } else if (status == NB_STATUS_DONE) {
    if (p->method == METHOD_PIO_IRQ) pio_irq_open();
    if (p->method == METHOD_DMA) dma_open(p);
    lba = p->lba;
    left = p->byte_count / SECTOR;
    to = (u8 *)p->buffer;
    post(NB_POST_BEGIN);
    while (left > 0 && status == NB_STATUS_DONE) {
      u32 n = left < p->sectors_per_command ? left : p->sectors_per_command;
      p->commands++;
      if (p->method == METHOD_PIO_POLLED) status = read_pio_polled(p, lba, n, ext, to);
      else if (p->method == METHOD_PIO_IRQ) status = read_pio_irq(p, lba, n, ext, to);
      else status = read_dma(p, lba, n, ext, to);
      lba += n;
      left -= n;
      to += n * SECTOR;
    }
    post(NB_POST_END);
    hash(p, status);
  }
  p->ata_status = ata.status;
  p->ata_error = ata.error;
  p->polls += ata.polls;
  p->interrupts = irq14_count;
  p->spurious = spurious_count;
  return status;
}

void print_results(const struct nb_header *header) {
  const struct disk_read *p = (const struct disk_read *)header;
  if (p->method < METHOD_COUNT) {
    print(" method=");
    print(method_names[p->method]);
  }
  print(" bytes=");
  print_decimal(p->bytes_done);
  print(" commands=");
  print_decimal(p->commands);
  print(" interrupts=");
  print_decimal(p->interrupts);
  print(" polls=");
  print_decimal(p->polls);
  print(" ata=");
  print_hex(p->ata_status, 2);
  print(" bm=");
  print_hex(p->bm_status, 2);
  if (p->header.status == NB_STATUS_DONE && !(p->header.flags & FLAG_SKIP_SHA256)) {
    print(" sha256=");
    for (u32 i = 0; i < 32; i++) print_hex(p->sha256[i], 2);
  }
}
