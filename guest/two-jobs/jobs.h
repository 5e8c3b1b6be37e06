// The second job, and the ways in which the first one moves its bytes.
#ifndef NB_JOBS_H
#define NB_JOBS_H

#include "params.h"
#include "runtime.h"

/* The transfer under way. */
struct transfer {
  u32 left;        /* bytes that no command has asked for */
  u32 asked;       /* bytes of the command under way that have not arrived */
  u8 *to;          /* where the next byte goes */
  u32 done;        /* bytes that have arrived */
  u32 commands, interrupts, spurious;
  u32 status;      /* NB_STATUS_DONE, or what went wrong: then `over` */
  int over;
};
extern volatile struct transfer transfer;

/* Makes controller, drive or card ready. */
u32 disk_ready(struct two_jobs *p);
u32 card_ready(struct two_jobs *p);
/* Starts the transfer anew; interrupts are off. */
void disk_begin(void);
void card_begin(void);
/* Looks whether the drive has a block, and takes it. */
void disk_step(void);
/* The next piece is to be asked for: not by the handler, whose end of interrupt would wait for a block to end. */
extern volatile int more;
void card_step(void);

/* main.c: a command is over, or something failed. */
void transfer_fail(u32 status, u32 detail);

/* Does a unit and returns the new checksum. */
u32 work_unit(u32 checksum);
void work_ready(void);
u32 byte_unit(u32 checksum);

/* The card is made to give bytes to the port, for byte_unit. */
void card_to_port(void);

#endif
