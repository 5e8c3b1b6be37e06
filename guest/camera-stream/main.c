// camera-stream: takes the frames that a camera sends, works on each for some time, and gives its buffer back.
#include "stream.h"

const char program_name[] = "camera-stream";
const u32 program_number = NB_PROGRAM_CAMERA_STREAM;

static struct camera_stream defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_CAMERA_STREAM},
    .permission = PERMISSION_NONE_WHILE_FREE,
    .entries = 4,
    .frames = 20,
    .memory = 16 * 1024 * 1024,
    .every = 1,
    .batch = 1,
};
struct nb_header *const default_block = &defaults.header;

int set_parameter(const char *key, const char *text, u32 value) {
  (void)text;
  if (same_text(key, "permission")) return defaults.permission = value, 1;
  if (same_text(key, "entries")) return defaults.entries = value, 1;
  if (same_text(key, "frames")) return defaults.frames = value, 1;
  if (same_text(key, "busy")) return defaults.busy_cycles = value, 1;
  return 0;
}

extern const u8 image_end[]; /* link.ld */

static void wait_for_camera(void) { irq_wait(block->irq); }

u32 run(struct nb_header *header) {
  struct camera_stream *s = block = (struct camera_stream *)header;
  for (u32 *out = &s->first_frame; out < (u32 *)(s + 1); out++) *out = 0;
  u32 wrong = refused(s);
  if (wrong != 0) return wrong;
  if (s->memory < (u32)image_end) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(memory));
  if (!camera_open(&camera, s->memory, s->entries)) return NB_STATUS_NO_CARD;
  if (camera.card.irq == 0) return NB_STATUS_NO_LINE;
  s->irq = camera.card.irq;
  irq_open(s->irq, camera_asks);
  u32 status = measured(s);
  s->spurious = irq_spurious;
  return status;
}

void print_results(const struct nb_header *header) {
  const struct camera_stream *s = (const struct camera_stream *)header;
  print(" processed=");
  print_decimal(s->processed);
  print(" dropped=");
  print_decimal(s->dropped);
  print(" writes=");
  print_decimal(s->register_writes);
}
