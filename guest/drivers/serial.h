// COM2 as a 16550A (PC16550D §8: registers) and the far end that the board puts there (src/hw/char/serial-peer).
#ifndef NB_SERIAL_H
#define NB_SERIAL_H

#include "runtime.h"

#define SERIAL 0x2f8u
#define SERIAL_IRQ 3
#define SERIAL_RX_CHANNEL 3
#define SERIAL_TX_CHANNEL 0

#define UART_DATA (SERIAL + 0) /* RBR, THR */
#define UART_IER (SERIAL + 1)
#define UART_IIR (SERIAL + 2)
#define UART_FCR (SERIAL + 2)
#define UART_LCR (SERIAL + 3)
#define UART_MCR (SERIAL + 4)
#define UART_LSR (SERIAL + 5)
#define UART_MSR (SERIAL + 6)

#define IER_RECEIVED 0x01
#define IER_TRANSMITTED 0x02
#define IER_LINE 0x04
#define IER_MODEM 0x08
#define IIR_NONE 0x01
#define IIR_ID 0x0e
#define IIR_MODEM 0x00
#define IIR_TRANSMITTED 0x02
#define IIR_RECEIVED 0x04
#define IIR_LINE 0x06
#define IIR_TIMEOUT 0x0c
#define FCR_FIFO 0x07 /* on, both emptied */
#define FCR_DMA_MODE_1 0x08
#define FCR_TRIGGER_8 0x80
#define LSR_RECEIVED 0x01
#define LSR_OVERRUN 0x02
#define LSR_TRANSMITTED 0x20
#define LSR_IDLE 0x40
#define MSR_CARRIER_CHANGED 0x08
#define MSR_CARRIER 0x80

#define SERIAL_TAKE 0x02
#define SERIAL_SEND 0x05
#define SERIAL_MOST 65536u

/* 8 data bits, no parity, one stop bit; interrupts off, OUT2 set. */
void serial_open(u32 divisor, u8 fcr);
/* Tells the far end to take or to send so many characters. Returns 0 if it does not answer by its carrier. */
int serial_command(u8 what, u32 count);
/* The carrier has gone: the far end has got all, or has sent all. */
int serial_ended(void);

#endif
