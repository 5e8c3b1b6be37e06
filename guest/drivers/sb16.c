// A Sound Blaster 16: reset, commands, interrupts.
#include "sb16.h"

#include "ports.h"

#define BUSY 0x80
#define LIMIT 100000u
#define INTERRUPT_STATUS 0x82

u32 sb_polls;
volatile u32 sb_stuck;

int sb_open(void) {
  outb(SB_RESET, 1);
  for (u32 i = 0; i < 4; i++) inb(SB_STATUS); /* 3 µs at least */
  outb(SB_RESET, 0);
  for (u32 i = 0; i < LIMIT; i++)
    if (inb(SB_STATUS) & BUSY) return inb(SB_READ) == 0xaa;
  return 0;
}

void sb_write(u8 byte) {
  for (u32 i = 0; i < LIMIT; i++) {
    if (!(inb(SB_COMMAND) & BUSY)) {
      outb(SB_COMMAND, byte);
      return;
    }
    sb_polls++;
  }
  sb_stuck = 1;
}

void sb_rate(u32 rate) {
  sb_write(SB_OUTPUT_RATE);
  sb_write((u8)(rate >> 8));
  sb_write((u8)rate);
}

void sb_output(u32 bits, u32 flags, u32 bytes) {
  u32 length = (bits == 16 ? bytes / 2 : bytes) - 1;
  sb_write((u8)((bits == 16 ? SB_OUTPUT_16 : SB_OUTPUT_8) | flags));
  sb_write(bits == 16 ? SB_MODE_SIGNED : 0);
  sb_write((u8)length);
  sb_write((u8)(length >> 8));
}

int sb_acknowledge(u32 bits) {
  u8 mine = bits == 16 ? 2 : 1;
  outb(SB_MIXER_ADDRESS, INTERRUPT_STATUS);
  if (!(inb(SB_MIXER_DATA) & mine)) return 0;
  inb(bits == 16 ? SB_ACK_16 : SB_STATUS);
  return 1;
}
