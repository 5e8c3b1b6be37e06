// An NE2000 on PCI: the processor moves every byte, through the data port.
#include "ne2000.h"
#include "cards.h"

#define STOP 0x21u         /* page 0, no remote DMA, stopped */
#define START 0x22u
#define PAGE1 0x62u        /* the same, page 1 */
#define READ 0x0au         /* remote read, running */
#define WRITE 0x12u
#define TRANSMIT 0x26u
#define DCR_SETTING 0x49u  /* words, FIFO threshold of 8 bytes */
#define TX_PAGE 0x40u
#define FIRST_PAGE 0x46u
#define LAST_PAGE 0x80u    /* behind the ring */
#define HEADER_BYTES 4u
#define FCS_BYTES 4u
#define LONGEST 1518u

static u32 get(const struct ne2000 *c, u32 at) { return inb((u16)(c->ports + at)); }
static void set(const struct ne2000 *c, u32 at, u32 value) { outb((u16)(c->ports + at), (u8)value); }

struct ne2000 ne2000_find(void) {
  struct pci_card found = card_find(NE2000_ID);
  struct ne2000 c = {found.address, found.ports, found.irq, 0};
  return c;
}

/* Begins a remote DMA of `bytes` at `address` of the card's memory (§11). */
static void remote(const struct ne2000 *c, u32 address, u32 bytes, u32 command) {
  set(c, NE_RBCR0, bytes & 0xff);
  set(c, NE_RBCR1, bytes >> 8);
  set(c, NE_RSAR0, address & 0xff);
  set(c, NE_RSAR1, address >> 8);
  set(c, NE_CR, command);
}

void ne2000_open(struct ne2000 *c) {
  u8 prom[16];
  set(c, NE_RESET, get(c, NE_RESET));
  set(c, NE_CR, STOP);
  set(c, NE_DCR, DCR_SETTING);
  set(c, NE_RCR, 0x20);
  set(c, NE_TCR, 0x02);
  // The PROM has each byte twice on a card that is a word wide.
  remote(c, 0, 32, READ);
  for (u32 n = 0; n < 16; n++) prom[n] = (u8)inw((u16)(c->ports + NE_DATA));
  set(c, NE_PSTART, FIRST_PAGE);
  set(c, NE_BNRY, FIRST_PAGE);
  set(c, NE_PSTOP, LAST_PAGE);
  set(c, NE_CR, PAGE1 | 1);
  for (u32 n = 0; n < 6; n++) set(c, 1 + n, prom[n]);
  c->next = FIRST_PAGE + 1;
  set(c, NE_CURR, c->next);
  set(c, NE_CR, START);
  set(c, NE_ISR, 0xff);
  set(c, NE_TCR, 0);
  set(c, NE_RCR, 0x04);
  set(c, NE_IMR, NE_ISR_PRX | NE_ISR_OVW);
}

void ne2000_send(struct ne2000 *c, const void *frame, u32 bytes) {
  remote(c, TX_PAGE << 8, bytes, WRITE);
  outsl((u16)(c->ports + NE_DATA), frame, bytes / 4);
  set(c, NE_ISR, NE_ISR_RDC);
  set(c, NE_TPSR, TX_PAGE);
  set(c, NE_TBCR0, bytes & 0xff);
  set(c, NE_TBCR1, bytes >> 8);
  set(c, NE_CR, TRANSMIT);
}

u32 ne2000_receive(struct ne2000 *c, void *to) {
  set(c, NE_CR, PAGE1);
  u32 current = get(c, NE_CURR);
  set(c, NE_CR, START);
  if (current == c->next) return 0;
  remote(c, c->next << 8, HEADER_BYTES, READ);
  u32 header = inl((u16)(c->ports + NE_DATA));
  u32 next = header >> 8 & 0xff, bytes = header >> 16;
  if (bytes > LONGEST) bytes = LONGEST;
  bytes -= FCS_BYTES;
  remote(c, (c->next << 8) + HEADER_BYTES, (bytes + 3) & ~3u, READ);
  insl((u16)(c->ports + NE_DATA), to, (bytes + 3) / 4);
  set(c, NE_ISR, NE_ISR_RDC);
  c->next = next;
  set(c, NE_BNRY, (next == FIRST_PAGE ? LAST_PAGE : next) - 1);
  return bytes;
}
