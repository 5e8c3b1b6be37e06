// two-jobs: a second job alone, then beside a transfer, then the transfer alone.
#include "jobs.h"

const char program_name[] = "two-jobs";
const u32 program_number = NB_PROGRAM_TWO_JOBS;

static struct two_jobs defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_TWO_JOBS},
    .method = METHOD_DMA,
    .byte_count = 256 * 1024,
    .buffer = 4 * 1024 * 1024,
    .units_alone = 2000,
    .transfer_mode = -1,
};
struct nb_header *const default_block = &defaults.header;

static const char *const method_names[] = METHOD_NAMES;
static const char *const work_names[] = WORK_NAMES;

int set_parameter(const char *key, const char *text, u32 value) {
  if (same_text(key, "method")) return defaults.method = word_number(text, method_names, METHOD_COUNT), 1;
  if (same_text(key, "work")) return defaults.work = same_text(text, work_names[WORK_TRANSFER]), 1;
  if (same_text(key, "bytes")) return defaults.byte_count = value, 1;
  if (same_text(key, "mode")) return defaults.transfer_mode = (i32)value, 1;
  if (same_text(key, "period")) return defaults.period = value, 1;
  return 0;
}

extern const u8 image_end[]; /* link.ld */

volatile struct transfer transfer;
static struct two_jobs *block;

void transfer_fail(u32 status, u32 detail) {
  transfer.status = fail(status, detail);
  transfer.over = 1;
}

static u32 check(struct two_jobs *p) {
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct two_jobs, method));
  int card = p->method == METHOD_8237_BLOCK || p->method == METHOD_8237_SINGLE;
  if (p->work > WORK_TRANSFER || (card && p->work == WORK_TRANSFER))
    return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct two_jobs, work));
  if (p->byte_count == 0 || p->byte_count % 512 != 0)
    return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct two_jobs, byte_count));
  if (p->buffer % 0x10000 != 0 || p->buffer < (u32)image_end || p->buffer > 0x1000000 ||
      p->byte_count > 0x1000000 - p->buffer)
    return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct two_jobs, buffer));
  if (p->period > 255) return fail(NB_STATUS_BAD_PARAMETER, __builtin_offsetof(struct two_jobs, period));
  return card ? card_ready(p) : disk_ready(p);
}

static int by_card(void) { return block->method == METHOD_8237_BLOCK || block->method == METHOD_8237_SINGLE; }

/* A transfer by polling is under way. */
static int polling;

/* What the transfer needs of the foreground. */
static void step(void) {
  if (polling) disk_step();
  if (more) card_step();
}

/* A unit, and a look at the transfer: the same instructions beside it and alone. */
static u32 unit(u32 checksum) {
  checksum = block->work == WORK_TRANSFER ? byte_unit(checksum) : work_unit(checksum);
  step();
  return checksum;
}

static void begin(void) {
  transfer = (struct transfer){.left = block->byte_count, .to = (u8 *)block->buffer, .status = NB_STATUS_DONE};
  polling = block->method == METHOD_PIO;
  if (by_card()) card_begin();
  else disk_begin();
}

/* The second job in the foreground; what the transfer needs comes by interrupts, or is looked for after each unit. */
static u32 both(u32 checksum) {
  u32 units = 0;
  begin();
  __asm__ volatile("sti" ::: "memory");
  while (!transfer.over) {
    checksum = unit(checksum);
    units++;
  }
  __asm__ volatile("cli" ::: "memory");
  block->units = units;
  return checksum;
}

static void transfer_alone(void) {
  begin();
  while (!transfer.over) {
    // sti takes effect after the next instruction: no interrupt can slip in between it and hlt.
    if (block->method != METHOD_PIO) __asm__ volatile("sti; hlt; cli" ::: "memory");
    step();
  }
}

u32 run(struct nb_header *header) {
  struct two_jobs *p = block = (struct two_jobs *)header;
  u32 status, checksum = 0;
  for (u32 *out = &p->ata_status; out < (u32 *)(p + 1); out++) *out = 0;
  if ((status = check(p)) != NB_STATUS_DONE) return status;
  work_ready();
  if (p->work == WORK_TRANSFER) card_to_port();

  post(TWO_JOBS_POST_WORK_ALONE);
  for (u32 i = 0; i < p->units_alone; i++) checksum = unit(checksum);
  post(NB_POST_BEGIN);
  checksum = both(checksum);
  post(NB_POST_END);
  p->checksum = checksum;
  p->units_all = p->units_alone + p->units;
  p->bytes_done = transfer.done;
  p->interrupts = transfer.interrupts;
  p->commands = transfer.commands;
  status = transfer.status;
  if (status == NB_STATUS_DONE) {
    post(TWO_JOBS_POST_TRANSFER_ALONE);
    transfer_alone();
    post(TWO_JOBS_POST_OVER);
    status = transfer.status;
  }
  p->spurious = spurious_count + irq_spurious;
  return status;
}

void print_results(const struct nb_header *header) {
  const struct two_jobs *p = (const struct two_jobs *)header;
  if (p->method < METHOD_COUNT) {
    print(" method=");
    print(method_names[p->method]);
  }
  print(" bytes=");
  print_decimal(p->bytes_done);
  print(" units=");
  print_decimal(p->units);
  print(" interrupts=");
  print_decimal(p->interrupts);
  print(" checksum=");
  print_hex(p->checksum, 8);
}
