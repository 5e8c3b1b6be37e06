#include "i8237.h"

static const u8 pages[8] = {0x87, 0x83, 0x81, 0x82, 0x8f, 0x8b, 0x89, 0x8a};

/* Port of a register of the controller that has the channel; words are two ports apart. */
static u16 at(u32 channel, u32 reg) { return (u16)(channel < 4 ? reg : 0xc0 + 2 * reg); }

static void put_word(u16 port, u32 value) {
  outb(port, (u8)value);
  outb(port, (u8)(value >> 8));
}

void isa_dma_start(u32 channel, u32 mode, u32 address, u32 bytes) {
  u32 own = channel & 3, words = channel >= 4;
  outb(at(channel, 10), (u8)(4 | own)); /* mask */
  outb(at(channel, 12), 0);             /* flip-flop */
  outb(at(channel, 11), (u8)(mode | own));
  put_word(at(channel, 2 * own), words ? address >> 1 : address);
  outb(pages[channel], (u8)(address >> 16));
  put_word(at(channel, 2 * own + 1), (words ? bytes / 2 : bytes) - 1);
  outb(at(channel, 10), (u8)own);
}

void isa_dma_stop(u32 channel) { outb(at(channel, 10), (u8)(4 | (channel & 3))); }

u32 isa_dma_left(u32 channel) {
  u16 port = at(channel, 2 * (channel & 3) + 1);
  outb(at(channel, 12), 0);
  u32 low = inb(port);
  return (low | (u32)inb(port) << 8) + 1;
}

u32 isa_dma_ended(void) { return inb(at(0, 8)) & 15; }
