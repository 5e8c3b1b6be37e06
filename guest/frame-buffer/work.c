// Drawing (IBM VGA/XGA Technical Reference; Bochs vbe_display_api.txt).
#include "draw.h"

#define WINDOW 0xa0000u
#define WINDOW_BYTES 0x10000u
#define SEQUENCER 0x3c4
#define MAP_MASK 2u
#define DISPI_INDEX 0x1ce
#define DISPI_DATA 0x1d0
#define DISPI_BANK 5u

/* What a 32-bit pixel of each colour looks like: red, green, blue from 23:16 down. */
static u32 true_colour(u32 c) {
  u32 red = (c & 3) * 85, green = (c >> 2) * 85;
  return red << 16 | green << 8 | (255 - red);
}

/* The word for pixels of one colour. */
static inline u32 word_of(const struct surface *s, u32 c) { return s->depth == 8 ? c * 0x01010101u : true_colour(c); }

void draw_planes(const struct surface *s, u32 n) {
  for (u32 plane = 0; plane < 4; plane++) {
    volatile u32 *at = (volatile u32 *)WINDOW;
    outw(SEQUENCER, (u16)(MAP_MASK | 0x100u << plane));
    for (u32 y = 0; y < s->height; y++) {
      for (u32 column = 0; column < s->width / 8; column += 4) {
        u32 word = 0;
        for (u32 k = 0; k < 4; k++)
          if (colour_at(column + k, y, n) >> plane & 1) word |= 0xffu << 8 * k;
        *at++ = word;
      }
    }
  }
}

void draw_banked(const struct surface *s, u32 n) {
  u32 offset = WINDOW_BYTES, bank = 0, words = s->depth / 4;
  for (u32 y = 0; y < s->height; y++) {
    for (u32 column = 0; column < s->width / 8; column++) {
      // Eight pixels never lie in two banks.
      if (offset == WINDOW_BYTES) {
        outw(DISPI_INDEX, DISPI_BANK);
        outw(DISPI_DATA, (u16)bank++);
        offset = 0;
      }
      volatile u32 *at = (volatile u32 *)(WINDOW + offset);
      u32 word = word_of(s, colour_at(column, y, n));
      for (u32 k = 0; k < words; k++) at[k] = word;
      offset += 4 * words;
    }
  }
}

void draw_linear(const struct surface *s, u32 *to, u32 n) {
  volatile u32 *at = to;
  u32 words = s->depth / 4;
  for (u32 y = 0; y < s->height; y++) {
    for (u32 column = 0; column < s->width / 8; column++) {
      u32 word = word_of(s, colour_at(column, y, n));
      for (u32 k = 0; k < words; k++) *at++ = word;
    }
  }
}
