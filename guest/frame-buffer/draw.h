// The picture and the ways into the card's memory.
#ifndef NB_FRAME_BUFFER_DRAW_H
#define NB_FRAME_BUFFER_DRAW_H

#include "ports.h"
#include "types.h"

/* Colour of the 8 pixels from x = 8 * column on in a line of picture n: 0 to 15. */
static inline u32 colour_at(u32 column, u32 line, u32 n) { return ((column ^ (line >> 4)) + n) & 15; }

struct surface {
  u32 width, height, depth; /* pixels, lines, bits */
};

/* Sets mode 12h, 640 x 480 in four planes, and the palette. */
void mode_planes(void);
/* Sets a linear mode by the DISPI ports, and the palette. */
void mode_linear(const struct surface *s);
/* Waits for the beginning of a vertical retrace (Input Status 1, bit 3); returns how often it looked. */
u32 retrace_wait(void);

void draw_planes(const struct surface *s, u32 n);
void draw_banked(const struct surface *s, u32 n);
/* In memory that stands in the address space as a whole. */
void draw_linear(const struct surface *s, u32 *at, u32 n);

#endif
