// sound-play: the same samples through a Sound Blaster 16, by one of three methods, between two marks.
#include "i8237.h"
#include "ports.h"
#include "sb16.h"
#include "work.h"

const char program_name[] = "sound-play";
const u32 program_number = NB_PROGRAM_SOUND_PLAY;

#define SAMPLES 0x400000u
#define RING 0x300000u
#define SOUND_IRQ 5
#define TIMER_IRQ 0

static struct sound_play defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_SOUND_PLAY},
    .method = METHOD_DMA_AUTOINIT,
    .byte_count = 8192,
    .block_bytes = 512,
    .bits = 8,
    .rate = 8008,
    .divisor = 149,
    .drain_loops = 2000000,
};
struct nb_header *const default_block = &defaults.header;

static const char *const method_names[] = METHOD_NAMES;

int set_parameter(const char *key, const char *text, u32 value) {
  if (same_text(key, "method")) return defaults.method = word_number(text, method_names, METHOD_COUNT), 1;
  if (same_text(key, "bytes")) return defaults.byte_count = value, 1;
  if (same_text(key, "block")) return defaults.block_bytes = value, 1;
  if (same_text(key, "bits")) return defaults.bits = value, 1;
  return 0;
}

static struct sound_play *job;
static volatile u32 finished;

#define OFFSET(field) __builtin_offsetof(struct sound_play, field)

static u32 check(const struct sound_play *p) {
  if (p->method >= METHOD_COUNT) return fail(NB_STATUS_BAD_PARAMETER, OFFSET(method));
  if (p->bits != 8 && (p->bits != 16 || p->method == METHOD_DIRECT))
    return fail(NB_STATUS_BAD_PARAMETER, OFFSET(bits));
  if (p->block_bytes < 16 || p->block_bytes > 32768 || (p->block_bytes & (p->block_bytes - 1)) != 0)
    return fail(NB_STATUS_BAD_PARAMETER, OFFSET(block_bytes));
  if (p->byte_count == 0 || p->byte_count % p->block_bytes != 0)
    return fail(NB_STATUS_BAD_PARAMETER, OFFSET(byte_count));
  return NB_STATUS_DONE;
}

/* --- the 8237A: channel 1 for bytes, 5 for words; memory is read --- */

static u32 channel(void) { return job->bits == 16 ? 5 : 1; }

static void dma_program(u32 address, u32 bytes, u32 mode) {
  isa_dma_start(channel(), DMA_SINGLE | DMA_FROM_MEMORY | mode, address, bytes);
}

/* Transfers that are left less one, in bytes. */
static u32 dma_left(void) { return (isa_dma_left(channel()) - 1) * (job->bits / 8); }

/* --- direct: the processor writes each sample at its time, which the timer tells --- */

static int sample_due(void) {
  job->interrupts++;
  if (job->played < job->byte_count) {
    sb_write(SB_DIRECT);
    sb_write(((const u8 *)SAMPLES)[job->played++]);
  }
  if (job->played == job->byte_count) finished = 1;
  return 1;
}

static void timer_start(u32 divisor) {
  outb(0x43, 0x34); /* counter 0, both bytes, mode 2 */
  outb(0x40, (u8)divisor);
  outb(0x40, (u8)(divisor >> 8));
}

/* --- dma-single: every block is set up anew --- */

static void block_start(void) {
  dma_program(SAMPLES + job->played, job->block_bytes, 0);
  sb_output(job->bits, SB_FIFO, job->block_bytes);
  job->played += job->block_bytes;
}

static int block_played(void) {
  if (!sb_acknowledge(job->bits)) return 0;
  job->interrupts++;
  if (job->played < job->byte_count) block_start();
  else finished = 1;
  return 1;
}

/* --- dma-autoinit: set up once; the half that was played is filled again --- */

static void copy(u32 to, u32 from, u32 bytes) {
  u32 words = bytes / 4;
  __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words)::"memory");
}

static u32 content[2]; /* number of the block in each half */
static u32 playing;    /* the half that is transferred */
static u32 leaving;

static void fill(u32 half) {
  if (job->played >= job->byte_count) return;
  copy(RING + half * job->block_bytes, SAMPLES + job->played, job->block_bytes);
  content[half] = job->played / job->block_bytes;
  job->played += job->block_bytes;
}

static void leave(void) {
  sb_write(job->bits == 16 ? SB_EXIT_AUTO_16 : SB_EXIT_AUTO_8);
  leaving = 1;
}

static int half_played(void) {
  u32 last = job->byte_count / job->block_bytes - 1;
  if (!sb_acknowledge(job->bits)) return 0;
  job->interrupts++;
  if (leaving) {
    finished = 1;
    return 1;
  }
  u32 now = dma_left() < job->block_bytes ? 1 : 0;
  if (now != playing) {
    fill(playing);
    playing = now;
    if (content[now] == last) leave();
  } else {
    // Both halves have ended since the last interrupt: what is transferred now was heard already.
    job->late++;
    if (content[now ^ 1] == last) {
      leave();
      finished = 1;
    }
    fill(now ^ 1);
  }
  return 1;
}

/* --- */

static void start(struct sound_play *p) {
  u32 blocks = p->byte_count / p->block_bytes;
  if (p->method == METHOD_DIRECT) {
    irq_open(TIMER_IRQ, sample_due);
    timer_start(p->divisor);
  } else if (p->method == METHOD_DMA_SINGLE) {
    irq_open(SOUND_IRQ, block_played);
    block_start();
  } else {
    irq_open(SOUND_IRQ, half_played);
    fill(0);
    fill(1);
    dma_program(RING, 2 * p->block_bytes, DMA_AUTOINIT);
    sb_output(p->bits, SB_AUTO | SB_FIFO, p->block_bytes);
    if (blocks == 1) leave();
  }
}

u32 run(struct nb_header *header) {
  struct sound_play *p = (struct sound_play *)header;
  for (u32 *out = &p->played; out < (u32 *)(p + 1); out++) *out = 0;
  u32 status = check(p);
  if (status != NB_STATUS_DONE) return status;
  job = p;
  interrupts_open();
  if (!sb_open()) return NB_STATUS_NO_DSP;
  sb_rate(p->rate);
  sb_polls = 0;
  post(NB_POST_BEGIN);
  start(p);
  while (!finished && !sb_stuck) {
    if (p->busy_loops == 0) {
      // sti takes effect after the next instruction: no interrupt can slip in between it and hlt.
      __asm__ volatile("sti; hlt; cli" ::: "memory");
    } else {
      work(p->busy_loops);
      __asm__ volatile("sti" ::: "memory");
      work(p->open_loops);
      __asm__ volatile("cli" ::: "memory");
    }
  }
  post(NB_POST_END);
  outb(0x21, 0xff);
  p->polls = sb_polls;
  // The card has the last samples in its FIFO.
  work(p->drain_loops);
  return sb_stuck ? NB_STATUS_DSP_BUSY : NB_STATUS_DONE;
}

void print_results(const struct nb_header *header) {
  const struct sound_play *p = (const struct sound_play *)header;
  if (p->method < METHOD_COUNT) {
    print(" method=");
    print(method_names[p->method]);
  }
  print(" played=");
  print_decimal(p->played);
  print(" interrupts=");
  print_decimal(p->interrupts);
}
