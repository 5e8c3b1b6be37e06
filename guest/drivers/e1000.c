// 82540EM: finding it, rings, sending one frame.
#include "e1000.h"
#include "cards.h"

#define TRANSMIT_ENTRIES 8u

struct e1000 e1000_find(void) {
  struct pci_card found = card_find(E1000_ID);
  struct e1000 c = {found.address, found.registers, found.irq, 0, 0, 0};
  return c;
}

void e1000_open(struct e1000 *c, u32 rings, u32 entries, u32 buffers, u32 itr) {
  e1000_set(c, E1000_IMC, 0xffffffffu);
  e1000_set(c, E1000_CTRL, E1000_CTRL_RST);
  while (e1000_get(c, E1000_CTRL) & E1000_CTRL_RST) continue;
  c->transmit = (struct e1000_descriptor *)rings;
  c->receive = c->transmit + TRANSMIT_ENTRIES;
  c->entries = entries;
  for (u32 n = 0; n < TRANSMIT_ENTRIES + entries; n++) c->transmit[n] = (struct e1000_descriptor){0, 0, 0, 0};
  for (u32 n = 0; n < entries; n++) c->receive[n].address = buffers + n * E1000_BUFFER;
  e1000_set(c, E1000_TDBAL, (u32)c->transmit);
  e1000_set(c, E1000_TDBAH, 0);
  e1000_set(c, E1000_TDLEN, TRANSMIT_ENTRIES * sizeof(struct e1000_descriptor));
  e1000_set(c, E1000_RDBAL, (u32)c->receive);
  e1000_set(c, E1000_RDBAH, 0);
  e1000_set(c, E1000_RDLEN, entries * sizeof(struct e1000_descriptor));
  e1000_set(c, E1000_RDH, 0);
  e1000_set(c, E1000_RDT, entries - 1);
  e1000_set(c, E1000_ITR, itr);
  e1000_set(c, E1000_CTRL, E1000_CTRL_SLU);
  e1000_set(c, E1000_TCTL, E1000_TCTL_SETTING);
  e1000_set(c, E1000_RCTL, E1000_RCTL_SETTING);
  e1000_get(c, E1000_ICR);
  e1000_set(c, E1000_IMS, E1000_INT_RX);
}

void e1000_send(const struct e1000 *c, u32 address, u32 bytes) {
  c->transmit[0].address = address;
  c->transmit[0].length = bytes | E1000_SEND;
  e1000_set(c, E1000_TDT, 1);
}
