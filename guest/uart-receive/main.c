// uart-receive: stores what the far end of COM2 sends, by one of four methods, between two marks.
#include "i8237.h"
#include "mtrr.h"
#include "params.h"
#include "serial.h"

const char program_name[] = "uart-receive";
const u32 program_number = NB_PROGRAM_UART_RECEIVE;

static struct uart_receive defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_UART_RECEIVE},
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

static struct uart_receive *block;
static volatile int ended;
static int fifo;

static void work(void) {
  if (block->busy_cycles == 0) return;
  for (u32 from = cycles(); cycles() - from < block->busy_cycles;) {
  }
}

static void store(u8 character) {
  if (block->received < block->count) ((volatile u8 *)block->buffer)[block->received] = character;
  block->received++;
}

/* What else is in the FIFO: below the trigger level nothing asks for it. */
static void drain(void) {
  for (u8 lsr; (lsr = inb(UART_LSR)) & LSR_RECEIVED; store(inb(UART_DATA)))
    if (lsr & LSR_OVERRUN) block->overruns++;
}

/* Whether the UART asked; each cause is served until there is none (PC16550D §8.6, table IV). */
static int serve(void) {
  u8 iir = inb(UART_IIR);
  if (iir & IIR_NONE) return 0;
  do {
    switch (iir & IIR_ID) {
      case IIR_LINE:
        if (inb(UART_LSR) & LSR_OVERRUN) block->overruns++;
        break;
      case IIR_RECEIVED:
      case IIR_TIMEOUT:
        store(inb(UART_DATA));
        if (fifo) drain();
        break;
      case IIR_MODEM:
        if (serial_ended()) ended = 1;
        if (fifo) drain();
        break;
      default: break;
    }
  } while (!((iir = inb(UART_IIR)) & IIR_NONE));
  block->interrupts++;
  return 1;
}

static void receive_polled(void) {
  for (u32 idle = 0;;) {
    u8 lsr = inb(UART_LSR);
    block->polls++;
    if (lsr & LSR_OVERRUN) block->overruns++;
    if (lsr & LSR_RECEIVED) {
      store(inb(UART_DATA));
      work();
    } else if (++idle % 16 == 0 && serial_ended()) {
      return;
    }
  }
}

static void receive_by_interrupts(u8 enable) {
  irq_open(SERIAL_IRQ, serve);
  outb(UART_IER, enable);
  while (!ended) {
    irq_wait(SERIAL_IRQ);
    work();
  }
  outb(UART_IER, 0);
}

u32 run(struct nb_header *header) {
  struct uart_receive *p = block = (struct uart_receive *)header;
  for (u32 *out = &p->received; out < (u32 *)(p + 1); out++) *out = 0;
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct uart_receive, method));
  if (p->count == 0 || p->count > SERIAL_MOST)
    return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct uart_receive, count));
  int dma = p->method == METHOD_DMA_8237;
  fifo = p->method == METHOD_IRQ_FIFO;
  // With DMA mode 0 the receiver asks for each character (§8.5 bit 3).
  serial_open(p->divisor, fifo ? FCR_FIFO | FCR_TRIGGER_8 : dma ? FCR_FIFO : 0);
  if (!serial_command(SERIAL_SEND, p->count)) return fail(NB_STATUS_TIMEOUT, SERIAL_SEND);
  inb(UART_MSR);
  post(NB_POST_BEGIN);
  if (dma) isa_dma_start(SERIAL_RX_CHANNEL, DMA_SINGLE | DMA_TO_MEMORY, p->buffer, p->count);
  if (p->method == METHOD_POLLED) receive_polled();
  else receive_by_interrupts(dma ? IER_MODEM : IER_RECEIVED | IER_LINE | IER_MODEM);
  if (dma) {
    p->received = p->count - (isa_dma_ended() & 1 << SERIAL_RX_CHANNEL ? 0 : isa_dma_left(SERIAL_RX_CHANNEL));
    if (inb(UART_LSR) & LSR_OVERRUN) p->overruns++;
    isa_dma_stop(SERIAL_RX_CHANNEL);
  }
  post(NB_POST_END);
  return NB_STATUS_DONE;
}

void print_results(const struct nb_header *header) {
  const struct uart_receive *p = (const struct uart_receive *)header;
  print(" received=");
  print_decimal(p->received);
  print(" overruns=");
  print_decimal(p->overruns);
}
