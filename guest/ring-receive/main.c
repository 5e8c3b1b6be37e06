// ring-receive: takes a series of frames from an Ethernet card by the card's own way, each into a slot of memory, and
// now and then is busy with something else.
#include "e1000.h"
#include "mtrr.h"
#include "ne2000.h"
#include "params.h"
#include "rtl8139.h"

const char program_name[] = "ring-receive";
const u32 program_number = NB_PROGRAM_RING_RECEIVE;

static struct ring_receive defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_RING_RECEIVE},
    .method = METHOD_E1000_RINGS,
    .frames = 10,
    .ring_bytes = 32768,
    .memory = 0x1000000,
    .every = 100,
};
struct nb_header *const default_block = &defaults.header;

#define OFFSET(field) ((u32)__builtin_offsetof(struct ring_receive, field))
#define SLOT RING_RECEIVE_SLOT
#define HEADER_BYTES 14u
#define FIRST_FRAME_BYTES 60u
/* The ring of the RTL8139 with what goes on behind it, or the descriptors of the 82540EM. */
#define RING_ROOM 0x12000u

int set_parameter(const char *key, const char *text, u32 value) {
  if (same_text(key, "method"))
    return defaults.method = same_text(text, "ne2000-pio")     ? METHOD_NE2000_PIO
                             : same_text(text, "rtl8139-ring") ? METHOD_RTL8139_RING
                                                               : METHOD_E1000_RINGS, 1;
  if (same_text(key, "frames")) return defaults.frames = value, 1;
  if (same_text(key, "ring")) return defaults.ring_bytes = value, 1;
  return 0;
}

static struct ring_receive *p;
static struct ne2000 ne2000;
static struct rtl8139 rtl8139;
static struct e1000 e1000;
static u32 place; /* in the ring: bytes of the RTL8139's, descriptors of the 82540EM's */
static u8 *slots; /* where frames end up, one behind the other */

/* --- what each card's interrupt asks for --- */

static int ne2000_asks(void) {
  u32 causes = inb((u16)(ne2000.ports + NE_ISR)) & (NE_ISR_PRX | NE_ISR_OVW);
  if (causes == 0) return 0;
  if (causes & NE_ISR_OVW) p->overflows++;
  outb((u16)(ne2000.ports + NE_ISR), (u8)causes);
  p->interrupts++;
  return 1;
}

static int rtl8139_asks(void) {
  u32 causes = rtl_get16(&rtl8139, RTL_ISR);
  if (causes == 0) return 0;
  if (causes & (RTL_ISR_RXOVW | RTL_ISR_FOVW)) p->overflows++;
  rtl_set16(&rtl8139, RTL_ISR, causes);
  p->interrupts++;
  return 1;
}

static int e1000_asks(void) {
  u32 causes = e1000_get(&e1000, E1000_ICR);
  if (causes == 0) return 0;
  if (causes & 0x40) p->overflows++;
  p->interrupts++;
  return 1;
}

/* --- the oldest frame into, or already in, a slot: its bytes, or 0 --- */

static u32 from_ne2000(u32 slot) { return ne2000_receive(&ne2000, slots + slot * SLOT); }

static u32 from_rtl8139(u32 slot) {
  const u8 *ring = (const u8 *)p->memory;
  if (rtl_get8(&rtl8139, RTL_CR) & RTL_CR_BUFE) return 0;
  u32 header = *(volatile const u32 *)(ring + place), bytes = (header >> 16) - 4;
  if (!(header & RTL_RX_OK) || bytes > SLOT) bytes = SLOT;
  // The copy that 8139too makes, too: the ring is needed again.
  u32 at = place + 4, words = (bytes + 3) / 4, rest = 0;
  // A ring of 64 KiB has no WRAP (§5.8): what does not fit is at its beginning.
  if (p->ring_bytes == 0x10000 && at + words * 4 > 0x10000) {
    u32 first = at < 0x10000 ? (0x10000 - at) / 4 : 0;
    rest = words - first, words = first;
  }
  const void *from = ring + at;
  void *to = slots + slot * SLOT;
  __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words)::"memory");
  if (rest != 0) {
    from = ring;
    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(rest)::"memory");
  }
  p->copied += bytes;
  place = (place + (header >> 16) + 4 + 3) & ~3u;
  place %= p->ring_bytes;
  rtl_set16(&rtl8139, RTL_CAPR, place - 16);
  return bytes;
}

/* The frame is where it belongs; its descriptor gets the buffer that is wanted next. */
static u32 from_e1000(u32 slot) {
  struct e1000_descriptor *d = &e1000.receive[place];
  if (!(d->status & E1000_DD)) return 0;
  u32 bytes = d->length & 0xffff;
  // All but one descriptor are given out, each with the slot of its turn.
  u32 empty = (place + e1000.entries - 1) % e1000.entries;
  e1000.receive[empty].address = (u32)slots + (slot + e1000.entries - 1) * SLOT;
  e1000.receive[empty].status = 0;
  // The tail is the one that stays with us: this one.
  e1000_set(&e1000, E1000_RDT, place);
  place = (place + 1) % e1000.entries;
  return bytes;
}

static u32 next_frame(u32 slot) {
  switch (p->method) {
    case METHOD_NE2000_PIO: return from_ne2000(slot);
    case METHOD_RTL8139_RING: return from_rtl8139(slot);
    default: return from_e1000(slot);
  }
}

static void spin(u32 duration) {
  u32 from = cycles();
  while (cycles() - from < duration) continue;
}

static u32 open_card(void) {
  u32 ring = p->memory, line;
  int (*asks)(void);
  slots = (u8 *)p->memory + RING_ROOM;
  interrupts_open();
  if (p->method == METHOD_NE2000_PIO) {
    ne2000 = ne2000_find();
    if (ne2000.address == PCI_NONE) return NB_STATUS_NO_CARD;
    line = ne2000.irq, asks = ne2000_asks;
    ne2000_open(&ne2000);
  } else if (p->method == METHOD_RTL8139_RING) {
    rtl8139 = rtl8139_find();
    if (rtl8139.address == PCI_NONE) return NB_STATUS_NO_CARD;
    line = rtl8139.irq, asks = rtl8139_asks;
    u32 size = 0;
    while (8192u << size < p->ring_bytes) size++;
    rtl8139_open(&rtl8139, ring, size, RTL_ISR_ROK | RTL_ISR_RXOVW | RTL_ISR_FOVW);
  } else {
    e1000 = e1000_find();
    if (e1000.address == PCI_NONE) return NB_STATUS_NO_CARD;
    line = e1000.irq, asks = e1000_asks;
    e1000_open(&e1000, ring, p->ring_bytes / SLOT, (u32)slots, p->itr);
  }
  if (line == 0) return NB_STATUS_NO_LINE;
  p->irq = line;
  irq_open(line, asks);
  return NB_STATUS_DONE;
}

/* The frame that the source waits for: to everybody, of a type for experiments. */
static void wake_source(void) {
  static u8 frame[FIRST_FRAME_BYTES] __attribute__((aligned(16))) = {
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x88, 0xb5};
  if (p->method == METHOD_NE2000_PIO) ne2000_send(&ne2000, frame, sizeof(frame));
  else if (p->method == METHOD_RTL8139_RING) rtl8139_send(&rtl8139, (u32)frame, sizeof(frame));
  else e1000_send(&e1000, (u32)frame, sizeof(frame));
}

/* The number that stands at the head of the frame's payload, big-endian. */
static u32 number_of(u32 slot) {
  const u8 *at = slots + slot * SLOT + HEADER_BYTES;
  return (u32)at[0] << 24 | (u32)at[1] << 16 | (u32)at[2] << 8 | at[3];
}

u32 run(struct nb_header *header) {
  p = (struct ring_receive *)header;
  for (u32 *out = &p->received; out < (u32 *)(p + 1); out++) *out = 0;
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(method));
  if (p->every == 0) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(every));
  u32 status = open_card();
  if (status != NB_STATUS_DONE) return status;

  post(NB_POST_BEGIN);
  wake_source();
  u32 last = 0;
  for (u32 slot = 0; last + 1 < p->frames;) {
    u32 bytes = next_frame(slot);
    if (bytes == 0) {
      irq_wait(p->irq);
      p->waits++;
      continue;
    }
    last = number_of(slot);
    if (last >= p->frames) break;
    p->bytes += bytes;
    p->received = ++slot;
    spin(p->work_cycles);
    if (slot % p->every == 0) spin(p->stall_cycles);
  }
  post(NB_POST_END);
  p->spurious = irq_spurious;
  return NB_STATUS_DONE;
}

void print_results(const struct nb_header *header) {
  const struct ring_receive *r = (const struct ring_receive *)header;
  print(" received=");
  print_decimal(r->received);
  print(" interrupts=");
  print_decimal(r->interrupts);
}
