// register-block: the same registers of an RTL8139 by ports or by memory: what a frame's worth of a driver's
// accesses costs, what one access of each width costs, and that both ways reach the same registers.
#include "mtrr.h"
#include "params.h"
#include "rtl8139.h"

const char program_name[] = "register-block";
const u32 program_number = NB_PROGRAM_REGISTER_BLOCK;

static struct register_block defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_REGISTER_BLOCK},
    .method = METHOD_MMIO,
    .rounds = 100,
};
struct nb_header *const default_block = &defaults.header;

int set_parameter(const char *key, const char *text, u32 value) {
  if (same_text(key, "method")) return defaults.method = same_text(text, "port") ? METHOD_PORT : METHOD_MMIO, 1;
  if (same_text(key, "rounds")) return defaults.rounds = value, 1;
  return 0;
}

static struct rtl8139 card;

/* What Linux 8139too does with the card for one received frame: rtl8139_interrupt, _poll, _rx, _isr_ack. */
static void one_frame(u32 offset) {
  rtl_get16(&card, RTL_ISR);
  rtl_set16(&card, RTL_IMR, 0);
  rtl_get16(&card, RTL_IMR);
  rtl_get16(&card, RTL_ISR);
  rtl_get8(&card, RTL_CR);
  rtl_set16(&card, RTL_CAPR, offset - 16);
  rtl_get16(&card, RTL_ISR);
  rtl_set16(&card, RTL_ISR, RTL_ISR_ROK);
  rtl_get16(&card, RTL_ISR);
  rtl_get8(&card, RTL_CR);
  rtl_set16(&card, RTL_IMR, RTL_ISR_ROK);
  rtl_get16(&card, RTL_IMR);
}

#define TIMED(to, access)                                              \
  do {                                                                 \
    u32 from = cycles();                                               \
    for (u32 n = 0; n < REGISTER_BLOCK_ACCESSES; n++) access;          \
    to = cycles() - from;                                              \
  } while (0)

static void measure_widths(struct register_block *p) {
  u32 nothing;
  TIMED(nothing, __asm__ volatile(""));
  TIMED(p->read_cycles[0], rtl_get8(&card, RTL_MAR0));
  TIMED(p->read_cycles[1], rtl_get16(&card, RTL_MAR0));
  TIMED(p->read_cycles[2], rtl_get32(&card, RTL_MAR0));
  TIMED(p->write_cycles[0], rtl_set8(&card, RTL_MAR0, n));
  TIMED(p->write_cycles[1], rtl_set16(&card, RTL_MAR0, n));
  TIMED(p->write_cycles[2], rtl_set32(&card, RTL_MAR0, n));
  p->loop_cycles = nothing;
}

/* Written by one way, read by the other; then the whole block by this way. */
static void compare_ways(struct register_block *p) {
  for (u32 n = 0; n < REGISTER_BLOCK_PATTERNS; n++) {
    u32 value = 0x9e3779b9u * (n + 1);
    rtl_set32(&card, RTL_MAR0 + 4 * (n & 1), value);
    card.by_ports ^= 1;
    if (rtl_get32(&card, RTL_MAR0 + 4 * (n & 1)) != value) p->mismatches++;
    card.by_ports ^= 1;
  }
  for (u32 n = 0; n < REGISTER_BLOCK_WORDS; n++) p->contents[n] = rtl_get32(&card, 4 * n);
}

u32 run(struct nb_header *header) {
  struct register_block *p = (struct register_block *)header;
  p->mismatches = 0;
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, 0x14);
  card = rtl8139_find();
  if (card.address == PCI_NONE) return NB_STATUS_NO_CARD;
  if (card.memory == 0 || card.ports == 0) return NB_STATUS_NO_ADDRESS;
  card.by_ports = p->method == METHOD_PORT;
  post(NB_POST_BEGIN);
  for (u32 n = 0; n < p->rounds; n++) one_frame(n * 64);
  post(NB_POST_END);
  measure_widths(p);
  compare_ways(p);
  return NB_STATUS_DONE;
}

void print_results(const struct nb_header *header) {
  const struct register_block *p = (const struct register_block *)header;
  print(" method=");
  print(p->method == METHOD_PORT ? "port" : "mmio");
  print(" mismatches=");
  print_decimal(p->mismatches);
}
