// The parameter block: how a loader tells a guest what to do, and how the guest answers.
//
// The loader enters the guest in 32-bit flat protected mode, paging off, interrupts off, with
// EAX = NB_BOOT_MAGIC and EBX = physical address of the block (4-byte aligned; dwords in the processor's byte order).
// Every program's block starts with this header; what follows is in <program>/params.h.
#ifndef NB_BLOCK_H
#define NB_BLOCK_H

#include "ports.h"
#include "protocol.h"

struct nb_header {
  u32 magic;   /* 00 in  NB_BLOCK_MAGIC */
  u32 program; /* 04 in  NB_PROGRAM_* : refuses a block made for another program */
  u32 status;  /* 08 out NB_STATUS_* */
  u32 detail;  /* 0c out what the status says it is: a vector, a parameter's offset, else 0 */
  u32 flags;   /* 10 in  per program */
};

static inline void post(u8 code) { outb(NB_POST_PORT, code); }

#endif
