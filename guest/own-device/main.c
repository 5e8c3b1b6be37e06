// own-device: what is on the PCI bus, and what a card of the reader's own does with a few numbers.
#include "cards.h"
#include "params.h"

#define ID_IF_NONE 0x0add1234u
#define COUNT_IF_NONE 4u
#define REG_ADD 0x00u
#define REG_SUM 0x04u

const char program_name[] = "own-device";
const u32 program_number = NB_PROGRAM_OWN_DEVICE;

static struct own_device defaults = {.header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_OWN_DEVICE}};
struct nb_header *const default_block = &defaults.header;

int set_parameter(const char *key, const char *text, u32 value) {
  (void)text;
  if (same_text(key, "id")) return defaults.id = value, 1;
  if (same_text(key, "count")) return defaults.count = value, 1;
  return 0;
}

static void print_id(u32 id) {
  print_hex(id & 0xffff, 4);
  print(":");
  print_hex(id >> 16, 4);
}

static void print_functions(struct own_device *p) {
  for (u32 device = 0; device < 32; device++) {
    u32 functions = 1;
    for (u32 f = 0; f < functions; f++) {
      u32 address = device << 11 | f << 8, id = pci_read(address, 0);
      if ((id & 0xffff) == 0xffff) continue;
      if (f == 0 && pci_read(address, 0x0c) & 0x00800000u) functions = 8;
      p->functions++;
      print("pci ");
      print_decimal(device);
      print(".");
      print_decimal(f);
      print("  ");
      print_id(id);
      print("\r\n");
    }
  }
}

u32 run(struct nb_header *header) {
  struct own_device *p = (struct own_device *)header;
  p->functions = p->sum = 0;
  if (p->id == 0) p->id = ID_IF_NONE;
  if (p->count == 0) p->count = COUNT_IF_NONE;
  print_functions(p);
  struct pci_card card = card_find(p->id);
  if (card.address == PCI_NONE) return NB_STATUS_NO_OWN_CARD;
  if (card.registers == 0) return NB_STATUS_NO_OWN_ADDRESS;
  post(NB_POST_BEGIN);
  for (u32 n = 1; n <= p->count; n++) {
    card_set(&card, REG_ADD, n);
    p->sum = card_get(&card, REG_SUM);
  }
  post(NB_POST_END);
  return NB_STATUS_DONE;
}

void print_results(const struct nb_header *header) {
  const struct own_device *p = (const struct own_device *)header;
  print(" functions=");
  print_decimal(p->functions);
  print(" sum=");
  print_decimal(p->sum);
}
