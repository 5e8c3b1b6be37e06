// The parameter block: how a loader tells a guest what to do, and how the guest answers.
//
// The loader enters the guest in 32-bit flat protected mode, paging off, interrupts off, with
// EAX = NB_BOOT_MAGIC and EBX = physical address of the block (4-byte aligned, little-endian dwords).
// Every program's block starts with this header; what follows is in <program>/params.h.
#ifndef NB_BLOCK_H
#define NB_BLOCK_H

#include "ports.h"

#define NB_BOOT_MAGIC 0x4e420001u  /* EAX at entry: the block's address is in EBX */
#define NB_BLOCK_MAGIC 0x4e425042u /* first dword of every block */

#define NB_PROGRAM_DISK_READ 1u
#define NB_PROGRAM_CPU_LOOP 2u
#define NB_PROGRAM_FAULTS 3u
#define NB_PROGRAM_BENCHMARK 4u

struct nb_header {
  u32 magic;   /* 00 in  NB_BLOCK_MAGIC */
  u32 program; /* 04 in  NB_PROGRAM_* : refuses a block made for another program */
  u32 status;  /* 08 out NB_STATUS_* */
  u32 detail;  /* 0c out what the status says it is: a vector, a parameter's offset, else 0 */
  u32 flags;   /* 10 in  per program */
};

/* status */
#define NB_STATUS_RUNNING 0x00u
#define NB_STATUS_DONE 0x01u
#define NB_STATUS_BAD_BLOCK 0x80u     /* magic or program number is wrong */
#define NB_STATUS_BAD_PARAMETER 0x81u /* detail: offset of the parameter in the block */
#define NB_STATUS_NO_DRIVE 0x82u      /* nothing answers as primary master */
#define NB_STATUS_TIMEOUT 0x83u       /* counted in polls; detail: the command under way */
#define NB_STATUS_ATA_ERROR 0x84u     /* ERR or DF in the drive's status; detail: the command */
#define NB_STATUS_NO_BUS_MASTER 0x85u /* no IDE function on PCI bus 0, or it is no bus master */
#define NB_STATUS_BM_ERROR 0x86u      /* error bit in the bus master's status */
#define NB_STATUS_BM_LENGTH 0x87u     /* interrupt, but the bus master is still active: table longer than transfer */
#define NB_STATUS_MODE 0x88u          /* the controller has no timing for the transfer mode */
#define NB_STATUS_CAPACITY 0x89u      /* the range ends behind the drive's last sector */
#define NB_STATUS_EXCEPTION 0x8au     /* detail: vector in bits 7:0 */
#define NB_STATUS_MISMATCH 0x8bu      /* a check that the guest makes itself failed; detail: per program */

/* POST codes on port 80h: marks for whoever watches. */
#define NB_POST_PORT 0x80
#define NB_POST_BEGIN 0xb0 /* the measured part begins */
#define NB_POST_END 0xb1   /* the measured part has ended */
#define NB_POST_DONE 0xdd  /* the block is complete, status NB_STATUS_DONE */
#define NB_POST_FAIL 0xee  /* the block is complete, status >= 80h */

static inline void post(u8 code) { outb(NB_POST_PORT, code); }

#endif
