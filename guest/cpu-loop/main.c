// cpu-loop: a loop that keeps the processor busy and touches no device between the two marks.
#include "../runtime/runtime.h"
#include "params.h"
#include "work.h"

const char program_name[] = "cpu-loop";
const u32 program_number = NB_PROGRAM_CPU_LOOP;

static struct cpu_loop defaults = {.header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_CPU_LOOP}};
struct nb_header *const default_block = &defaults.header;

static const char *const kind_names[] = KIND_NAMES;

int set_parameter(const char *key, const char *text, u32 value) {
  if (same_text(key, "kind")) {
    for (defaults.kind = 0; defaults.kind <= KIND_CALLS; defaults.kind++)
      if (same_text(text, kind_names[defaults.kind])) break;
    return 1;
  }
  if (same_text(key, "iterations")) return defaults.iterations = value, 1;
  if (same_text(key, "words")) return defaults.words = value, 1;
  if (same_text(key, "memory")) return defaults.memory = value, 1;
  return 0;
}

extern const u8 image_end[]; /* link.ld */

u32 run(struct nb_header *header) {
  struct cpu_loop *p = (struct cpu_loop *)header;
  p->checksum = p->iterations_done = 0;
  if (p->iterations == 0) p->iterations = 8000000;
  if (p->words == 0) p->words = 16384;
  if (p->memory == 0) p->memory = 4 * 1024 * 1024;
  if (p->kind > KIND_CALLS) return fail(NB_STATUS_BAD_PARAMETER, 0x14);
  if (p->words < 16 || p->words > 1u << 26 || (p->words & (p->words - 1)) != 0) return fail(NB_STATUS_BAD_PARAMETER, 0x1c);
  if (p->memory % 4 != 0 || p->memory < (u32)image_end) return fail(NB_STATUS_BAD_PARAMETER, 0x20);
  post(NB_POST_BEGIN);
  p->checksum = work(p->kind, p->iterations, (u32 *)p->memory, p->words);
  post(NB_POST_END);
  p->iterations_done = p->iterations;
  return NB_STATUS_DONE;
}

void print_results(const struct nb_header *header) {
  const struct cpu_loop *p = (const struct cpu_loop *)header;
  if (p->kind <= KIND_CALLS) {
    print(" kind=");
    print(kind_names[p->kind]);
  }
  print(" iterations=");
  print_decimal(p->iterations_done);
  print(" checksum=");
  print_hex(p->checksum, 8);
}
