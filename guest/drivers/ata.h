// The primary ATA channel, master drive (ATA/ATAPI-6: §7 registers, §8 commands, §9 protocols).
#ifndef NB_ATA_H
#define NB_ATA_H

#include "runtime.h"

#define ATA_DATA 0x1f0
#define ATA_ERROR 0x1f1    /* read */
#define ATA_FEATURES 0x1f1 /* write */
#define ATA_COUNT 0x1f2
#define ATA_LBA_LOW 0x1f3
#define ATA_LBA_MID 0x1f4
#define ATA_LBA_HIGH 0x1f5
#define ATA_DEVICE 0x1f6
#define ATA_STATUS 0x1f7 /* read: also ends the drive's interrupt */
#define ATA_COMMAND 0x1f7
#define ATA_ALT_STATUS 0x3f6
#define ATA_DEVICE_CONTROL 0x3f6

#define ST_BSY 0x80
#define ST_DRDY 0x40
#define ST_DF 0x20
#define ST_DRQ 0x08
#define ST_ERR 0x01
#define DC_NIEN 0x02
#define DEVICE_MASTER 0xa0 /* bits 7 and 5 are obsolete, and set by habit */
#define DEVICE_LBA 0x40

#define CMD_READ_SECTORS 0x20
#define CMD_READ_SECTORS_EXT 0x24
#define CMD_READ_DMA_EXT 0x25
#define CMD_READ_MULTIPLE_EXT 0x29
#define CMD_WRITE_SECTORS 0x30
#define CMD_WRITE_SECTORS_EXT 0x34
#define CMD_WRITE_DMA_EXT 0x35
#define CMD_WRITE_MULTIPLE_EXT 0x39
#define CMD_READ_MULTIPLE 0xc4
#define CMD_WRITE_MULTIPLE 0xc5
#define CMD_SET_MULTIPLE 0xc6
#define CMD_READ_DMA 0xc8
#define CMD_WRITE_DMA 0xca
#define CMD_FLUSH_CACHE 0xe7
#define CMD_IDENTIFY 0xec
#define CMD_SET_FEATURES 0xef
#define SF_TRANSFER_MODE 0x03

#define ATA_POLL_LIMIT 20000000u /* a read of a port takes about 1 µs: some 20 s */

/* What the polled functions below leave behind. */
struct ata_result {
  u8 status, error;
  u32 polls; /* reads of the alternate status while waiting, in all */
};
extern struct ata_result ata;

/* Selects the master and finds it ready. NB_STATUS_DONE or _NO_DRIVE. Interrupts of the drive are off after it. */
u32 ata_open(void);
/* Writes `count` and `lba` (EXT: 48-bit form, two writes a register) and then the command. */
void ata_command(u8 command, u32 lba, u32 count, int ext);
/* Polls the alternate status till BSY = 0, and DRQ = 1 if `drq`. NB_STATUS_DONE, _TIMEOUT or _ATA_ERROR. */
u32 ata_poll(int drq);
/* Reads the error register and returns NB_STATUS_ATA_ERROR. `status` is what showed ERR or DF. */
u32 ata_failed(u8 status);
u32 ata_identify(u16 words[256]);
/* SET FEATURES 03h; `mode` is the count register's value: 08h|n PIO, 20h|n multiword DMA, 40h|n Ultra DMA. */
u32 ata_set_transfer_mode(u8 mode);
/* SET MULTIPLE MODE. */
u32 ata_set_multiple(u8 sectors);
/* FLUSH CACHE: what was written is on the medium when it returns NB_STATUS_DONE. */
u32 ata_flush(void);

#endif
