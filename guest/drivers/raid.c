// Setting up the array controller, and its commands.
#include "raid.h"

int raid_open(struct raid *r, u32 memory, u32 ahead, u32 slots) {
  struct pci_card card = card_find(RAID_ID);
  if (card.address == PCI_NONE) return 0;
  r->address = card.address;
  r->irq = card.irq;
  r->mailbox = (struct raid_mailbox *)memory;
  r->commands = (struct raid_command *)(memory + 1024);
  r->directory = (struct raid_entry *)(memory + 4096);
  for (u32 k = 0; k < 2 * 4096 / 4; k++) ((volatile u32 *)memory)[k] = 0;
  r->mailbox->commands = (u32)r->commands;
  r->mailbox->entries = RAID_COMMANDS;
  r->mailbox->ahead = ahead;
  r->mailbox->slots = slots;
  r->mailbox->directory = (u32)r->directory;
  pci_write(r->address, RAID_CFG_MAILBOX, memory);
  return 1;
}

void raid_enable(const struct raid *r) {
  pci_write(r->address, RAID_CFG_CONTROL, RAID_ENABLE | RAID_IE_DONE | RAID_IE_AHEAD | RAID_IE_ERROR);
}

u32 raid_causes(const struct raid *r) {
  u32 causes = pci_read(r->address, RAID_CFG_CAUSE) & RAID_CAUSES;
  if (causes != 0) pci_write(r->address, RAID_CFG_CAUSE, causes);
  return causes;
}

struct raid_command *raid_read(struct raid *r, u32 sector, u32 count, u32 address) {
  u32 n = r->mailbox->submitted;
  struct raid_command *c = &r->commands[n % RAID_COMMANDS];
  c->operation = RAID_READ;
  c->sector = sector;
  c->count = count;
  c->address = address;
  c->result = 0;
  r->mailbox->submitted = n + 1;
  return c;
}
