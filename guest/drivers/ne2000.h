// An NE2000 on PCI (RTL8029AS): registers of its DP8390D core (National TL/F/8582, §10) and the data port.
#ifndef NB_NE2000_H
#define NB_NE2000_H

#include "pci.h"

#define NE2000_ID 0x802910ecu /* vendor 15:0, device 31:16 */

#define NE_CR 0x00u
#define NE_PSTART 0x01u
#define NE_PSTOP 0x02u
#define NE_BNRY 0x03u
#define NE_TPSR 0x04u
#define NE_TBCR0 0x05u
#define NE_TBCR1 0x06u
#define NE_ISR 0x07u
#define NE_CURR 0x07u /* page 1 */
#define NE_RSAR0 0x08u
#define NE_RSAR1 0x09u
#define NE_RBCR0 0x0au
#define NE_RBCR1 0x0bu
#define NE_RCR 0x0cu
#define NE_TCR 0x0du
#define NE_DCR 0x0eu
#define NE_IMR 0x0fu
#define NE_DATA 0x10u
#define NE_RESET 0x1fu

#define NE_ISR_PRX 0x01u
#define NE_ISR_OVW 0x10u
#define NE_ISR_RDC 0x40u
#define NE_ISR_RST 0x80u

struct ne2000 {
  u32 address; /* PCI_NONE: there is none */
  u16 ports;   /* BAR 0 */
  u32 irq;     /* line at the 8259 pair; 0: none */
  u32 next;    /* page of the next frame */
};

struct ne2000 ne2000_find(void);
/* Resets it, takes its address from the PROM, starts it: own and broadcast frames, interrupts for what arrives. */
void ne2000_open(struct ne2000 *c);
void ne2000_send(struct ne2000 *c, const void *frame, u32 bytes);
/* Moves the oldest frame, without its FCS, to `to`, which has room for 2 KiB. Its bytes; 0: there is none. */
u32 ne2000_receive(struct ne2000 *c, void *to);

#endif
