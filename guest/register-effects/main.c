// register-effects: reads and writes of a card's registers, one act after the other.
#include "cards.h"
#include "mtrr.h"
#include "params.h"

const char program_name[] = "register-effects";
const u32 program_number = NB_PROGRAM_REGISTER_EFFECTS;

static struct register_effects defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_REGISTER_EFFECTS},
    .idle_cycles = 600,
};
struct nb_header *const default_block = &defaults.header;

int set_parameter(const char *key, const char *text, u32 value) {
  (void)value;
  if (!same_text(key, "method")) return 0;
  defaults.method = same_text(text, "ports") ? METHOD_PORTS : METHOD_MEMORY;
  return 1;
}

static struct pci_card card;
static struct register_effects *p;

/* The acts have no loop and no function call between them and the card but these. */
static void act(u32 value) {
  p->values[p->acts++] = value;
  post(REGISTER_EFFECTS_POST_ACT);
}

static u32 get(u32 offset) { return p->method == METHOD_PORTS ? card_in(&card, offset) : card_get(&card, offset); }

static void reads(u32 offset) { act(get(offset)); }

static void writes(u32 offset, u32 value) {
  if (p->method == METHOD_PORTS) card_out(&card, offset, value);
  else card_set(&card, offset, value);
  act(0);
}

u32 run(struct nb_header *header) {
  static volatile u32 word;
  p = (struct register_effects *)header;
  p->acts = 0;
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, 0x14);
  card = card_find(CARD_ID);
  if (card.address == PCI_NONE) return NB_STATUS_NO_CARD;
  if (card.registers == 0 || card.ports == 0) return NB_STATUS_NO_ADDRESS;

  post(NB_POST_BEGIN);
  word = 5;
  act(0);
  act(word);
  act(word);
  writes(CARD_REG_FIFO, 0x11);
  writes(CARD_REG_FIFO, 0x22);
  reads(CARD_REG_FIFO);
  reads(CARD_REG_FIFO);
  reads(CARD_REG_FIFO);
  reads(CARD_REG_STATUS);
  reads(CARD_REG_STATUS);
  writes(CARD_REG_COMMAND, 2);
  reads(CARD_REG_COMMAND);
  reads(CARD_REG_INT);
  writes(CARD_REG_INT, 0);
  writes(CARD_REG_INT, CARD_INT_DMA);
  reads(CARD_REG_INT);
  writes(CARD_REG_INT, CARD_INT_SOFT);
  reads(CARD_REG_INT);
  writes(CARD_REG_CONTROL, 0xffffffffu);
  reads(CARD_REG_CONTROL);
  writes(CARD_REG_COLOUR, 0x4060a0);
  reads(CARD_REG_COLOUR);
  reads(CARD_REG_LINE);
  u32 from = cycles();
  while (cycles() - from < p->idle_cycles) continue;
  act(0);
  reads(CARD_REG_LINE);
  p->method ^= 1;
  u32 colour = get(CARD_REG_COLOUR);
  p->method ^= 1;
  act(colour);
  post(NB_POST_END);
  return NB_STATUS_DONE;
}

void print_results(const struct nb_header *header) {
  print(" acts=");
  print_decimal(((const struct register_effects *)header)->acts);
}
