// Setting up the camera's ring.
#include "camera.h"

int camera_open(struct camera *c, u32 memory, u32 entries) {
  c->card = card_find(CAMERA_ID);
  if (c->card.address == PCI_NONE || c->card.registers == 0) return 0;
  camera_set_up(c, memory, memory, entries);
  return 1;
}
