// The array controller: capability, mailbox, commands, directory as src/hw/raid/spec.ts has them (a test compares).
#ifndef NB_RAID_H
#define NB_RAID_H

#include "cards.h"

#define RAID_ID 0x00044e42u

/* Configuration space. */
#define RAID_CFG_MAILBOX 0x44u
#define RAID_CFG_CONTROL 0x48u
#define RAID_CFG_CAUSE 0x4cu
#define RAID_ENABLE 0x1u
#define RAID_IE_DONE 0x100u
#define RAID_IE_AHEAD 0x200u
#define RAID_IE_ERROR 0x400u
#define RAID_CAUSE_ERROR 0x4u
#define RAID_CAUSES 0x7u

#define RAID_RESULT_DONE 1u
#define RAID_READ 1u
#define RAID_COMMANDS 16u
#define RAID_MOST_SLOTS 64u
#define RAID_SECTOR 512u

struct raid_mailbox {
  volatile u32 submitted, commands, entries, ahead, slots, directory, cursor, reserved[9];
  volatile u32 completed, sectors, stripe, drives;
};
struct raid_command {
  volatile u32 operation, sector, count, address, result, moved, reserved[2];
};
struct raid_entry {
  volatile u32 stripe; /* + 1; 0: nothing */
  volatile u32 bytes;
};

struct raid {
  u32 address, irq;
  struct raid_mailbox *mailbox;
  struct raid_command *commands;
  struct raid_entry *directory;
};

/* Finds the controller and writes a mailbox at `memory` (a multiple of 4096; two pages are used), with `slots` slots
   of read-ahead at `ahead`. Nothing happens before `raid_enable`. 0 if there is none. */
int raid_open(struct raid *r, u32 memory, u32 ahead, u32 slots);
void raid_enable(const struct raid *r);
/* Reads and clears the causes of its interrupt. */
u32 raid_causes(const struct raid *r);
/* Puts a command into the ring; the controller finds it by itself. Returns where its result will be. */
struct raid_command *raid_read(struct raid *r, u32 sector, u32 count, u32 address);

#endif
