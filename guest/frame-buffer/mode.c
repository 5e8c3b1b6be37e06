// Setting modes (IBM VGA/XGA Technical Reference; Bochs vbe_display_api.txt).
#include "draw.h"

#define MISC_WRITE 0x3c2
#define SEQUENCER 0x3c4
#define GRAPHICS 0x3ce
#define CRTC 0x3d4
#define ATTRIBUTE 0x3c0
#define STATUS1 0x3da
#define RETRACE 8u
#define DAC_MASK 0x3c6
#define DAC_WRITE 0x3c8
#define DAC_DATA 0x3c9
#define DISPI_INDEX 0x1ce
#define DISPI_DATA 0x1d0

/* Mode 12h: RAM on, ports at 3D0h, 25.175 MHz, 480 lines. */
#define MISC_12H 0xe3u
static const u8 sequencer[] = {0x03, 0x01, 0x0f, 0x00, 0x06};
static const u8 crtc[] = {0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0x0b, 0x3e, 0x00, 0x40, 0x00, 0x00, 0x00,
                          0x00, 0x00, 0x00, 0xea, 0x8c, 0xdf, 0x28, 0x00, 0xe7, 0x04, 0xe3, 0xff};
static const u8 graphics[] = {0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x0f, 0xff};

static void indexed(u16 port, const u8 *values, u32 count) {
  for (u32 n = 0; n < count; n++) outw(port, (u16)(n | (u32)values[n] << 8));
}

/* Sixteen colours, as draw.c has them in 32 bits: levels of 6 bits, of which the card makes 8. */
static void palette(void) {
  outb(DAC_MASK, 0xff);
  outb(DAC_WRITE, 0);
  for (u32 c = 0; c < 16; c++) {
    u32 red = (c & 3) * 21, green = (c >> 2) * 21;
    outb(DAC_DATA, (u8)red);
    outb(DAC_DATA, (u8)green);
    outb(DAC_DATA, (u8)(63 - red));
  }
}

void mode_planes(void) {
  outb(MISC_WRITE, MISC_12H);
  outw(SEQUENCER, 0x0100);
  indexed(SEQUENCER, sequencer, sizeof sequencer);
  outw(CRTC, 0x0e11);
  indexed(CRTC, crtc, sizeof crtc);
  indexed(GRAPHICS, graphics, sizeof graphics);
  inb(STATUS1);
  for (u32 n = 0; n < 16; n++) {
    outb(ATTRIBUTE, (u8)n);
    outb(ATTRIBUTE, (u8)n);
  }
  static const u8 rest[] = {0x01, 0x00, 0x0f, 0x00, 0x00};
  for (u32 n = 0; n < sizeof rest; n++) {
    outb(ATTRIBUTE, (u8)(16 + n));
    outb(ATTRIBUTE, rest[n]);
  }
  palette();
  inb(STATUS1);
  outb(ATTRIBUTE, 0x20);
}

static void dispi(u32 index, u32 value) {
  outw(DISPI_INDEX, (u16)index);
  outw(DISPI_DATA, (u16)value);
}

void mode_linear(const struct surface *s) {
  outb(MISC_WRITE, MISC_12H);
  palette();
  dispi(4, 0);
  dispi(1, s->width);
  dispi(2, s->height);
  dispi(3, s->depth);
  dispi(4, 0x41);
}

u32 retrace_wait(void) {
  u32 looks = 1;
  while (inb(STATUS1) & RETRACE) looks++;
  while (!(inb(STATUS1) & RETRACE)) looks++;
  return looks + 1;
}
