// use-in-place: a buffer in a device's memory is used where it is, or copied to RAM first.
#include "device_memory.h"
#include "mtrr.h"
#include "params.h"

const char program_name[] = "use-in-place";
const u32 program_number = NB_PROGRAM_USE_IN_PLACE;

static struct use_in_place defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_USE_IN_PLACE},
    .byte_count = 4096,
    .uses = 1,
    .target = 16 * 1024 * 1024,
    .sweep = 1,
};
struct nb_header *const default_block = &defaults.header;

static const char *const method_names[] = METHOD_NAMES;
static const char *const device_names[] = DEVICE_NAMES;

int set_parameter(const char *key, const char *text, u32 value) {
  if (same_text(key, "method")) return defaults.method = word_number(text, method_names, METHOD_COUNT), 1;
  if (same_text(key, "device")) return defaults.device = word_number(text, device_names, DEVICE_COUNT), 1;
  if (same_text(key, "bytes")) return defaults.byte_count = value, 1;
  if (same_text(key, "uses")) return defaults.uses = value, 1;
  return 0;
}

#define OFFSET(member) ((u32)__builtin_offsetof(struct use_in_place, member))

static struct device_memory memory;

/* Where the buffer is used. */
static const void *place(const struct use_in_place *p) {
  return p->method == METHOD_IN_PLACE ? memory.bytes : (const void *)p->target;
}

static u32 copy(const struct use_in_place *p, u32 bytes) {
  if (p->method == METHOD_COPY_DMA) return mover_move(p->target, 0, bytes, 0);
  if (p->method == METHOD_COPY_PIO) {
    const void *from = memory.bytes;
    void *to = (void *)p->target;
    bytes /= 4;
    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(bytes)::"memory");
  }
  return DEVICE_MEMORY_DONE;
}

/* A use: the sum of all words, each added after the sum was rotated. */
static u32 use(const void *from, u32 bytes) {
  u32 sum = 0, words = bytes / 4, word;
  __asm__ volatile("1: lodsl\n\troll $1, %0\n\taddl %%eax, %0\n\tdecl %1\n\tjnz 1b"
                   : "+r"(sum), "+r"(words), "+S"(from), "=a"(word)::"memory", "cc");
  return sum;
}

static u32 measure(struct use_in_place *p) {
  u32 status, from = cycles();
  if ((status = copy(p, p->byte_count)) != DEVICE_MEMORY_DONE) return status;
  for (u32 done = 0, k = 0; k < USE_IN_PLACE_STEPS; k++) {
    for (; done < 1u << k; done++) use(place(p), p->byte_count);
    p->by_uses[k] = cycles() - from;
  }
  for (u32 k = 0; k < USE_IN_PLACE_SIZES; k++) {
    from = cycles();
    if ((status = copy(p, 4u << k)) != DEVICE_MEMORY_DONE) return status;
    u32 copied = cycles();
    use(place(p), 4u << k);
    p->use_by_size[k] = cycles() - copied;
    p->copy_by_size[k] = p->method == METHOD_IN_PLACE ? 0 : copied - from;
  }
  return DEVICE_MEMORY_DONE;
}

u32 run(struct nb_header *header) {
  struct use_in_place *p = (struct use_in_place *)header;
  u32 status;
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(method));
  if (p->device >= DEVICE_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(device));
  if (p->uses == 0) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(uses));
  if ((status = device_memory_open(p->device, &memory)) != DEVICE_MEMORY_DONE) return status;
  if (p->byte_count == 0 || p->byte_count % 4 != 0 || p->byte_count > memory.length)
    return fail(NB_STATUS_BAD_PARAMETER, OFFSET(byte_count));
  // The card masters the bus; beside the VGA the engine does.
  if (p->method == METHOD_COPY_DMA && (status = mover_open(&memory, p->device == DEVICE_VGA)) != DEVICE_MEMORY_DONE)
    return status;

  post(NB_POST_BEGIN);
  u32 from = cycles();
  status = copy(p, p->byte_count);
  u32 copied = cycles();
  p->copy_cycles = p->method == METHOD_IN_PLACE ? 0 : copied - from;
  for (u32 n = 0; status == DEVICE_MEMORY_DONE && n < p->uses; n++) {
    u32 sum = use(place(p), p->byte_count);
    p->agreed = n == 0 || sum == p->sum ? p->agreed + 1 : 0;
    p->sum = sum;
  }
  p->use_cycles = cycles() - copied;
  post(NB_POST_END);
  p->interrupts = mover_interrupts();
  if (status == DEVICE_MEMORY_DONE && p->sweep) status = measure(p);
  return status == DEVICE_MEMORY_DONE ? NB_STATUS_DONE : status;
}

void print_results(const struct nb_header *header) {
  const struct use_in_place *p = (const struct use_in_place *)header;
  if (p->method < METHOD_COUNT) {
    print(" method=");
    print(method_names[p->method]);
  }
  print(" sum=");
  print_hex(p->sum, 8);
  print(" uses=");
  print_decimal(p->agreed);
}
