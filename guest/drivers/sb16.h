// A Sound Blaster 16 (Creative, Sound Blaster Series Hardware Programming Guide, 2nd ed.) at 220h.
#ifndef NB_SB16_H
#define NB_SB16_H

#include "runtime.h"

#define SB_MIXER_ADDRESS 0x224
#define SB_MIXER_DATA 0x225
#define SB_RESET 0x226
#define SB_READ 0x22a
#define SB_COMMAND 0x22c /* read: bit 7 is set while it is busy */
#define SB_STATUS 0x22e  /* bit 7: an answer waits; a read acknowledges the 8-bit interrupt */
#define SB_ACK_16 0x22f

#define SB_DIRECT 0x10
#define SB_OUTPUT_RATE 0x41
#define SB_OUTPUT_16 0xb0
#define SB_OUTPUT_8 0xc0
#define SB_AUTO 0x04
#define SB_FIFO 0x02
#define SB_MODE_SIGNED 0x10
#define SB_EXIT_AUTO_16 0xd9
#define SB_EXIT_AUTO_8 0xda

extern u32 sb_polls;       /* reads of the status that found it busy */
extern volatile u32 sb_stuck; /* it was busy for too long */

/* Resets the DSP; 0 if none answers. */
int sb_open(void);
/* One byte of a command, when the DSP is ready. */
void sb_write(u8 byte);
void sb_rate(u32 rate);
/* Starts a transfer of `bytes` from one interrupt to the next. */
void sb_output(u32 bits, u32 flags, u32 bytes);
/* Acknowledges the interrupt of a voice; 0 if it did not ask. */
int sb_acknowledge(u32 bits);

#endif
