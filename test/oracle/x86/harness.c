/*
 * Runs machine-code cases on the host's processor and dumps what they did. See cases.ts for the records.
 * A 64-bit program: the cases run in 32- and 16-bit segments of the same process (compatibility mode,
 * SDM vol. 3, "Compatibility Mode"), so that the kernel need not run 32-bit programs.
 * Built with: gcc -O1 -no-pie -fno-pie -fno-stack-protector. Usage: harness <cases> <results>
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <asm/prctl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE 0x20000000u
#define DATA 0x30000000u
#define START 0x100u
#define WINDOW 0x800u
#define WINDOW_BYTES 256u
#define EDGE_BYTES 256u
/* Linux's selectors: 32-bit code, flat data, 64-bit code (arch/x86/include/asm/segment.h). */
#define CODE32 0x23
#define FLAT_DATA 0x2b
#define CODE64 0x33
/* More than the cases ever need, on a slow machine too; processor time, so that a busy machine is no failure. */
#define MOST_SECONDS 120

struct in { uint8_t code[64]; uint32_t length, mode, regs[8], flags, seed, pokes[4]; };
struct out { uint32_t regs[8], flags, trap, error, exit, eip, pad[3]; uint8_t window[WINDOW_BYTES]; };

/* What run_case loads and stores; reached through GS, which is flat while a case runs. */
struct pointer { uint32_t offset; uint16_t selector; } __attribute__((packed));
uint32_t in_regs[8], in_flags, in_ds, in_fs;
struct pointer in_stack, in_target, own_stack, to32, to64;
uint64_t own_rsp, own_fs_base;
uint32_t out_regs[8], out_flags, out_exit;
extern char exit_through[], exit_taken[], exit_back[], enter32[], resume[];
void run_case(void);

__asm__(
  ".text\n.globl run_case\nrun_case:\n"
  "  pushq %rbx\n  pushq %rbp\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
  "  movq %rsp, own_rsp\n"
  "  ljmp *to32\n"
  ".code32\nenter32:\n"
  "  movl $0x2b, %eax\n  movl %eax, %ds\n  movl %eax, %es\n  movl %eax, %gs\n"
  "  lss own_stack, %esp\n"
  "  movl in_fs, %eax\n  movl %eax, %fs\n"
  "  pushl in_flags\n  popfl\n"
  "  movl in_regs+4, %ecx\n  movl in_regs+8, %edx\n  movl in_regs+12, %ebx\n"
  "  movl in_regs+20, %ebp\n  movl in_regs+24, %esi\n  movl in_regs+28, %edi\n"
  "  lss in_stack, %esp\n"
  "  movl in_ds, %eax\n  movl %eax, %es\n  movl %eax, %ds\n"
  "  movl %gs:in_regs, %eax\n"
  "  ljmp *%gs:in_target\n"
  "exit_through:\n  movl $0, %gs:out_exit\n  jmp save\n"
  "exit_taken:\n  movl $1, %gs:out_exit\n  jmp save\n"
  "exit_back:\n  movl $2, %gs:out_exit\n"
  "save:\n"
  "  movl %eax, %gs:out_regs\n  movl %ecx, %gs:out_regs+4\n  movl %edx, %gs:out_regs+8\n  movl %ebx, %gs:out_regs+12\n"
  "  movl %esp, %gs:out_regs+16\n  movl %ebp, %gs:out_regs+20\n  movl %esi, %gs:out_regs+24\n  movl %edi, %gs:out_regs+28\n"
  "  lss %gs:own_stack, %esp\n"
  "  pushfl\n  popl %gs:out_flags\n"
  "  ljmp *%gs:to64\n"
  /* Also where a signal handler returns to. FS names the C library's thread block: its base is set anew. */
  ".code64\nresume:\n"
  "  movl $0x2b, %eax\n  movl %eax, %ds\n  movl %eax, %es\n  movl %eax, %ss\n"
  "  xorl %eax, %eax\n  movl %eax, %gs\n  movl %eax, %fs\n"
  "  movq own_rsp, %rsp\n"
  "  pushq $0x202\n  popfq\n"
  "  movl $158, %eax\n  movl $0x1002, %edi\n  movq own_fs_base, %rsi\n  syscall\n"
  "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbp\n  popq %rbx\n"
  "  ret\n");

static struct out result;

/* Uses nothing of the C library: FS is the case's. */
static void on_signal(int number, siginfo_t *info, void *context) {
  (void)number; (void)info;
  static const int order[8] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI };
  greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;
  for (int i = 0; i < 8; i++) out_regs[i] = (uint32_t)g[order[i]];
  out_flags = (uint32_t)g[REG_EFL];
  result.trap = (uint32_t)g[REG_TRAPNO];
  result.error = (uint32_t)g[REG_ERR];
  result.eip = (uint32_t)g[REG_RIP];
  g[REG_RIP] = (greg_t)(uintptr_t)resume;
  g[REG_RSP] = (greg_t)own_rsp;
  g[REG_CSGSFS] = CODE64 | (greg_t)FLAT_DATA << 48;
  g[REG_EFL] = 0x202;
}

static uint32_t segment(unsigned entry, uint32_t base, int wide, int contents) {
  struct user_desc u;
  memset(&u, 0, sizeof u);
  u.entry_number = entry;
  u.base_addr = base;
  u.limit = 0xffff;
  u.seg_32bit = wide;
  u.contents = contents;
  u.useable = 1;
  if (syscall(SYS_modify_ldt, 0x11, &u, sizeof u) != 0) { perror("modify_ldt"); exit(3); }
  return entry * 8 + 7;
}

static void jump(uint8_t *at, char *to, int from16) {
  if (from16) {
    uint32_t offset = (uint32_t)(uintptr_t)to;
    uint16_t selector = CODE32;
    at[0] = 0x66; at[1] = 0xea;
    memcpy(at + 2, &offset, 4);
    memcpy(at + 6, &selector, 2);
  } else {
    uint32_t relative = (uint32_t)(uintptr_t)to - ((uint32_t)(uintptr_t)at + 5);
    at[0] = 0xe9;
    memcpy(at + 1, &relative, 4);
  }
}

static void *map(uint32_t address, uint32_t bytes, int protection) {
  void *p = mmap((void *)(uintptr_t)address, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (p == MAP_FAILED) { perror("mmap"); exit(3); }
  return p;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  FILE *from = fopen(argv[1], "rb"), *to = fopen(argv[2], "wb");
  if (!from || !to) return 2;
  uint8_t *code = map(CODE, 0x1000, PROT_READ | PROT_WRITE | PROT_EXEC);
  uint8_t *data = map(DATA, 0x10000, PROT_READ | PROT_WRITE);
  memset(code, 0xcc, 0x1000);
  uint32_t code16 = segment(0, CODE, 0, 2), data16 = segment(1, DATA, 0, 0), data32 = segment(2, DATA, 1, 0);
  to32 = (struct pointer){ (uint32_t)(uintptr_t)enter32, CODE32 };
  to64 = (struct pointer){ (uint32_t)(uintptr_t)resume, CODE64 };
  static uint8_t stack[4096] __attribute__((aligned(16)));
  own_stack = (struct pointer){ (uint32_t)(uintptr_t)(stack + sizeof stack), FLAT_DATA };
  if (syscall(SYS_arch_prctl, ARCH_GET_FS, &own_fs_base) != 0) { perror("arch_prctl"); exit(3); }
  struct rlimit limit = { MOST_SECONDS, MOST_SECONDS };
  setrlimit(RLIMIT_CPU, &limit);
  stack_t alternative = { .ss_sp = malloc(65536), .ss_size = 65536 };
  sigaltstack(&alternative, 0);
  struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
  int signals[] = { SIGSEGV, SIGILL, SIGFPE, SIGTRAP, SIGBUS };
  for (int i = 0; i < 5; i++) sigaction(signals[i], &action, 0);

  struct in c;
  while (fread(&c, sizeof c, 1, from) == 1) {
    int is16 = c.mode == 1;
    memcpy(code + START, c.code, c.length);
    jump(code + START + c.length, exit_through, is16);
    jump(code + START + 0x80, exit_taken, is16);
    jump(code + START - 0x40, exit_back, is16);
    memset(data, 0, EDGE_BYTES);
    memset(data + 0x10000 - EDGE_BYTES, 0, EDGE_BYTES);
    uint32_t x = c.seed;
    for (unsigned i = 0; i < WINDOW_BYTES; i++) {
      x = x * 1664525u + 1013904223u;
      data[WINDOW + i] = x >> 24;
    }
    for (int i = 0; i < 4; i += 2) if (c.pokes[i] != 0xffffffff) memcpy(data + WINDOW + c.pokes[i], &c.pokes[i + 1], 4);
    memcpy(in_regs, c.regs, sizeof in_regs);
    in_flags = c.flags;
    in_fs = data32;
    in_ds = c.mode == 0 ? FLAT_DATA : c.mode == 1 ? data16 : data32;
    in_stack.offset = c.regs[4];
    in_stack.selector = c.mode == 0 ? FLAT_DATA : c.mode == 2 ? data32 : data16;
    in_target.offset = is16 ? START : CODE + START;
    in_target.selector = is16 ? code16 : CODE32;
    memset(&result, 0, sizeof result);
    result.trap = 0xffffffff;
    out_exit = 0xffffffff;
    run_case();
    memcpy(result.regs, out_regs, sizeof out_regs);
    result.flags = out_flags;
    result.exit = out_exit;
    memcpy(result.window, data + WINDOW, WINDOW_BYTES);
    if (fwrite(&result, sizeof result, 1, to) != 1) return 4;
  }
  return fclose(to) == 0 ? 0 : 4;
}
