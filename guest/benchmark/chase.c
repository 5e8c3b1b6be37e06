// Pointer chase: each step's address comes from the load before.
#include "jobs.h"

#define NEAR_BYTES (256u * 1024)
#define FAR_BYTES (4u * 1024 * 1024)
#define STEPS 65536u

struct node {
  struct node *next;
  u32 value;
};

#define NODE ((struct node *)WORK_MEMORY)

/* One cycle through all nodes in random order (Sattolo 1986). */
static void link_nodes(u32 bytes) {
  const u32 nodes = bytes / sizeof(struct node);
  u32 *order = (u32 *)(WORK_MEMORY + 0x800000), x = 0x6c078965;
  for (u32 i = 0; i < nodes; i++) order[i] = i;
  for (u32 i = nodes - 1; i > 0; i--) {
    x = noise(x);
    u32 j = (u32)((u64)x * i >> 32), old = order[i];
    order[i] = order[j];
    order[j] = old;
  }
  for (u32 i = 0; i < nodes; i++) {
    NODE[order[i]].next = &NODE[order[(i + 1) % nodes]];
    NODE[order[i]].value = x = noise(x);
  }
}

void open_chase(void) { link_nodes(NEAR_BYTES); }

void open_chase_far(void) { link_nodes(FAR_BYTES); }

u32 chase(u32 iterations) {
  const struct node *at = NODE;
  u32 sum = 0;
  for (u32 pass = 0; pass < iterations; pass++) {
    for (u32 i = 0; i < STEPS; i++) {
      sum += at->value;
      at = at->next;
    }
    sum = fold(sum, (u32)at);
  }
  return sum;
}
