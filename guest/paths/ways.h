// The ways between memory and the card.
#ifndef NB_PATHS_WAYS_H
#define NB_PATHS_WAYS_H

#include "cards.h"
#include "mtrr.h"
#include "params.h"

#define OFFSET(member) ((u32)__builtin_offsetof(struct paths, member))

extern struct pci_card card, engine;

/* Finds what the method needs and sets it up. */
u32 open_ways(struct paths *p);
/* Moves `bytes` (at most the card's buffer) between `memory` and the card's buffer from its beginning on; returns when
   they have arrived. */
u32 transfer(struct paths *p, u32 memory, u32 bytes, int to_card);
void count_interrupts(struct paths *p);

#endif
