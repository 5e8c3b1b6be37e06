// RTL8139C: finding it, a receive ring, sending one frame.
#include "rtl8139.h"
#include "cards.h"

#define SEND_POLLS 100000u

struct rtl8139 rtl8139_find(void) {
  struct pci_card found = card_find(RTL8139_ID);
  struct rtl8139 c = {found.address, found.ports, 0, found.irq, 0};
  if (c.address != PCI_NONE) c.memory = (volatile u8 *)(pci_read(c.address, 0x14) & ~15u);
  return c;
}

void rtl8139_open(const struct rtl8139 *c, u32 ring, u32 size, u32 mask) {
  rtl_set8(c, RTL_CR, RTL_CR_RST);
  while (rtl_get8(c, RTL_CR) & RTL_CR_RST) continue;
  rtl_set32(c, RTL_RBSTART, ring);
  // Receiver and transmitter must be on before they are configured (§5.7).
  rtl_set8(c, RTL_CR, RTL_CR_RE | RTL_CR_TE);
  // Bursts of any length, WRAP, broadcast and own frames.
  rtl_set32(c, RTL_RCR, 0xe70au | 0x80u | size << 11);
  rtl_set32(c, RTL_TCR, 0x03000700u);
  rtl_set32(c, RTL_MPC, 0);
  rtl_set16(c, RTL_ISR, 0xffff);
  rtl_set16(c, RTL_IMR, mask);
}

int rtl8139_send(const struct rtl8139 *c, u32 address, u32 bytes) {
  rtl_set32(c, RTL_TSAD0, address);
  rtl_set32(c, RTL_TSD0, bytes);
  for (u32 left = SEND_POLLS; left != 0; left--)
    if (rtl_get32(c, RTL_TSD0) & RTL_TSD_OWN) return 1;
  return 0;
}
