// raid-read: reads stripes of an array, one after the other or at random, with and without read-ahead.
#include "mtrr.h"
#include "params.h"
#include "raid.h"

const char program_name[] = "raid-read";
const u32 program_number = NB_PROGRAM_RAID_READ;

static struct raid_read defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_RAID_READ},
    .slots = 8,
    .stripes = 16,
    .memory = 16 * 1024 * 1024,
};
struct nb_header *const default_block = &defaults.header;

#define OFFSET(field) ((u32)__builtin_offsetof(struct raid_read, field))

int set_parameter(const char *key, const char *text, u32 value) {
  (void)text;
  if (same_text(key, "slots")) return defaults.slots = value, 1;
  if (same_text(key, "stripes")) return defaults.stripes = value, 1;
  if (same_text(key, "pattern")) return defaults.pattern = value, 1;
  return 0;
}

extern const u8 image_end[]; /* link.ld */

static struct raid raid;
static volatile u32 taken, causes;

static int raid_asks(void) {
  u32 now = raid_causes(&raid);
  if (now == 0) return 0;
  causes |= now;
  taken++;
  return 1;
}

static void spin(u32 duration) {
  u32 from = cycles();
  while (cycles() - from < duration)
    for (volatile u32 n = 0; n < 50; n++) {
    }
}

/* FNV-1a by dwords, over all stripes. */
static u32 digest(u32 sum, u32 at, u32 bytes) {
  const volatile u32 *word = (const volatile u32 *)at;
  for (u32 k = 0; k < bytes / 4; k++) sum = (sum ^ word[k]) * 0x01000193u;
  return sum;
}

static u32 seed = RAID_READ_SEED;

/* The next stripe that is wanted. */
static u32 next_stripe(const struct raid_read *p, u32 n, u32 total) {
  if (p->pattern == PATTERN_SEQUENTIAL) return n;
  seed = seed * RAID_READ_FACTOR + RAID_READ_ADDEND;
  return (seed >> 8) % total;
}

/* Sleeps until *word is `value`, or anything but 0 if `value` is 0. 0: the controller has stopped. */
static int wait_for(struct raid_read *p, const volatile u32 *word, u32 value) {
  u32 from = cycles();
  while (value == 0 ? *word == 0 : *word != value) {
    irq_wait(raid.irq);
    if (causes & RAID_CAUSE_ERROR) return 0;
  }
  p->wait_cycles += (cycles() - from) >> 4;
  return 1;
}

static u32 read_all(struct raid_read *p) {
  u32 buffer = p->memory + 2 * 4096, ahead = buffer + RAID_READ_MOST_STRIPE;
  raid_enable(&raid);
  // It says what it is without an interrupt, a few µs later.
  for (u32 polls = 0; raid.mailbox->drives == 0; polls++)
    if (polls == RAID_READ_MOST_POLLS) return NB_STATUS_STOPPED;
  u32 stripe_bytes = p->stripe_bytes = raid.mailbox->stripe;
  u32 total = raid.mailbox->sectors / (stripe_bytes / RAID_SECTOR);
  if (p->stripes > total) return fail(NB_STATUS_CAPACITY, total);
  spin(p->think_cycles);
  for (u32 k = 0; k < p->slots; k++) p->early += raid.directory[k].stripe != 0;

  /* Where the controller reads ahead, as far as software knows. */
  u32 base = 0, sum = 0x811c9dc5u;
  for (u32 n = 0; n < p->stripes; n++) {
    u32 stripe = next_stripe(p, n, total), at;
    if (p->slots != 0 && stripe >= base && stripe - base < p->slots) {
      struct raid_entry *e = &raid.directory[stripe % p->slots];
      if (e->stripe == stripe + 1) p->hits++;
      else {
        p->late++;
        if (!wait_for(p, &e->stripe, stripe + 1)) return NB_STATUS_STOPPED;
      }
      at = ahead + stripe % p->slots * stripe_bytes;
    } else {
      struct raid_command *c = raid_read(&raid, stripe * (stripe_bytes / RAID_SECTOR), stripe_bytes / RAID_SECTOR, buffer);
      p->commands++;
      if (!wait_for(p, &c->result, 0)) return NB_STATUS_STOPPED;
      if (c->result != RAID_RESULT_DONE) return fail(NB_STATUS_COMMAND, c->result);
      at = buffer;
      base = stripe + 1;
    }
    sum = digest(sum, at, stripe_bytes);
    spin(p->busy_cycles);
    if (at != buffer) raid.mailbox->cursor = base = stripe + 1;
    p->stripes_done++;
  }
  p->digest = sum;
  return NB_STATUS_DONE;
}

u32 run(struct nb_header *header) {
  struct raid_read *p = (struct raid_read *)header;
  for (u32 *out = &p->stripe_bytes; out < (u32 *)(p + 1); out++) *out = 0;
  if (p->pattern >= PATTERN_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(pattern));
  if (p->slots > RAID_MOST_SLOTS) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(slots));
  if (p->stripes == 0) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(stripes));
  if (p->memory % 4096 != 0 || p->memory < (u32)image_end) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(memory));
  if (!raid_open(&raid, p->memory, p->memory + 2 * 4096 + RAID_READ_MOST_STRIPE, p->slots)) return NB_STATUS_NO_CARD;
  if (raid.irq == 0) return NB_STATUS_NO_LINE;
  irq_open(raid.irq, raid_asks);

  post(NB_POST_BEGIN);
  u32 status = read_all(p);
  post(NB_POST_END);
  p->interrupts = taken;
  p->spurious = irq_spurious;
  return status == NB_STATUS_STOPPED ? fail(status, pci_read(raid.address, RAID_CFG_CAUSE)) : status;
}

void print_results(const struct nb_header *header) {
  const struct raid_read *p = (const struct raid_read *)header;
  print(" stripes=");
  print_decimal(p->stripes_done);
  print(" commands=");
  print_decimal(p->commands);
  print(" hits=");
  print_decimal(p->hits);
}
