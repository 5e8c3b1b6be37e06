// Finding a card by its identity (PCI 2.2 §6.1, §6.2.5).
#include "cards.h"

#define COMMAND 0x04
#define COMMAND_ALL 0x7u /* ports, memory, bus master */
#define IO_SPACE 0x1u

static u32 find_id(u32 id) {
  for (u32 device = 0; device < 32; device++) {
    u32 functions = 1;
    for (u32 f = 0; f < functions; f++) {
      u32 address = device << 11 | f << 8;
      if (pci_read(address, 0) == id) return address;
      if (f == 0 && pci_read(address, 0x0c) & 0x00800000u) functions = 8;
    }
  }
  return PCI_NONE;
}

struct pci_card card_find(u32 id) {
  struct pci_card c = {find_id(id), 0, 0, 0, 0};
  if (c.address == PCI_NONE) return c;
  for (u32 n = 0; n < 3; n++) {
    u32 bar = pci_read(c.address, 0x10 + 4 * n);
    if (bar & IO_SPACE) c.ports = (u16)(bar & 0xfffcu);
    else if (n == 0) c.registers = (volatile u32 *)(bar & ~15u);
    else c.buffer = (u8 *)(bar & ~15u);
  }
  u32 line = pci_read(c.address, 0x3c) & 0xff;
  if (line < 16) c.irq = line;
  // The status half is write-one-to-clear: writing zeros there leaves it.
  pci_write(c.address, COMMAND, (pci_read(c.address, COMMAND) & 0xffff) | COMMAND_ALL);
  return c;
}
