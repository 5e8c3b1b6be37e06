// floppy: moves N bytes between drive A and RAM, by processor or by the 8237A, between two marks; beside it a second
// job that keeps interrupts off for a time.
#include "fdc.h"
#include "i8237.h"
#include "params.h"

const char program_name[] = "floppy";
const u32 program_number = NB_PROGRAM_FLOPPY;

static struct floppy defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_FLOPPY},
    .method = METHOD_DMA_8237,
    .byte_count = 18 * 512,
    .buffer = 4 * 1024 * 1024,
    .threshold = 8,
    .tries = 5,
};
struct nb_header *const default_block = &defaults.header;

static const char *const method_names[] = METHOD_NAMES;

int set_parameter(const char *key, const char *text, u32 value) {
  if (same_text(key, "method")) return defaults.method = word_number(text, method_names, METHOD_COUNT), 1;
  if (same_text(key, "direction")) return defaults.direction = same_text(text, "write"), 1;
  if (same_text(key, "bytes")) return defaults.byte_count = value, 1;
  if (same_text(key, "threshold")) return defaults.threshold = value, 1;
  if (same_text(key, "busy")) return defaults.busy_loops = value, 1;
  return 0;
}

#define SECTOR 512u
#define SECTORS 18u
#define HEADS 2u
#define SEGMENT 65536u
#define FDC_CHANNEL 2u

/* A piece of the second job: a loop with interrupts off, then a moment with them on. */
static void second_job(struct floppy *p) {
  u32 loops = p->busy_loops;
  __asm__ volatile("1: dec %0; jnz 1b" : "+r"(loops));
  p->rounds++;
  __asm__ volatile("sti; nop; cli" ::: "memory");
}

static void wait(struct floppy *p) {
  while (!fdc_ended) {
    if (p->busy_loops > 0) second_job(p);
    else __asm__ volatile("sti; hlt; cli" ::: "memory");
  }
}

/* Moves sectors r to `last` of a track; `moved` is how many arrived. */
static u32 move(struct floppy *p, u32 cylinder, u32 head, u32 r, u32 last, u8 *at, u32 *moved) {
  int writing = p->direction == DIRECTION_WRITE;
  u32 bytes = (last - r + 1) * SECTOR, status;
  u8 command = writing ? FDC_WRITE : FDC_READ;
  if (p->method == METHOD_PIO) {
    fdc_pio.at = at;
    fdc_pio.left = bytes;
  } else {
    isa_dma_start(FDC_CHANNEL, DMA_SINGLE | (writing ? DMA_FROM_MEMORY : DMA_TO_MEMORY), (u32)at, bytes);
  }
  p->commands++;
  if ((status = fdc_start(command, cylinder, head, r, last)) != NB_STATUS_DONE) return status;
  wait(p);
  if ((status = fdc_finish()) != NB_STATUS_DONE) return status;
  p->st0 = fdc_result[0];
  p->st1 = fdc_result[1];
  p->st2 = fdc_result[2];
  // Without TC, as nobody gives one in non-DMA mode, the end of the track is an abnormal end.
  if ((p->st0 & 0xc0) == 0 || p->st1 == FDC_ST1_EN) {
    *moved = last - r + 1;
    return NB_STATUS_DONE;
  }
  if (p->st1 & FDC_ST1_OR) p->overruns++;
  u32 stopped = fdc_result[5];
  *moved = stopped >= r && stopped <= last ? stopped - r : 0;
  return NB_STATUS_DONE;
}

static u32 move_all(struct floppy *p) {
  u32 track = 0, r = 1, left = p->byte_count / SECTOR, failed = 0, at_cylinder = 0, status;
  u8 *at = (u8 *)p->buffer;
  while (left > 0) {
    u32 cylinder = track / HEADS, room = (SEGMENT - ((u32)at & (SEGMENT - 1))) / SECTOR, moved = 0;
    u32 n = SECTORS - r + 1;
    if (n > left) n = left;
    if (n > room) n = room;
    if (cylinder != at_cylinder) {
      if ((status = fdc_seek(cylinder)) != NB_STATUS_DONE) return status;
      at_cylinder = cylinder;
    }
    if ((status = move(p, cylinder, track % HEADS, r, r + n - 1, at, &moved)) != NB_STATUS_DONE) return status;
    failed = moved > 0 ? 0 : failed + 1;
    // What is lost is what the experiment is about: the program ends well, with fewer bytes.
    if (failed == p->tries) return NB_STATUS_DONE;
    p->bytes_done += moved * SECTOR;
    at += moved * SECTOR;
    left -= moved;
    r += moved;
    if (r > SECTORS) {
      r = 1;
      track++;
    }
  }
  return NB_STATUS_DONE;
}

u32 run(struct nb_header *header) {
  struct floppy *p = (struct floppy *)header;
  u32 status;
  for (u32 *out = &p->st0; out < (u32 *)(p + 1); out++) *out = 0;
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct floppy, method));
  if (p->byte_count == 0 || p->byte_count % SECTOR != 0 || p->byte_count > 160 * SECTORS * SECTOR)
    return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct floppy, byte_count));
  if (p->buffer % SECTOR != 0 || p->buffer + p->byte_count > 16 * 1024 * 1024)
    return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct floppy, buffer));
  if ((status = fdc_open(p->threshold, p->method == METHOD_PIO)) != NB_STATUS_DONE) return status;
  post(NB_POST_BEGIN);
  status = move_all(p);
  post(NB_POST_END);
  return status;
}

void print_results(const struct nb_header *header) {
  const struct floppy *p = (const struct floppy *)header;
  print(" bytes=");
  print_decimal(p->bytes_done);
  print(" commands=");
  print_decimal(p->commands);
  print(" overruns=");
  print_decimal(p->overruns);
  print(" st=");
  print_hex(p->st0, 2);
  print_hex(p->st1, 2);
  print_hex(p->st2, 2);
}
