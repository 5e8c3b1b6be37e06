// Setting up the camera's ring.
#include "camera.h"

int camera_open(struct camera *c, u32 memory, u32 entries) {
  c->card = card_find(CAMERA_ID);
  if (c->card.address == PCI_NONE || c->card.registers == 0) return 0;
  u32 geometry = card_get(&c->card, CAMERA_REG_GEOMETRY);
  u32 pixel_bytes = card_get(&c->card, CAMERA_REG_FORMAT) & 15;
  c->frame_bytes = (geometry & 0xffff) * (geometry >> 16) * pixel_bytes;
  c->pages = (c->frame_bytes + CAMERA_PAGE - 1) / CAMERA_PAGE;
  c->entries = entries;
  c->ring = (struct camera_entry *)memory;
  u32 stride = (c->pages * 4 + 63) & ~63u;
  u32 lists = memory + CAMERA_PAGE;
  c->buffers = (u8 *)((lists + entries * stride + CAMERA_PAGE - 1) & ~(CAMERA_PAGE - 1));
  for (u32 n = 0; n < entries; n++) {
    u32 *list = (u32 *)(lists + n * stride);
    for (u32 p = 0; p < c->pages; p++) list[p] = (u32)camera_page(c, n, p);
    c->ring[n].list = (u32)list;
    c->ring[n].result = 0;
  }
  card_set(&c->card, CAMERA_REG_CONTROL, CAMERA_RESET);
  card_set(&c->card, CAMERA_REG_RING, memory);
  card_set(&c->card, CAMERA_REG_SIZE, entries);
  return 1;
}
