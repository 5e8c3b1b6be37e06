#include "serial.h"

#define POLLS 2000000u /* a character at 50 baud takes 200 ms, a poll a microsecond: enough for it, and an end */

void serial_open(u32 divisor, u8 fcr) {
  outb(UART_IER, 0);
  outb(UART_LCR, 0x83);
  outb(SERIAL, (u8)divisor);
  outb(SERIAL + 1, (u8)(divisor >> 8));
  outb(UART_LCR, 0x03);
  outb(UART_FCR, 0);
  outb(UART_FCR, fcr);
  outb(UART_MCR, 0x0b); /* DTR, RTS, OUT2 */
  inb(UART_LSR);
  inb(UART_DATA);
  inb(UART_MSR);
}

static int wait_for(u16 port, u8 bit) {
  for (u32 n = 0; n < POLLS; n++)
    if (inb(port) & bit) return 1;
  return 0;
}

int serial_command(u8 what, u32 count) {
  for (u32 n = 0; n < 5; n++) {
    if (!wait_for(UART_LSR, LSR_TRANSMITTED)) return 0;
    outb(UART_DATA, n == 0 ? what : (u8)(count >> (n - 1) * 8));
  }
  return wait_for(UART_LSR, LSR_IDLE) && wait_for(UART_MSR, MSR_CARRIER);
}

int serial_ended(void) { return (inb(UART_MSR) & (MSR_CARRIER_CHANGED | MSR_CARRIER)) == MSR_CARRIER_CHANGED; }
