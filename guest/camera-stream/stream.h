// Taking frames from the camera's ring, for the program without an operating system and the one under Linux. Who
// includes it says how one waits for the camera's interrupt and what becomes of a failure:
#ifndef NB_CAMERA_STREAM_STREAM_H
#define NB_CAMERA_STREAM_STREAM_H

#include "camera.h"
#include "mtrr.h"
#include "params.h"

/* Waits for an interrupt of the camera; its causes are then in `causes`, counted in `taken`. */
static void wait_for_camera(void);
u32 fail(u32 status, u32 detail);

#define OFFSET(field) ((u32)__builtin_offsetof(struct camera_stream, field))

static struct camera camera;
static volatile u32 taken, causes;
static struct camera_stream *block;

static u32 get(u32 offset) {
  block->register_reads++;
  return card_get(&camera.card, offset);
}

static void set(u32 offset, u32 value) {
  block->register_writes++;
  card_set(&camera.card, offset, value);
}

static int camera_asks(void) {
  u32 now = get(CAMERA_REG_INT);
  if (now == 0) return 0;
  causes |= now;
  taken++;
  return 1;
}

static void spin(u32 from, u32 duration) {
  while (cycles() - from < duration)
    for (volatile u32 n = 0; n < 200; n++) {
    }
}

/* A digest of what the buffer holds: FNV-1a, by dwords. */
static u32 digest(u32 slot) {
  u32 sum = 0x811c9dc5u, left = camera.frame_bytes / 4;
  for (u32 p = 0; p < camera.pages; p++) {
    const volatile u32 *at = camera_page(&camera, slot, p);
    for (u32 k = 0; k < CAMERA_PAGE / 4 && left != 0; k++, left--) sum = (sum ^ at[k]) * 0x01000193u;
  }
  return sum;
}

/* One frame, from the entry in which it is. */
static void process(struct camera_stream *s, u32 slot, const struct camera_entry *e, u32 damaged) {
  u32 from = cycles(), frame = e->frame, age = get(CAMERA_REG_CLOCK) - e->time;
  u32 duration = s->busy_cycles;
  if (s->processed % s->every == s->every - 1) duration += s->hiccup_cycles;
  if (age > s->age_worst) s->age_worst = age;
  s->age_total += age;
  u32 sum = digest(slot);
  spin(from, duration);
  u32 spoilt = damaged ? CAMERA_STREAM_SPOILT_DAMAGED : 0;
  if (s->permission == PERMISSION_NEVER) {
    // The camera may have been here again meanwhile, or be here now.
    u32 storing = get(CAMERA_REG_STATUS) & CAMERA_ST_STORING;
    if (e->frame != frame || (storing && (get(CAMERA_REG_PRODUCER) & (camera.entries - 1)) == slot))
      spoilt = CAMERA_STREAM_SPOILT_OVERWRITTEN;
  }
  s->numbers[s->processed] = frame;
  s->digests[s->processed] = sum;
  s->spoilt[s->processed] = spoilt;
  s->processed++;
  s->last_frame = frame;
}

static u32 stream(struct camera_stream *s) {
  u32 batch = s->batch < s->entries ? s->batch : s->entries;
  u32 control = CAMERA_IE_FRAME | CAMERA_IE_ERROR | CAMERA_RUN;
  if (s->permission == PERMISSION_EACH_FRAME) control |= CAMERA_SINGLE | CAMERA_OVERWRITE;
  if (s->permission == PERMISSION_NEVER) control |= CAMERA_OVERWRITE;
  set(CAMERA_REG_CONTROL, control);
  for (u32 next = 0;; next++) {
    u32 slot = next & (camera.entries - 1);
    struct camera_entry *e = &camera.ring[slot];
    while (e->result == 0) {
      wait_for_camera();
      if (causes & CAMERA_INT_ERROR) return fail(NB_STATUS_CAMERA, get(CAMERA_REG_STATUS));
    }
    u32 damaged = e->result & CAMERA_RESULT_DAMAGED;
    e->result = 0;
    if (s->processed == 0) s->first_frame = e->frame;
    // Overwritten rings are not in order: what is older than what was seen is gone by.
    else if ((i32)(e->frame - s->last_frame) <= 0) continue;
    process(s, slot, e, damaged);
    if (s->last_frame - s->first_frame + 1 >= s->frames) return NB_STATUS_DONE;
    if (s->permission == PERMISSION_EACH_FRAME) set(CAMERA_REG_CONTROL, control);
    else if (s->permission == PERMISSION_NONE_WHILE_FREE && (next + 1) % batch == 0) set(CAMERA_REG_CONSUMER, next + 1);
  }
}

/* What is wrong with what the program was told, as fail() returned it, or 0. */
static inline u32 refused(const struct camera_stream *s) {
  if (s->permission >= PERMISSION_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(permission));
  if (s->entries == 0 || s->entries > 256 || (s->entries & (s->entries - 1)) != 0)
    return fail(NB_STATUS_BAD_PARAMETER, OFFSET(entries));
  if (s->frames == 0 || s->frames > CAMERA_STREAM_MOST_FRAMES) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(frames));
  if (s->memory % CAMERA_PAGE != 0) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(memory));
  if (s->every == 0) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(every));
  if (s->batch == 0) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(batch));
  return 0;
}

/* Between the marks: the frames. Then what the camera has counted; it stops. */
static inline u32 measured(struct camera_stream *s) {
  post(NB_POST_BEGIN);
  u32 status = stream(s);
  post(NB_POST_END);
  s->interrupts = taken;
  s->dropped = card_get(&camera.card, CAMERA_REG_DROPPED);
  s->lost_lines = card_get(&camera.card, CAMERA_REG_LOST);
  s->missed = card_get(&camera.card, CAMERA_REG_MISSED);
  card_set(&camera.card, CAMERA_REG_CONTROL, 0);
  return status;
}

#endif
