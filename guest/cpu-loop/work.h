// The work itself: plain C without any port, so that a host's compiler can build it too and tell the right checksum.
#ifndef NB_WORK_H
#define NB_WORK_H

/* Runs `iterations` steps of `kind` over memory[0 .. words), words a power of 2; returns a checksum of everything. */
unsigned work(unsigned kind, unsigned iterations, unsigned *memory, unsigned words);

#endif
