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

void serial_open(void) {
  outb(COM1 + 1, 0);
  outb(LCR, LCR_DLAB);
  outb(COM1 + 0, 1); /* divisor 1: 115200 */
  outb(COM1 + 1, 0);
  outb(LCR, LCR_8N1);
  outb(MCR, 0x03); /* DTR, RTS */
}

static void put(char c) {
  for (u32 i = 0; i < THRE_POLLS && !(inb(LSR) & LSR_THRE); i++) {
  }
  outb(COM1, (u8)c);
}

void print(const char *text) {
  for (; *text != 0; text++) {
    if (*text == '\n') put('\r');
    put(*text);
  }
}

void print_hex(u32 value, u32 digits) {
  while (digits-- > 0) put("0123456789abcdef"[(value >> (digits * 4)) & 15]);
}

void print_decimal(u32 value) {
  char text[11];
  u32 at = 10;
  text[10] = 0;
  do text[--at] = (char)('0' + value % 10);
  while ((value /= 10) != 0);
  print(text + at);
}
