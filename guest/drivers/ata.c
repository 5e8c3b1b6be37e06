// Non-data and PIO commands on the primary master, polled.
#include "ata.h"

struct ata_result ata;

/* 400 ns must pass before the status means anything; one read of the alternate status takes longer (ATA-6 §9.2). */
static void settle(void) { inb(ATA_ALT_STATUS); }

u32 ata_open(void) {
  outb(ATA_DEVICE_CONTROL, DC_NIEN);
  outb(ATA_DEVICE, DEVICE_MASTER);
  settle();
  for (u32 i = 0; i < ATA_POLL_LIMIT; i++) {
    ata.status = inb(ATA_ALT_STATUS);
    if (ata.status == 0xff) return NB_STATUS_NO_DRIVE; /* nobody drives the bus */
    if (ata.status & ST_BSY) continue;
    return ata.status & ST_DRDY ? NB_STATUS_DONE : NB_STATUS_NO_DRIVE;
  }
  return NB_STATUS_NO_DRIVE;
}

void ata_command(u8 command, u32 lba, u32 count, int ext) {
  if (ext) {
    outb(ATA_COUNT, (u8)(count >> 8));
    outb(ATA_LBA_LOW, (u8)(lba >> 24));
    outb(ATA_LBA_MID, 0);
    outb(ATA_LBA_HIGH, 0);
  }
  outb(ATA_COUNT, (u8)count);
  outb(ATA_LBA_LOW, (u8)lba);
  outb(ATA_LBA_MID, (u8)(lba >> 8));
  outb(ATA_LBA_HIGH, (u8)(lba >> 16));
  outb(ATA_DEVICE, (u8)(DEVICE_MASTER | DEVICE_LBA | (ext ? 0 : lba >> 24 & 15)));
  outb(ATA_COMMAND, command);
}

u32 ata_failed(u8 status) {
  ata.status = status;
  ata.error = inb(ATA_ERROR);
  return NB_STATUS_ATA_ERROR;
}

u32 ata_poll(int drq) {
  settle();
  for (u32 i = 0; i < ATA_POLL_LIMIT; i++) {
    u8 status = inb(ATA_ALT_STATUS);
    ata.polls++;
    if (status & ST_BSY) continue;
    if (status & (ST_ERR | ST_DF)) return ata_failed(status);
    if (drq && !(status & ST_DRQ)) continue;
    ata.status = status;
    return NB_STATUS_DONE;
  }
  ata.status = inb(ATA_ALT_STATUS);
  return NB_STATUS_TIMEOUT;
}

u32 ata_identify(u16 words[256]) {
  ata_command(CMD_IDENTIFY, 0, 0, 0);
  u32 status = ata_poll(1);
  if (status != NB_STATUS_DONE) return fail(status, CMD_IDENTIFY);
  insw(ATA_DATA, words, 256);
  return NB_STATUS_DONE;
}

static u32 without_data(u8 command) {
  u32 status = ata_poll(0);
  if (status != NB_STATUS_DONE) return fail(status, command);
  inb(ATA_STATUS);
  return NB_STATUS_DONE;
}

u32 ata_set_transfer_mode(u8 mode) {
  outb(ATA_FEATURES, SF_TRANSFER_MODE);
  ata_command(CMD_SET_FEATURES, 0, mode, 0);
  return without_data(CMD_SET_FEATURES);
}

u32 ata_set_multiple(u8 sectors) {
  ata_command(CMD_SET_MULTIPLE, 0, sectors, 0);
  return without_data(CMD_SET_MULTIPLE);
}

u32 ata_flush(void) {
  ata_command(CMD_FLUSH_CACHE, 0, 0, 0);
  return without_data(CMD_FLUSH_CACHE);
}
