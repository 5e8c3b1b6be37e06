#include "disk.h"

u32 disk_open(struct disk *disk, const struct disk_wish *wish) {
  static u16 identity[256];
  u32 status;
  disk->ide = ide_find(wish->master);
  if (wish->master && disk->ide.bm == 0) return NB_STATUS_NO_BUS_MASTER;
  if ((status = ide_set_timing(&disk->ide, wish->mode)) != NB_STATUS_DONE) return status;
  if ((status = ata_open()) != NB_STATUS_DONE) return status;
  if ((status = ata_identify(identity)) != NB_STATUS_DONE) return status;

  // ATA-6 §8.15: words 60-61 sectors with 28 bits; word 83 bit 10 48-bit commands; words 100-103 sectors with 48 bits.
  int has_ext = (identity[83] & 0xc400) == 0x4400;
  disk->sectors = identity[60] | (u32)identity[61] << 16;
  if (has_ext) {
    disk->sectors = identity[100] | (u32)identity[101] << 16;
    if (identity[102] != 0 || identity[103] != 0) disk->sectors = 0xffffffffu;
  }
  if (wish->lba > disk->sectors || wish->sectors > disk->sectors - wish->lba || (wish->ext && !has_ext))
    return NB_STATUS_CAPACITY;

  if (wish->mode >= 0 && (status = ata_set_transfer_mode((u8)wish->mode)) != NB_STATUS_DONE) return status;
  return wish->multiple > 1 ? ata_set_multiple((u8)wish->multiple) : NB_STATUS_DONE;
}
