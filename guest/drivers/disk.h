// The primary master made ready behind a PIIX: controller, timing, capacity, mode.
#ifndef NB_DISK_H
#define NB_DISK_H

#include "ata.h"
#include "pci.h"

#define SECTOR 512u

/* What a program wants of the disk. */
struct disk_wish {
  int master;        /* bus mastering */
  i32 mode;          /* SET FEATURES value; -1: leave drive and timing */
  u32 lba, sectors;  /* the range that it will use */
  int ext;           /* 48-bit commands are needed */
  u32 multiple;      /* sectors a DRQ block for READ and WRITE MULTIPLE; 0 or 1: none */
};

/* What there is. */
struct disk {
  struct ide_function ide;
  u32 sectors; /* addressable, at most FFFFFFFFh */
};

/* Fills `disk` as far as it comes. NB_STATUS_DONE, or what is missing. */
u32 disk_open(struct disk *disk, const struct disk_wish *wish);

#endif
