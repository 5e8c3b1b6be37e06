// uart-send: sends characters out of memory to the far end of COM2, by one of four methods, between two marks.
#include "i8237.h"
#include "mtrr.h"
#include "params.h"
#include "serial.h"

const char program_name[] = "uart-send";
const u32 program_number = NB_PROGRAM_UART_SEND;

static struct uart_send defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_UART_SEND},
    .method = METHOD_IRQ,
    .count = 256,
    .divisor = 1,
    .buffer = 2 * 1024 * 1024,
};
struct nb_header *const default_block = &defaults.header;

int set_parameter(const char *key, const char *text, u32 value) {
  (void)text;
  if (same_text(key, "method")) return defaults.method = value, 1;
  if (same_text(key, "count")) return defaults.count = value, 1;
  if (same_text(key, "divisor")) return defaults.divisor = value, 1;
  return 0;
}

#define FIFO 16u

static struct uart_send *block;
static volatile int ended;
static u32 room; /* characters that an empty transmitter takes */

static void work(void) {
  if (block->busy_cycles == 0) return;
  for (u32 from = cycles(); cycles() - from < block->busy_cycles;) {
  }
}

static void put(void) { outb(UART_DATA, ((const u8 *)block->buffer)[block->sent++]); }

/* Whether the UART asked; each cause is served until there is none (PC16550D §8.6, table IV). */
static int serve(void) {
  u8 iir = inb(UART_IIR);
  if (iir & IIR_NONE) return 0;
  do {
    if ((iir & IIR_ID) == IIR_TRANSMITTED) {
      for (u32 n = 0; n < room && block->sent < block->count; n++) put();
      if (block->sent == block->count) outb(UART_IER, IER_MODEM);
    } else if ((iir & IIR_ID) == IIR_MODEM && serial_ended()) {
      ended = 1;
    }
  } while (!((iir = inb(UART_IIR)) & IIR_NONE));
  block->interrupts++;
  return 1;
}

static void send_polled(void) {
  while (block->sent < block->count) {
    block->polls++;
    if (!(inb(UART_LSR) & LSR_TRANSMITTED)) continue;
    put();
    work();
  }
  while (!serial_ended()) {
  }
}

static void send_by_interrupts(u8 enable) {
  irq_open(SERIAL_IRQ, serve);
  outb(UART_IER, enable);
  while (!ended) {
    irq_wait(SERIAL_IRQ);
    work();
  }
  outb(UART_IER, 0);
}

u32 run(struct nb_header *header) {
  struct uart_send *p = block = (struct uart_send *)header;
  for (u32 *out = &p->sent; out < (u32 *)(p + 1); out++) *out = 0;
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct uart_send, method));
  if (p->count == 0 || p->count > SERIAL_MOST)
    return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct uart_send, count));
  int dma = p->method == METHOD_DMA_8237;
  room = p->method == METHOD_IRQ_FIFO ? FIFO : 1;
  // With DMA mode 1 an empty FIFO asks until it is full (§8.5 bit 3).
  serial_open(p->divisor, p->method == METHOD_IRQ_FIFO ? FCR_FIFO : dma ? FCR_FIFO | FCR_DMA_MODE_1 : 0);
  if (!serial_command(SERIAL_TAKE, p->count)) return fail(NB_STATUS_TIMEOUT, SERIAL_TAKE);
  inb(UART_MSR);
  post(NB_POST_BEGIN);
  if (dma) isa_dma_start(SERIAL_TX_CHANNEL, DMA_SINGLE | DMA_FROM_MEMORY, p->buffer, p->count);
  if (p->method == METHOD_POLLED) send_polled();
  else send_by_interrupts(dma ? IER_MODEM : IER_TRANSMITTED | IER_MODEM);
  if (dma) {
    p->sent = p->count - (isa_dma_ended() & 1 << SERIAL_TX_CHANNEL ? 0 : isa_dma_left(SERIAL_TX_CHANNEL));
    isa_dma_stop(SERIAL_TX_CHANNEL);
  }
  post(NB_POST_END);
  return NB_STATUS_DONE;
}

void print_results(const struct nb_header *header) {
  const struct uart_send *p = (const struct uart_send *)header;
  print(" sent=");
  print_decimal(p->sent);
}
