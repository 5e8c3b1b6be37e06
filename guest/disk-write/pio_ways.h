// PIO data-out by other ways than a REP OUTSW of 16 bits.
#ifndef NB_PIO_WAYS_H
#define NB_PIO_WAYS_H

#include "disk.h"
#include "params.h"

/* Whether a job is one of these: the others' figures are not to depend on them. */
int other_way(const struct disk_write *p);
/* Writes everything and flushes, between the two marks. */
u32 write_other_way(struct disk_write *p);

#endif
