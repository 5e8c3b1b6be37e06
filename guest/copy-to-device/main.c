// copy-to-device: the same bytes from RAM to a device's memory, by stores or by DMA.
#include "device_memory.h"
#include "mtrr.h"
#include "params.h"

const char program_name[] = "copy-to-device";
const u32 program_number = NB_PROGRAM_COPY_TO_DEVICE;

static struct copy_to_device defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_COPY_TO_DEVICE},
    .byte_count = 4096,
    .width = 32,
    .source = 16 * 1024 * 1024,
    .sweep = 1,
};
struct nb_header *const default_block = &defaults.header;

static const char *const method_names[] = METHOD_NAMES;
static const char *const device_names[] = DEVICE_NAMES;

int set_parameter(const char *key, const char *text, u32 value) {
  if (same_text(key, "method")) return defaults.method = word_number(text, method_names, METHOD_COUNT), 1;
  if (same_text(key, "device")) return defaults.device = word_number(text, device_names, DEVICE_COUNT), 1;
  if (same_text(key, "bytes")) return defaults.byte_count = value, 1;
  if (same_text(key, "width")) return defaults.width = value, 1;
  if (same_text(key, "offset")) return defaults.offset = value, 1;
  return 0;
}

#define OFFSET(member) ((u32)__builtin_offsetof(struct copy_to_device, member))

static struct device_memory memory;

static u32 check(const struct copy_to_device *p) {
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(method));
  if (p->device >= DEVICE_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(device));
  if (p->width != 8 && p->width != 16 && p->width != 32) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(width));
  if (p->byte_count == 0 || p->byte_count % 4 != 0) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(byte_count));
  return NB_STATUS_DONE;
}

static void store(u32 width, const void *from, void *to, u32 bytes) {
  if (width == 32) bytes /= 4, ({ __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(bytes)::"memory"); });
  else if (width == 16) bytes /= 2, ({ __asm__ volatile("rep movsw" : "+D"(to), "+S"(from), "+c"(bytes)::"memory"); });
  else __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes)::"memory");
}

static u32 copy(const struct copy_to_device *p, u32 bytes) {
  if (p->method == METHOD_DMA || p->method == METHOD_ENGINE_DMA) return mover_move(p->source, p->offset, bytes, 1);
  store(p->width, (void *)p->source, memory.bytes + p->offset, bytes);
  if (p->method == METHOD_WC) stores_arrive();
  return DEVICE_MEMORY_DONE;
}

u32 run(struct nb_header *header) {
  struct copy_to_device *p = (struct copy_to_device *)header;
  u32 status;
  if ((status = check(p)) != NB_STATUS_DONE) return status;
  if ((status = device_memory_open(p->device, &memory)) != DEVICE_MEMORY_DONE) return status;
  if (p->byte_count > memory.length || p->offset > memory.length - p->byte_count)
    return fail(NB_STATUS_BAD_PARAMETER, OFFSET(byte_count));
  if (p->method == METHOD_WC) status = device_memory_combine(&memory);
  else if (p->method != METHOD_UC) status = mover_open(&memory, p->method == METHOD_ENGINE_DMA);
  if (status != DEVICE_MEMORY_DONE) return status;

  post(NB_POST_BEGIN);
  u32 from = cycles();
  status = copy(p, p->byte_count);
  p->taken = cycles() - from;
  post(NB_POST_END);
  p->interrupts = mover_interrupts();
  for (u32 k = 0; status == DEVICE_MEMORY_DONE && p->sweep && k < COPY_TO_DEVICE_SWEEP_SIZES; k++) {
    if (p->offset + (4u << k) > memory.length) break;
    from = cycles();
    status = copy(p, 4u << k);
    p->by_size[k] = cycles() - from;
  }
  return status == DEVICE_MEMORY_DONE ? NB_STATUS_DONE : status;
}

void print_results(const struct nb_header *header) {
  const struct copy_to_device *p = (const struct copy_to_device *)header;
  if (p->method < METHOD_COUNT) {
    print(" method=");
    print(method_names[p->method]);
  }
  print(" bytes=");
  print_decimal(p->byte_count);
  print(" cycles=");
  print_decimal(p->taken);
}
