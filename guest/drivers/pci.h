// PCI configuration mechanism #1 and the IDE function (PCI 2.2 §3.2.2.3; 82371FB/SB and 82371AB data sheets, IDE function).
#ifndef NB_PCI_H
#define NB_PCI_H

#include "runtime.h"

/* Bus 0 addresses: device << 11 | function << 8. PCI_NONE: not found. */
#define PCI_NONE 0xffffffffu

u32 pci_read(u32 function, u32 offset);
void pci_write(u32 function, u32 offset, u32 value);

struct ide_function {
  u32 address; /* PCI_NONE: there is none */
  u32 id;      /* vendor 15:0, device 31:16 */
  u16 bm;      /* bus master's port base; 0: not a bus master */
};

/* Finds class 0101h on bus 0, switches on its ports and, if `master`, bus mastering; assigns BAR 4 if nobody has. */
struct ide_function ide_find(int master);
/* Programs the controller's timing for master and SET FEATURES value `mode` (-1: leave, but decode the ports).
   NB_STATUS_DONE or _MODE. Controllers other than Intel's PIIX family are left alone. */
u32 ide_set_timing(const struct ide_function *ide, i32 mode);

#endif
