// faults: what it is told and what it answers. Header: ../runtime/block.h. Size 64h bytes, little-endian.
//
// Each case does one wrong thing, stores what the hardware said, then resets the channel and reads sector 0 by PIO and by
// DMA: status NB_STATUS_DONE means that this worked, not that the case's outcome was right. That is the host's to judge.
#ifndef NB_FAULTS_PARAMS_H
#define NB_FAULTS_PARAMS_H

#include "../runtime/block.h"

#define CASE_TRIPLE_FAULT 1u /* IDT of limit 0, then int3: shutdown; nothing is ever stored */
#define CASE_TABLE_OUTSIDE 2u /* PRD table at `address`, where there is no RAM */
#define CASE_ZERO_COUNT 3u    /* one PRD entry with count 0, which means 64 KiB */
#define CASE_NO_END 4u        /* PRD table of 64 KiB without an end mark, transfer longer than what it describes */
#define CASE_TARGET_OUTSIDE 5u /* PRD entry that points to `address`: a hole or device registers */
#define CASE_SHORT_TABLE 6u   /* table describes fewer bytes than the drive sends */
#define CASE_LONG_TABLE 7u    /* table describes more bytes than the drive sends */
#define CASE_MASTER_OFF 8u    /* Bus Master Enable clear in the PCI command register */
#define CASE_HOLE_ACCESS 9u   /* the processor writes and reads `address` */
#define CASE_HOLE_FETCH 10u   /* the processor jumps to `address`: ends in NB_STATUS_EXCEPTION or in a reset */

#define FAULTS_BUFFER 0x01000000u /* where the cases with good targets send the data */
#define FAULTS_BUFFER_BYTES 0x40000u

struct faults {
  struct nb_header header; /* 00 magic, program = 3, status, detail, flags (none) */
  u32 which;               /* 14 in  CASE_* */
  u32 address;             /* 18 in  for the cases that name it; 0: E0000000h */
  u32 sectors;             /* 1c in  0: the case's own number */
  u32 polls;               /* 20 in  limit of polls of the bus master's status; 0: 1,000,000 */
  u32 reserved[7];         /* 24     zero */
  u32 bm_status;           /* 40 out when interrupt or error was seen, or the limit reached */
  u32 ata_status;          /* 44 out alternate status at that time */
  u32 ata_error;           /* 48 out error register at that time */
  u32 polls_done;          /* 4c out equal to the limit: neither interrupt nor error came */
  u32 pci_status;          /* 50 out PCI status register (bits 13:11 aborts); cleared before the case */
  u32 first_changed;       /* 54 out offset of the first changed byte in the 256 KiB at FAULTS_BUFFER; FFFFFFFFh: none */
  u32 changed_end;         /* 58 out offset behind the last changed byte */
  u32 value;               /* 5c out HOLE_ACCESS: what was read */
  u32 recovered;           /* 60 out 1: sector 0 read by PIO and by DMA afterwards, and both agree */
};

_Static_assert(sizeof(struct faults) == 0x64, "the loader knows this layout");

#endif
