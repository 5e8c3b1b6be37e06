// paths: the same bytes to a card and from it, by ports, by memory, by the card's bus master or by a DMA engine.
#include "ways.h"

const char program_name[] = "paths";
const u32 program_number = NB_PROGRAM_PATHS;

static struct paths defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_PATHS},
    .method = METHOD_DEVICE_DMA,
    .byte_count = CARD_BUFFER_BYTES,
    .width = 32,
    .source = 16 * 1024 * 1024,
    .target = 17 * 1024 * 1024,
};
struct nb_header *const default_block = &defaults.header;

static const char *const method_names[] = METHOD_NAMES;

int set_parameter(const char *key, const char *text, u32 value) {
  if (same_text(key, "method")) return defaults.method = word_number(text, method_names, METHOD_COUNT), 1;
  if (same_text(key, "bytes")) return defaults.byte_count = value, 1;
  if (same_text(key, "width")) return defaults.width = value, 1;
  if (same_text(key, "direction")) return defaults.direction = value, 1;
  if (same_text(key, "completion")) return defaults.completion = value, 1;
  if (same_text(key, "registers")) return defaults.registers = value, 1;
  return 0;
}

struct pci_card card, engine;

extern const u8 image_end[]; /* link.ld */

static u32 check(const struct paths *p) {
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(method));
  if (p->direction >= DIRECTION_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(direction));
  if (p->completion >= COMPLETION_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(completion));
  if (p->registers >= REGISTERS_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(registers));
  if (p->byte_count == 0 || p->byte_count % 4 != 0) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(byte_count));
  if (p->width != 8 && p->width != 16 && p->width != 32) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(width));
  if (p->source % 4 != 0 || p->source < (u32)image_end) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(source));
  if (p->target % 4 != 0 || p->target < (u32)image_end) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(target));
  return NB_STATUS_DONE;
}

/* One way for all bytes, in pieces that the card's buffer holds. */
static u32 move_all(struct paths *p, int to_card) {
  for (u32 done = 0; done < p->byte_count;) {
    u32 n = p->byte_count - done;
    if (n > CARD_BUFFER_BYTES) n = CARD_BUFFER_BYTES;
    if (!to_card) post(PATHS_POST_FROM_BLOCK);
    u32 status = transfer(p, (to_card ? p->source : p->target) + done, n, to_card);
    if (status != NB_STATUS_DONE) return status;
    if (to_card) post(PATHS_POST_TO_BLOCK);
    done += n;
    p->transfers++;
    if (to_card) p->bytes_to = done;
    else p->bytes_from = done;
  }
  return NB_STATUS_DONE;
}

/* What one transfer of each size takes, from the first access that sets it up to its end. */
static u32 measure_sizes(struct paths *p) {
  for (u32 k = 0; k < PATHS_SWEEP_SIZES; k++) {
    for (int to_card = 0; to_card < 2; to_card++) {
      u32 from = cycles();
      u32 status = transfer(p, to_card ? p->source : p->target, 4u << k, to_card);
      u32 taken = cycles() - from;
      if (status != NB_STATUS_DONE) return status;
      if (to_card) p->sweep_to[k] = taken;
      else p->sweep_from[k] = taken;
    }
  }
  return NB_STATUS_DONE;
}

u32 run(struct nb_header *header) {
  struct paths *p = (struct paths *)header;
  u32 status;
  for (u32 *out = &p->bytes_to; out < (u32 *)(p + 1); out++) *out = 0;
  if ((status = check(p)) != NB_STATUS_DONE) return status;
  if ((status = open_ways(p)) != NB_STATUS_DONE) return status;

  post(NB_POST_BEGIN);
  if (p->direction != DIRECTION_FROM_CARD) status = move_all(p, 1);
  post(PATHS_POST_TURN);
  if (status == NB_STATUS_DONE && p->direction != DIRECTION_TO_CARD) status = move_all(p, 0);
  post(NB_POST_END);
  count_interrupts(p);
  if (status == NB_STATUS_DONE && p->sweep) {
    u32 polls = p->polls;
    status = measure_sizes(p);
    p->polls = polls;
  }
  return status;
}

void print_results(const struct nb_header *header) {
  const struct paths *p = (const struct paths *)header;
  if (p->method < METHOD_COUNT) {
    print(" method=");
    print(method_names[p->method]);
  }
  print(" to=");
  print_decimal(p->bytes_to);
  print(" from=");
  print_decimal(p->bytes_from);
  print(" interrupts=");
  print_decimal(p->interrupts);
  print(" polls=");
  print_decimal(p->polls);
}
