// 82540EM: registers and descriptors (Intel 8254x Software Developer's Manual, 317453, §3.2, §3.3, §13).
#ifndef NB_E1000_H
#define NB_E1000_H

#include "pci.h"

#define E1000_ID 0x100e8086u /* vendor 15:0, device 31:16 */

#define E1000_CTRL 0x0000u
#define E1000_ICR 0x00c0u
#define E1000_ITR 0x00c4u
#define E1000_IMS 0x00d0u
#define E1000_IMC 0x00d8u
#define E1000_RCTL 0x0100u
#define E1000_TCTL 0x0400u
#define E1000_RDBAL 0x2800u
#define E1000_RDBAH 0x2804u
#define E1000_RDLEN 0x2808u
#define E1000_RDH 0x2810u
#define E1000_RDT 0x2818u
#define E1000_TDBAL 0x3800u
#define E1000_TDBAH 0x3804u
#define E1000_TDLEN 0x3808u
#define E1000_TDH 0x3810u
#define E1000_TDT 0x3818u

#define E1000_CTRL_SLU 0x00000040u
#define E1000_CTRL_RST 0x04000000u
#define E1000_RCTL_SETTING 0x04008002u /* EN, BAM, buffers of 2048 bytes, SECRC */
#define E1000_TCTL_SETTING 0x0000000au /* EN, PSP */
#define E1000_INT_RX 0x000000d0u       /* RXDMT0, RXO, RXT0 */
#define E1000_DD 0x01u
#define E1000_SEND 0x0b000000u         /* EOP, IFCS, RS */
#define E1000_BUFFER 2048u

struct e1000_descriptor {
  u32 address, address_high;
  volatile u32 length;  /* receive: 15:0; transmit: with the command in 31:24 */
  volatile u32 status;  /* bit 0: done */
};

struct e1000 {
  u32 address;             /* PCI_NONE: there is none */
  volatile u32 *registers; /* BAR 0 */
  u32 irq;                 /* line at the 8259 pair; 0: none */
  struct e1000_descriptor *receive, *transmit;
  u32 entries;             /* of the receive ring: a multiple of 8 */
};

static inline u32 e1000_get(const struct e1000 *c, u32 at) { return c->registers[at / 4]; }
static inline void e1000_set(const struct e1000 *c, u32 at, u32 value) { c->registers[at / 4] = value; }

/* Finds the card as firmware has set it up, lets it answer and master the bus. */
struct e1000 e1000_find(void);
/* Resets it; rings at `rings` (16-byte aligned): eight transmit descriptors, then `entries` receive descriptors with
   buffers at `buffers`, all but one given to the card. Interrupts for what arrives, at most one in `itr` * 256 ns. */
void e1000_open(struct e1000 *c, u32 rings, u32 entries, u32 buffers, u32 itr);
/* Sends a frame with the first transmit descriptor. Once only. */
void e1000_send(const struct e1000 *c, u32 address, u32 bytes);

#endif
