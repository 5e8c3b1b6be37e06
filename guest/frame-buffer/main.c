// frame-buffer: pictures into a display card's memory, by six ways.
#include "device_memory.h"
#include "draw.h"
#include "params.h"

const char program_name[] = "frame-buffer";
const u32 program_number = NB_PROGRAM_FRAME_BUFFER;

static struct frame_buffer defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_FRAME_BUFFER},
    .method = METHOD_LINEAR_UC,
    .width = 640,
    .height = 480,
    .depth = 32,
    .pictures = 0xffffffffu,
    .buffer = 16 * 1024 * 1024,
};
struct nb_header *const default_block = &defaults.header;

static const char *const method_names[] = METHOD_NAMES;

int set_parameter(const char *key, const char *text, u32 value) {
  if (same_text(key, "method")) return defaults.method = word_number(text, method_names, METHOD_COUNT), 1;
  if (same_text(key, "width")) return defaults.width = value, 1;
  if (same_text(key, "height")) return defaults.height = value, 1;
  if (same_text(key, "depth")) return defaults.depth = value, 1;
  if (same_text(key, "pictures")) return defaults.pictures = value, 1;
  if (same_text(key, "wait")) return defaults.wait_retrace = value, 1;
  return 0;
}

#define OFFSET(member) ((u32)__builtin_offsetof(struct frame_buffer, member))

static struct device_memory memory;
static struct surface surface;

static u32 check(const struct frame_buffer *p) {
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(method));
  if (p->width == 0 || p->width % 32 != 0) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(width));
  if (p->depth != 8 && p->depth != 32) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(depth));
  if (p->method == METHOD_VGA_PLANES && (p->width != 640 || p->height != 480))
    return fail(NB_STATUS_BAD_PARAMETER, OFFSET(width));
  return NB_STATUS_DONE;
}

static void copy(const void *from, void *to, u32 bytes) {
  bytes /= 4;
  __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(bytes)::"memory");
}

/* One picture; with the wait, what reaches the card does so from the beginning of a retrace on. */
static u32 picture(struct frame_buffer *p, u32 n) {
  u32 bytes = surface.width * surface.height * (surface.depth / 8);
  int behind = p->method == METHOD_RAM_COPY || p->method == METHOD_RAM_DMA;
  if (behind) draw_linear(&surface, (u32 *)p->buffer, n);
  if (p->wait_retrace) p->polls += retrace_wait();
  switch (p->method) {
    case METHOD_VGA_PLANES: draw_planes(&surface, n); break;
    case METHOD_BANKED: draw_banked(&surface, n); break;
    case METHOD_RAM_COPY: copy((void *)p->buffer, memory.bytes, bytes); break;
    case METHOD_RAM_DMA: return mover_move(p->buffer, 0, bytes, 1);
    default: draw_linear(&surface, (u32 *)memory.bytes, n);
  }
  if (p->method == METHOD_LINEAR_WC || p->method == METHOD_RAM_COPY) stores_arrive();
  return DEVICE_MEMORY_DONE;
}

u32 run(struct nb_header *header) {
  struct frame_buffer *p = (struct frame_buffer *)header;
  u32 status;
  for (u32 *out = &p->drawn; out < (u32 *)(p + 1); out++) *out = 0;
  if ((status = check(p)) != NB_STATUS_DONE) return status;
  if ((status = device_memory_open(DEVICE_VGA, &memory)) != DEVICE_MEMORY_DONE) return status;
  surface = (struct surface){p->width, p->height, p->depth};
  if (p->method != METHOD_VGA_PLANES && p->width * p->height * (p->depth / 8) > memory.length)
    return fail(NB_STATUS_BAD_PARAMETER, OFFSET(height));
  if (p->method == METHOD_LINEAR_WC || p->method == METHOD_RAM_COPY) status = device_memory_combine(&memory);
  else if (p->method == METHOD_RAM_DMA) status = mover_open(&memory, 1);
  if (status != DEVICE_MEMORY_DONE) return status;
  if (p->method == METHOD_VGA_PLANES) mode_planes();
  else mode_linear(&surface);

  // The pictures before the first mark: the monitor shows one when the measured part begins.
  status = picture(p, 0);
  retrace_wait();
  retrace_wait();
  p->polls = 0;
  post(NB_POST_BEGIN);
  for (u32 n = 1; status == DEVICE_MEMORY_DONE && n <= p->pictures; n++) {
    status = picture(p, n);
    p->drawn++;
  }
  post(NB_POST_END);
  p->interrupts = mover_interrupts();
  // The last one is shown as a whole before the machine ends.
  retrace_wait();
  retrace_wait();
  return status == DEVICE_MEMORY_DONE ? NB_STATUS_DONE : status;
}

void print_results(const struct nb_header *header) {
  const struct frame_buffer *p = (const struct frame_buffer *)header;
  if (p->method < METHOD_COUNT) {
    print(" method=");
    print(method_names[p->method]);
  }
  print(" pictures=");
  print_decimal(p->drawn);
}
