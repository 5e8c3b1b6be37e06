// disk-read: what it is told and what it answers. Header: ../runtime/block.h. Size 90h bytes, little-endian.
#ifndef NB_DISK_READ_PARAMS_H
#define NB_DISK_READ_PARAMS_H

#include "../runtime/block.h"

#define METHOD_PIO_POLLED 0u
#define METHOD_PIO_IRQ 1u
#define METHOD_DMA 2u

#define FLAG_SKIP_SHA256 1u /* the host hashes the buffer: leave `sha256` zero */
#define FLAG_FORCE_EXT 2u   /* 48-bit commands even where the range does not need them */
#define FLAG_DMA_POLL 4u    /* dma: poll the bus master's status, with a limit, in place of hlt */

struct disk_read {
  struct nb_header header;  /* 00 magic, program = 1, status, detail, flags */
  u32 method;               /* 14 in  METHOD_* */
  u32 byte_count;           /* 18 in  N, a multiple of 512, > 0 */
  u32 buffer;               /* 1c in  physical address, multiple of 4; [buffer, buffer + N) is RAM above the image */
  u32 lba;                  /* 20 in  first sector, normally 0 */
  u32 sectors_per_command;  /* 24 in  1-256 (256 is written as 0), to 65536 with 48-bit commands; 0: 256 */
  u32 block_sectors;        /* 28 in  pio: sectors a DRQ block; 1 READ SECTORS, 2-128 (power of 2) READ MULTIPLE; 0: 16 */
  u32 port_width;           /* 2c in  pio: 16 (rep insw) or 32 (rep insl); 0: 16 */
  i32 transfer_mode;        /* 30 in  SET FEATURES value: 08h|n PIO, 20h|n MWDMA, 40h|n UDMA; -1: leave drive and timing */
  u32 prd_bytes;            /* 34 in  dma: longest PRD entry, even, 2-65536; 0: 65536 */
  u32 reserved[2];          /* 38     zero */
  u32 ata_status;           /* 40 out last status read of the drive */
  u32 ata_error;            /* 44 out error register, valid with status 84h */
  u32 bm_status;            /* 48 out dma: bus master status of the last command, as it was before it was cleared */
  u32 interrupts;           /* 4c out IRQ 14 taken and acknowledged in the measured part */
  u32 spurious;             /* 50 out interrupts taken that no device had asked for */
  u32 commands;             /* 54 out ATA commands given in the measured part */
  u32 polls;                /* 58 out reads of the alternate or bus master status while waiting, measured part */
  u32 bytes_done;           /* 5c out bytes that have arrived */
  u32 pci_id;               /* 60 out IDE function: vendor 15:0, device 31:16; 0: none found */
  u32 bm_base;              /* 64 out bus master's port base; 0: none */
  u32 disk_sectors;         /* 68 out addressable sectors, at most FFFFFFFFh */
  u32 reserved2;            /* 6c     zero */
  u8 sha256[32];            /* 70 out of [buffer, buffer + N), made after the measured part */
};

_Static_assert(sizeof(struct disk_read) == 0x90, "the loader knows this layout");

#endif
