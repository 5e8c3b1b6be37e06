// benchmark: one job, with a line on COM1 before it and one with its checksum behind it, for whoever measures the time between them.
#include "../runtime/runtime.h"
#include "jobs.h"
#include "params.h"

const char program_name[] = "benchmark";
const u32 program_number = NB_PROGRAM_BENCHMARK;

static struct benchmark defaults = {.header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_BENCHMARK}};
struct nb_header *const default_block = &defaults.header;

static const struct {
  const char *name;
  void (*open)(void);
  u32 (*run)(u32 iterations);
} jobs[JOB_COUNT] = {
    [JOB_SORT] = {"sort", 0, sort},
    [JOB_SHA256] = {"sha256", open_digest, digest},
    [JOB_COPY_REP] = {"copy-rep", open_copy, copy_rep},
    [JOB_COPY_LOOP] = {"copy-loop", open_copy, copy_loop},
    [JOB_CHASE] = {"chase", open_chase, chase},
    [JOB_CHASE_FAR] = {"chase-far", open_chase_far, chase},
    [JOB_X87] = {"x87", open_x87, x87},
    [JOB_PORTS] = {"ports", 0, ports},
    [JOB_PORTS_UART] = {"ports-uart", 0, ports_uart},
    [JOB_MMIO] = {"mmio", open_mmio, mmio},
};

int set_parameter(const char *key, const char *text, u32 value) {
  if (same_text(key, "job")) {
    for (defaults.job = 0; defaults.job < JOB_COUNT; defaults.job++)
      if (same_text(text, jobs[defaults.job].name)) break;
    return 1;
  }
  if (same_text(key, "iterations")) return defaults.iterations = value, 1;
  if (same_text(key, "warm-up")) return defaults.warm_up = value, 1;
  return 0;
}

u32 run(struct nb_header *header) {
  struct benchmark *p = (struct benchmark *)header;
  p->checksum = p->iterations_done = 0;
  if (p->iterations == 0) p->iterations = 1;
  if (p->job >= JOB_COUNT) return fail(NB_STATUS_BAD_PARAMETER, 0x14);
  if (jobs[p->job].open != 0) jobs[p->job].open();
  if (p->warm_up != 0) jobs[p->job].run(p->warm_up);
  print("begin ");
  print(jobs[p->job].name);
  print("\n");
  post(NB_POST_BEGIN);
  p->checksum = jobs[p->job].run(p->iterations);
  post(NB_POST_END);
  print("end checksum=");
  print_hex(p->checksum, 8);
  print(" done\n");
  p->iterations_done = p->iterations;
  return NB_STATUS_DONE;
}

void print_results(const struct nb_header *header) {
  const struct benchmark *p = (const struct benchmark *)header;
  if (p->job < JOB_COUNT) {
    print(" job=");
    print(jobs[p->job].name);
  }
  print(" iterations=");
  print_decimal(p->iterations_done);
}
