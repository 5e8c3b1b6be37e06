// RTL8139C: registers (Realtek RTL8139C(L) data sheet, rev. 1.4, §5), reached by ports or by memory.
#ifndef NB_RTL8139_H
#define NB_RTL8139_H

#include "pci.h"

#define RTL8139_ID 0x813910ecu /* vendor 15:0, device 31:16 */

#define RTL_IDR0 0x00u
#define RTL_MAR0 0x08u
#define RTL_TSD0 0x10u
#define RTL_TSAD0 0x20u
#define RTL_RBSTART 0x30u
#define RTL_CR 0x37u
#define RTL_CAPR 0x38u
#define RTL_CBR 0x3au
#define RTL_IMR 0x3cu
#define RTL_ISR 0x3eu
#define RTL_TCR 0x40u
#define RTL_RCR 0x44u
#define RTL_TCTR 0x48u
#define RTL_MPC 0x4cu

#define RTL_CR_BUFE 0x01u
#define RTL_CR_TE 0x04u
#define RTL_CR_RE 0x08u
#define RTL_CR_RST 0x10u
#define RTL_ISR_ROK 0x01u
#define RTL_ISR_TOK 0x04u
#define RTL_ISR_RXOVW 0x10u
#define RTL_ISR_FOVW 0x40u
#define RTL_RX_OK 0x0001u
#define RTL_TSD_OWN 0x2000u

struct rtl8139 {
  u32 address;          /* PCI_NONE: there is none */
  u16 ports;            /* BAR 0 */
  volatile u8 *memory;  /* BAR 1: the same registers */
  u32 irq;              /* line at the 8259 pair; 0: none */
  int by_ports;         /* how rtl_get and rtl_set reach them */
};

/* Finds the card as firmware has set it up, lets it answer and master the bus. */
struct rtl8139 rtl8139_find(void);
/* Resets it; a ring of 8 KiB << `size` at `ring` with 1.5 KiB behind it (WRAP); own and broadcast frames; interrupts
   are what `mask` says. */
void rtl8139_open(const struct rtl8139 *c, u32 ring, u32 size, u32 mask);
/* Sends a frame of `bytes` at `address` with descriptor 0, and waits until it has left. 0: it did not. */
int rtl8139_send(const struct rtl8139 *c, u32 address, u32 bytes);

static inline u32 rtl_get8(const struct rtl8139 *c, u32 at) {
  return c->by_ports ? inb((u16)(c->ports + at)) : c->memory[at];
}
static inline u32 rtl_get16(const struct rtl8139 *c, u32 at) {
  return c->by_ports ? inw((u16)(c->ports + at)) : *(volatile u16 *)(c->memory + at);
}
static inline u32 rtl_get32(const struct rtl8139 *c, u32 at) {
  return c->by_ports ? inl((u16)(c->ports + at)) : *(volatile u32 *)(c->memory + at);
}
static inline void rtl_set8(const struct rtl8139 *c, u32 at, u32 value) {
  if (c->by_ports) outb((u16)(c->ports + at), (u8)value);
  else c->memory[at] = (u8)value;
}
static inline void rtl_set16(const struct rtl8139 *c, u32 at, u32 value) {
  if (c->by_ports) outw((u16)(c->ports + at), (u16)value);
  else *(volatile u16 *)(c->memory + at) = (u16)value;
}
static inline void rtl_set32(const struct rtl8139 *c, u32 at, u32 value) {
  if (c->by_ports) outl((u16)(c->ports + at), value);
  else *(volatile u32 *)(c->memory + at) = value;
}

#endif
