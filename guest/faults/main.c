// faults: wrong programs, so that a simulator can show that it answers as the hardware does and lives on.
#include "../drivers/ata.h"
#include "../drivers/busmaster.h"
#include "../drivers/pci.h"
#include "params.h"

const char program_name[] = "faults";
const u32 program_number = NB_PROGRAM_FAULTS;

static struct faults defaults = {.header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_FAULTS}};
struct nb_header *const default_block = &defaults.header;

int set_parameter(const char *key, const char *text, u32 value) {
  (void)text;
  if (same_text(key, "case")) return defaults.which = value, 1;
  if (same_text(key, "address")) return defaults.address = value, 1;
  if (same_text(key, "sectors")) return defaults.sectors = value, 1;
  if (same_text(key, "polls")) return defaults.polls = value, 1;
  return 0;
}

#define NOWHERE 0xe0000000u
#define SECTOR 512u
#define TABLE_BYTES 0x10000u
#define NO_END_SECTORS 8448u /* 256 more than a 64 KiB table of one-sector entries describes */

// Two tables of 64 KiB: a controller without a wrap at the boundary walks on into the second one.
static u8 table_room[3 * TABLE_BYTES];
static struct prd *table;
static u8 by_pio[SECTOR], by_dma[SECTOR];

/* What the buffer holds before a case: nothing that a disk would happen to hold. */
static u32 pattern(u32 i) { return (i + 1) * 0x9e3779b1u ^ 0x5bd1e995u; }

static void fill_buffer(void) {
  u32 *at = (u32 *)FAULTS_BUFFER;
  for (u32 i = 0; i < FAULTS_BUFFER_BYTES / 4; i++) at[i] = pattern(i);
}

static void compare_buffer(struct faults *p) {
  const u8 *at = (const u8 *)FAULTS_BUFFER;
  p->first_changed = 0xffffffffu;
  p->changed_end = 0;
  for (u32 i = 0; i < FAULTS_BUFFER_BYTES; i++) {
    if (at[i] == (u8)(pattern(i / 4) >> (i % 4 * 8))) continue;
    if (p->first_changed == 0xffffffffu) p->first_changed = i;
    p->changed_end = i + 1;
  }
}

static void one_entry(u32 address, u32 bytes) {
  table[0].address = address;
  table[0].count_flags = (bytes & 0xffff) | PRD_END;
}

/* Starts the drive and the bus master and waits for interrupt or error, to a limit of polls. */
static u8 transfer(u16 bm, const struct prd *at, u32 sectors, u32 limit, u32 *polls) {
  int ext = sectors > 256;
  u8 status = 0;
  bm_prepare(bm, at);
  ata_command(ext ? CMD_READ_DMA_EXT : CMD_READ_DMA, 0, sectors, ext);
  bm_start(bm);
  for (*polls = 0; *polls < limit; (*polls)++) {
    status = inb(bm + BM_STATUS);
    if (status & (BM_ST_INTERRUPT | BM_ST_ERROR)) break;
  }
  return status;
}

/* SRST (ATA-6 §9.3): whatever the drive was doing, it is ready again afterwards. */
static u32 soft_reset(void) {
  outb(ATA_DEVICE_CONTROL, 0x04);
  for (u32 i = 0; i < 10; i++) inb(ATA_ALT_STATUS); /* at least 5 µs */
  outb(ATA_DEVICE_CONTROL, 0);
  for (u32 i = 0; i < 2000; i++) inb(ATA_ALT_STATUS); /* at least 2 ms */
  return ata_open();
}

static u32 recover(struct faults *p, const struct ide_function *ide) {
  u32 status, polls;
  bm_finish(ide->bm);
  pci_write(ide->address, 0x04, (pci_read(ide->address, 0x04) & 0xffff) | 5);
  if ((status = soft_reset()) != NB_STATUS_DONE) return fail(status, 1);
  ata_command(CMD_READ_SECTORS, 0, 1, 0);
  if ((status = ata_poll(1)) != NB_STATUS_DONE) return fail(status, CMD_READ_SECTORS);
  insw(ATA_DATA, by_pio, SECTOR / 2);
  inb(ATA_STATUS);
  outb(ATA_DEVICE_CONTROL, 0);
  prd_fill(table, (u32)by_dma, SECTOR, 65536);
  transfer(ide->bm, table, 1, 1000000, &polls);
  u8 bm_status = bm_finish(ide->bm);
  u8 ata_status = inb(ATA_STATUS);
  if (bm_status & BM_ST_ERROR) return fail(NB_STATUS_BM_ERROR, CMD_READ_DMA);
  if ((bm_status & BM_ST_INTERRUPT) == 0) return fail(NB_STATUS_TIMEOUT, CMD_READ_DMA);
  if (ata_status & (ST_ERR | ST_DF)) return fail(NB_STATUS_ATA_ERROR, CMD_READ_DMA);
  for (u32 i = 0; i < SECTOR; i++)
    if (by_pio[i] != by_dma[i]) return fail(NB_STATUS_MISMATCH, i);
  p->recovered = 1;
  return NB_STATUS_DONE;
}

static u32 dma_case(struct faults *p) {
  const struct prd *at = table;
  u32 sectors = 1, status;
  struct ide_function ide = ide_find(1);
  if (ide.bm == 0) return NB_STATUS_NO_BUS_MASTER;
  ide_set_timing(&ide, -1);
  if ((status = ata_open()) != NB_STATUS_DONE) return status;
  one_entry(FAULTS_BUFFER, SECTOR);
  switch (p->which) {
    case CASE_TABLE_OUTSIDE: at = (const struct prd *)p->address; break;
    case CASE_ZERO_COUNT: one_entry(FAULTS_BUFFER, 0); sectors = 128; break;
    case CASE_NO_END:
      for (u32 i = 0; i < 2 * TABLE_BYTES / sizeof(struct prd); i++) {
        table[i].address = FAULTS_BUFFER + i % 256 * SECTOR;
        table[i].count_flags = SECTOR;
      }
      sectors = NO_END_SECTORS;
      break;
    case CASE_TARGET_OUTSIDE: one_entry(p->address, SECTOR); break;
    case CASE_SHORT_TABLE: sectors = 2; break;
    case CASE_LONG_TABLE: one_entry(FAULTS_BUFFER, 4096); break;
    default: break;
  }
  if (p->sectors != 0) sectors = p->sectors;
  u32 command = pci_read(ide.address, 0x04) & 0xffff;
  if (p->which == CASE_MASTER_OFF) command &= ~4u;
  pci_write(ide.address, 0x04, command | 0xf9000000u); /* status bits 31:27, 24: write one to clear */
  inb(ATA_STATUS);
  outb(ATA_DEVICE_CONTROL, 0);

  post(NB_POST_BEGIN);
  p->bm_status = transfer(ide.bm, at, sectors, p->polls, &p->polls_done);
  p->ata_status = inb(ATA_ALT_STATUS);
  p->ata_error = inb(ATA_ERROR);
  p->pci_status = pci_read(ide.address, 0x04) >> 16;
  post(NB_POST_END);
  status = recover(p, &ide);
  compare_buffer(p);
  return status;
}

static void triple_fault(void) {
  static const u8 empty[6];
  __asm__ volatile("lidt %0; int3" ::"m"(empty));
}

u32 run(struct nb_header *header) {
  struct faults *p = (struct faults *)header;
  volatile u32 *hole;
  for (u32 *out = &p->bm_status; out < (u32 *)(p + 1); out++) *out = 0;
  if (p->address == 0) p->address = NOWHERE;
  if (p->polls == 0) p->polls = 1000000;
  if (p->which == 0 || p->which > CASE_HOLE_FETCH) return fail(NB_STATUS_BAD_PARAMETER, 0x14);
  table = (struct prd *)(((u32)table_room + TABLE_BYTES - 1) & ~(TABLE_BYTES - 1));
  fill_buffer();
  hole = (volatile u32 *)p->address;
  switch (p->which) {
    case CASE_TRIPLE_FAULT:
      post(NB_POST_BEGIN);
      triple_fault();
      return fail(NB_STATUS_MISMATCH, p->which);
    case CASE_HOLE_ACCESS:
      post(NB_POST_BEGIN);
      *hole = 0x12345678;
      p->value = *hole;
      post(NB_POST_END);
      return NB_STATUS_DONE;
    case CASE_HOLE_FETCH:
      post(NB_POST_BEGIN);
      ((void (*)(void))p->address)();
      return fail(NB_STATUS_MISMATCH, p->which);
    default: return dma_case(p);
  }
}

void print_results(const struct nb_header *header) {
  const struct faults *p = (const struct faults *)header;
  print(" case=");
  print_decimal(p->which);
  print(" bm=");
  print_hex(p->bm_status, 2);
  print(" ata=");
  print_hex(p->ata_status, 2);
  print(" error=");
  print_hex(p->ata_error, 2);
  print(" pci=");
  print_hex(p->pci_status, 4);
  print(" polls=");
  print_decimal(p->polls_done);
  print(" changed=");
  print_hex(p->first_changed, 8);
  print("-");
  print_hex(p->changed_end, 8);
  print(" value=");
  print_hex(p->value, 8);
  print(" recovered=");
  print_decimal(p->recovered);
}
