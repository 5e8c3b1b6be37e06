// COM1 as an 8250/16550, polled (PC16550D §8: registers of the UART).
#include "runtime.h"

#define COM1 0x3f8
#define LCR (COM1 + 3)
#define MCR (COM1 + 4)
#define LSR (COM1 + 5)
#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define LSR_THRE 0x20
#define THRE_POLLS 100000u /* a character takes 87 µs: far more polls than that, so a dead UART cannot hang us */

void console_open(void) {
  outb(COM1 + 1, 0);
  outb(LCR, LCR_DLAB);
  outb(COM1 + 0, 1); /* divisor 1: 115200 */
  outb(COM1 + 1, 0);
  outb(LCR, LCR_8N1);
  outb(MCR, 0x03); /* DTR, RTS */
}

void console_put(char c) {
  for (u32 i = 0; i < THRE_POLLS && !(inb(LSR) & LSR_THRE); i++) {
  }
  outb(COM1, (u8)c);
}
