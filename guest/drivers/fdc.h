// An 82077AA with drive A (Intel 290166): commands, results, interrupt 6.
#ifndef NB_FDC_H
#define NB_FDC_H

#include "runtime.h"

#define FDC_DOR 0x3f2
#define FDC_MSR 0x3f4
#define FDC_FIFO 0x3f5
#define FDC_CCR 0x3f7

#define FDC_RQM 0x80
#define FDC_DIO 0x40
#define FDC_NON_DMA 0x20
#define FDC_IRQ 6

#define FDC_READ 0x46  /* READ DATA, MFM */
#define FDC_WRITE 0x45 /* WRITE DATA, MFM */
#define FDC_ST1_OR 0x10
#define FDC_ST1_EN 0x80

/* Results of the last command: ST0, ST1, ST2, C, H, R, N. */
extern u8 fdc_result[7];

/* How to be told of bytes in non-DMA mode; set before a command, counted down as bytes move. */
struct fdc_pio {
  u8 *at;
  u32 left;
};
extern struct fdc_pio fdc_pio;

/* Set by the interrupt at the end of a command. */
extern volatile u32 fdc_ended;

/*
 * Controller out of reset, drive A selected and at speed, head on track 0; the FIFO asks for service when the disk
 * can move `threshold` more bytes (0: no FIFO). NB_STATUS_DONE, or _TIMEOUT with the command.
 */
u32 fdc_open(u32 threshold, int non_dma);
/* Waits in hlt for the end of a seek. */
u32 fdc_seek(u32 cylinder);
/* Gives the nine bytes of a READ or WRITE of sectors r to `last` of a track. */
u32 fdc_start(u8 command, u32 cylinder, u32 head, u32 r, u32 last);
/* Takes the seven result bytes. */
u32 fdc_finish(void);
/* Gives one byte of a command; takes one of a result. NB_STATUS_DONE or _TIMEOUT. */
u32 fdc_give(u8 value);
u32 fdc_take(u8 *value);
/* Lets time pass, halted, by timer channel 0 and IRQ 0. */
void delay_ms(u32 milliseconds);

#endif
