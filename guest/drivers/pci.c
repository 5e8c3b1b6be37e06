// Finding the IDE function and programming the PIIX's timing.
#include "pci.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA 0xcfc
#define COMMAND_IO 0x1u
#define COMMAND_MASTER 0x4u
#define BM_BASE_IF_NONE 0xcc00u /* used where no firmware has assigned BAR 4 */

#define PIIX 0x12308086u
#define PIIX3 0x70108086u
#define PIIX4 0x71118086u

#define IDETIM 0x40  /* primary channel in bits 15:0 */
#define UDMACTL 0x48 /* PIIX4: bits 7:0; UDMATIM in bits 31:16 of the same dword */
#define IDETIM_DECODE 0x8000u
#define IDETIM_DTE0 0x8u  /* fast timing for DMA only */
#define IDETIM_PPE0 0x4u  /* prefetch and posting */
#define IDETIM_IE0 0x2u   /* sample IORDY */
#define IDETIM_TIME0 0x1u /* use the programmed timing */
#define IDETIM_DRIVE0 0x330fu /* ISP 13:12, RTC 9:8, drive 0's nibble */

static void select(u32 function, u32 offset) { outl(CONFIG_ADDRESS, 0x80000000u | function | (offset & 0xfc)); }

u32 pci_read(u32 function, u32 offset) {
  select(function, offset);
  return inl(CONFIG_DATA);
}

void pci_write(u32 function, u32 offset, u32 value) {
  select(function, offset);
  outl(CONFIG_DATA, value);
}

static u32 find_class(u32 class) {
  for (u32 device = 0; device < 32; device++) {
    u32 functions = 1;
    for (u32 f = 0; f < functions; f++) {
      u32 address = device << 11 | f << 8;
      if ((pci_read(address, 0) & 0xffff) == 0xffff) continue;
      if (f == 0 && pci_read(address, 0x0c) & 0x00800000u) functions = 8;
      if (pci_read(address, 0x08) >> 16 == class) return address;
    }
  }
  return PCI_NONE;
}

struct ide_function ide_find(int master) {
  struct ide_function ide = {find_class(0x0101), 0, 0};
  if (ide.address == PCI_NONE) return ide;
  ide.id = pci_read(ide.address, 0);
  // Programming interface bit 7: this function is a bus master (Programming Interface for Bus Master IDE, §1.1).
  if (master && pci_read(ide.address, 0x08) & 0x8000u) {
    u32 bar = pci_read(ide.address, 0x20) & 0xfff0u;
    if (bar == 0) pci_write(ide.address, 0x20, bar = BM_BASE_IF_NONE);
    ide.bm = (u16)bar;
  }
  // The status half is write-one-to-clear: writing zeros there leaves it.
  u32 command = pci_read(ide.address, 0x04) & 0xffff;
  pci_write(ide.address, 0x04, command | COMMAND_IO | (ide.bm != 0 ? COMMAND_MASTER : 0));
  return ide;
}

u32 ide_set_timing(const struct ide_function *ide, i32 mode) {
  // IORDY sample point and recovery time that reach PIO 0-4's cycle times at 33 MHz (82371AB §4.2, IDETIM).
  static const u16 cycle[5] = {0x0000, 0x0000, 0x1000, 0x2100, 0x2300};
  u32 idetim, drive, udma = 0;
  if (ide->id != PIIX && ide->id != PIIX3 && ide->id != PIIX4) return NB_STATUS_DONE;
  idetim = pci_read(ide->address, IDETIM);
  if (mode < 0) {
    pci_write(ide->address, IDETIM, idetim | IDETIM_DECODE);
    return NB_STATUS_DONE;
  }
  u32 n = mode & 7;
  if ((mode & ~7) == 0x08 && n <= 4) {
    drive = cycle[n] | IDETIM_PPE0 | (n >= 2 ? IDETIM_TIME0 : 0) | (n >= 3 ? IDETIM_IE0 : 0);
  } else if ((mode & ~7) == 0x20 && n <= 2) {
    // Multiword DMA 1 and 2 have the cycle of PIO 3 and 4; DTE keeps PIO at its slow default, for no PIO mode was set.
    static const u8 same_cycle[3] = {0, 3, 4};
    drive = cycle[same_cycle[n]] | IDETIM_PPE0 | IDETIM_IE0 | IDETIM_TIME0 | IDETIM_DTE0;
  } else if ((mode & ~7) == 0x40 && n <= 2 && ide->id == PIIX4) {
    // Ultra DMA has its own cycle time; the PIO timing stays as it is.
    drive = idetim & IDETIM_DRIVE0;
    udma = 1 | n << 16;
  } else {
    return NB_STATUS_MODE;
  }
  pci_write(ide->address, IDETIM, (idetim & ~IDETIM_DRIVE0) | IDETIM_DECODE | drive);
  if (ide->id == PIIX4) {
    u32 udmactl = pci_read(ide->address, UDMACTL);
    pci_write(ide->address, UDMACTL, (udmactl & ~0x00030001u) | udma);
  }
  return NB_STATUS_DONE;
}
