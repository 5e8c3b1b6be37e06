#include "fdc.h"

#define DOR_RESET 0x04
#define DOR_DMA 0x08
#define DOR_MOTOR_A 0x10
#define CMD_SPECIFY 0x03
#define CMD_RECALIBRATE 0x07
#define CMD_SENSE_INTERRUPT 0x08
#define CMD_SEEK 0x0f
#define CMD_CONFIGURE 0x13
#define CONFIGURE_NO_FIFO 0x20
#define CONFIGURE_NO_POLLING 0x10
#define SRT_4_MS 0xc0
#define HUT_240_MS 0x0f
#define HLT_2_MS 0x02
#define SPIN_UP_MS 500
#define SECTOR_CODE 2
#define GAP 0x1b
#define LONGEST_COUNT_MS 50u
#define TIMER_KHZ 1193u
#define POLL_LIMIT 1000000u

u8 fdc_result[7];
struct fdc_pio fdc_pio;
volatile u32 fdc_ended;
static int writing;

static int ticked(void) { return 1; }

void delay_ms(u32 milliseconds) {
  irq_open(0, ticked);
  while (milliseconds > 0) {
    u32 part = milliseconds < LONGEST_COUNT_MS ? milliseconds : LONGEST_COUNT_MS, count = part * TIMER_KHZ;
    irq_pending[0] = 0;
    outb(0x43, 0x30); /* channel 0, both bytes, mode 0 */
    outb(0x40, (u8)count);
    outb(0x40, (u8)(count >> 8));
    irq_wait(0);
    milliseconds -= part;
  }
}

u32 fdc_give(u8 value) {
  for (u32 i = 0; i < POLL_LIMIT; i++)
    if ((inb(FDC_MSR) & (FDC_RQM | FDC_DIO)) == FDC_RQM) return outb(FDC_FIFO, value), NB_STATUS_DONE;
  return fail(NB_STATUS_TIMEOUT, value);
}

u32 fdc_take(u8 *value) {
  for (u32 i = 0; i < POLL_LIMIT; i++)
    if ((inb(FDC_MSR) & (FDC_RQM | FDC_DIO)) == (FDC_RQM | FDC_DIO)) return *value = inb(FDC_FIFO), NB_STATUS_DONE;
  return fail(NB_STATUS_TIMEOUT, 0);
}

/* IRQ 6: bytes in non-DMA mode, until the chip has no more; or the end of a command. */
static int fdc_interrupt(void) {
  u8 status = inb(FDC_MSR);
  while ((status & (FDC_RQM | FDC_NON_DMA)) == (FDC_RQM | FDC_NON_DMA) && fdc_pio.left > 0) {
    if (writing) outb(FDC_FIFO, *fdc_pio.at);
    else *fdc_pio.at = inb(FDC_FIFO);
    fdc_pio.at++;
    fdc_pio.left--;
    status = inb(FDC_MSR);
  }
  if (!(status & FDC_NON_DMA)) fdc_ended = 1;
  return 1;
}

static void wait_end(void) {
  while (!fdc_ended) __asm__ volatile("sti; hlt; cli" ::: "memory");
  fdc_ended = 0;
}

static u32 sense(void) {
  u32 status = fdc_give(CMD_SENSE_INTERRUPT);
  if (status == NB_STATUS_DONE) status = fdc_take(&fdc_result[0]);
  // An invalid command has no second byte.
  if (status == NB_STATUS_DONE && fdc_result[0] != 0x80) status = fdc_take(&fdc_result[1]);
  return status;
}

static u32 seek(const u8 *bytes, u32 count) {
  u32 status = NB_STATUS_DONE;
  fdc_ended = 0;
  for (u32 i = 0; i < count && status == NB_STATUS_DONE; i++) status = fdc_give(bytes[i]);
  if (status != NB_STATUS_DONE) return status;
  wait_end();
  return sense();
}

u32 fdc_seek(u32 cylinder) {
  u8 bytes[3] = {CMD_SEEK, 0, (u8)cylinder};
  return seek(bytes, 3);
}

u32 fdc_open(u32 threshold, int non_dma) {
  static const u8 recalibrate[2] = {CMD_RECALIBRATE, 0};
  u8 fifo = (u8)(CONFIGURE_NO_POLLING | (threshold == 0 ? CONFIGURE_NO_FIFO : threshold - 1));
  u8 set_up[] = {CMD_SPECIFY, SRT_4_MS | HUT_240_MS, (u8)(HLT_2_MS | non_dma), CMD_CONFIGURE, 0, fifo, 0};
  u32 status = NB_STATUS_DONE;
  irq_open(FDC_IRQ, fdc_interrupt);
  outb(FDC_DOR, 0);
  delay_ms(1);
  fdc_ended = 0;
  outb(FDC_DOR, DOR_RESET | DOR_DMA | DOR_MOTOR_A);
  outb(FDC_CCR, 0); /* 500 kbit/s */
  wait_end();
  for (u32 i = 0; i < 4 && status == NB_STATUS_DONE; i++) status = sense();
  for (u32 i = 0; i < sizeof set_up && status == NB_STATUS_DONE; i++) status = fdc_give(set_up[i]);
  if (status != NB_STATUS_DONE) return status;
  delay_ms(SPIN_UP_MS);
  return seek(recalibrate, 2);
}

u32 fdc_start(u8 command, u32 cylinder, u32 head, u32 r, u32 last) {
  u8 bytes[9] = {command, (u8)(head << 2), (u8)cylinder, (u8)head, (u8)r, SECTOR_CODE, (u8)last, GAP, 0xff};
  u32 status = NB_STATUS_DONE;
  writing = command == FDC_WRITE;
  fdc_ended = 0;
  for (u32 i = 0; i < 9 && status == NB_STATUS_DONE; i++) status = fdc_give(bytes[i]);
  return status;
}

u32 fdc_finish(void) {
  u32 status = NB_STATUS_DONE;
  for (u32 i = 0; i < 7 && status == NB_STATUS_DONE; i++) status = fdc_take(&fdc_result[i]);
  return status;
}
