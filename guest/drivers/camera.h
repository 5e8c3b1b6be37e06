// The camera: registers and ring as src/hw/camera/spec.ts and its README have them (a test compares).
#ifndef NB_CAMERA_H
#define NB_CAMERA_H

#include "cards.h"

#define CAMERA_ID 0x00034e42u

#define CAMERA_REG_ID 0x00u
#define CAMERA_REG_CONTROL 0x04u
#define CAMERA_REG_INT 0x08u
#define CAMERA_REG_STATUS 0x0cu
#define CAMERA_REG_RING 0x10u
#define CAMERA_REG_SIZE 0x14u
#define CAMERA_REG_PRODUCER 0x18u
#define CAMERA_REG_CONSUMER 0x1cu
#define CAMERA_REG_GEOMETRY 0x20u
#define CAMERA_REG_FORMAT 0x24u
#define CAMERA_REG_FRAME 0x28u
#define CAMERA_REG_CLOCK 0x2cu
#define CAMERA_REG_DROPPED 0x30u
#define CAMERA_REG_LOST 0x34u
#define CAMERA_REG_MISSED 0x38u

#define CAMERA_RUN 0x1u
#define CAMERA_SINGLE 0x2u
#define CAMERA_OVERWRITE 0x4u
#define CAMERA_IE_FRAME 0x100u
#define CAMERA_IE_ERROR 0x800u
#define CAMERA_RESET 0x80000000u
#define CAMERA_INT_FRAME 0x1u
#define CAMERA_INT_ERROR 0x8u
#define CAMERA_ST_STORING 0x1u
#define CAMERA_RESULT_DAMAGED 0x2u
#define CAMERA_PAGE 4096u

/* An entry of the ring. */
struct camera_entry {
  u32 list;            /* physical address of the page list */
  volatile u32 frame;  /* number of the frame that was stored */
  volatile u32 result; /* bit 0: stored, bit 1: damaged; software clears it */
  volatile u32 time;   /* µs at which the frame began */
};

struct camera {
  struct pci_card card;
  struct camera_entry *ring;
  u32 entries, frame_bytes, pages;
  u8 *buffers;
};

/* Finds the camera; lays out at `memory` (a multiple of 4096) a ring with its page lists and buffers whose pages lie
   scattered among those of the others, and tells the camera where the ring is. 0 if there is no camera. */
int camera_open(struct camera *c, u32 memory, u32 entries);

/* Page p of buffer n. */
static inline u32 *camera_page(const struct camera *c, u32 n, u32 p) {
  return (u32 *)(c->buffers + (p * c->entries + n) * CAMERA_PAGE);
}

/* The part of camera_open behind the finding: c->card is there; `physical` is where the camera sees `memory`. */
static inline void camera_set_up(struct camera *c, u32 memory, u32 physical, u32 entries) {
  u32 geometry = card_get(&c->card, CAMERA_REG_GEOMETRY);
  u32 pixel_bytes = card_get(&c->card, CAMERA_REG_FORMAT) & 15;
  c->frame_bytes = (geometry & 0xffff) * (geometry >> 16) * pixel_bytes;
  c->pages = (c->frame_bytes + CAMERA_PAGE - 1) / CAMERA_PAGE;
  c->entries = entries;
  c->ring = (struct camera_entry *)memory;
  u32 stride = (c->pages * 4 + 63) & ~63u, away = physical - memory;
  u32 lists = memory + CAMERA_PAGE;
  c->buffers = (u8 *)((lists + entries * stride + CAMERA_PAGE - 1) & ~(CAMERA_PAGE - 1));
  for (u32 n = 0; n < entries; n++) {
    u32 *list = (u32 *)(lists + n * stride);
    for (u32 p = 0; p < c->pages; p++) list[p] = (u32)camera_page(c, n, p) + away;
    c->ring[n].list = (u32)list + away;
    c->ring[n].result = 0;
  }
  card_set(&c->card, CAMERA_REG_CONTROL, CAMERA_RESET);
  card_set(&c->card, CAMERA_REG_RING, physical);
  card_set(&c->card, CAMERA_REG_SIZE, entries);
}

#endif
