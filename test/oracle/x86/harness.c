/*
 * Runs machine-code cases on the host's processor and dumps what they did. See cases.ts for the records.
 * Built with: gcc -m32 -O1 -no-pie -fno-pie -fno-stack-protector. Usage: harness <cases> <results>
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE 0x20000000u
#define DATA 0x30000000u
#define START 0x100u
#define WINDOW 0x800u
#define WINDOW_BYTES 256u
#define EDGE_BYTES 256u

struct in { uint8_t code[64]; uint32_t length, mode, regs[8], flags, seed, pokes[4]; };
struct out { uint32_t regs[8], flags, trap, error, exit, eip, pad[3]; uint8_t window[WINDOW_BYTES]; };

/* What run_case loads and stores; reached through GS, which is flat while a case runs. */
uint32_t in_regs[8], in_flags, in_ds, in_fs;
struct { uint32_t offset; uint16_t selector; } __attribute__((packed)) in_stack, in_target, own_stack;
uint32_t own_gs, own_fs, own_ds;
uint32_t out_regs[8], out_flags, out_exit;
extern char exit_through[], exit_taken[], exit_back[], resume[];
void run_case(void);

__asm__(
  ".text\n.globl run_case\nrun_case:\n"
  "  pushal\n"
  "  movl %esp, own_stack\n  movw %ss, own_stack+4\n"
  "  movl %gs, %eax\n  movl %eax, own_gs\n  movl %fs, %eax\n  movl %eax, own_fs\n  movl %ds, %eax\n  movl %eax, own_ds\n"
  "  movl %eax, %gs\n"
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
  "  movl %gs:own_ds, %eax\n  movl %eax, %ds\n  movl %eax, %es\n"
  "  movl own_fs, %eax\n  movl %eax, %fs\n  movl own_gs, %eax\n  movl %eax, %gs\n"
  "resume:\n"
  "  pushl $0x202\n  popfl\n  popal\n  ret\n");

static struct out result;

static void on_signal(int number, siginfo_t *info, void *context) {
  (void)number; (void)info;
  __asm__ volatile("movl %0, %%gs" : : "r"(own_gs));
  static const int order[8] = { REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI };
  greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;
  for (int i = 0; i < 8; i++) out_regs[i] = g[order[i]];
  out_flags = g[REG_EFL];
  result.trap = g[REG_TRAPNO];
  result.error = g[REG_ERR];
  result.eip = g[REG_EIP];
  g[REG_EIP] = (greg_t)resume;
  g[REG_ESP] = g[REG_UESP] = own_stack.offset;
  g[REG_SS] = own_stack.selector;
  g[REG_DS] = g[REG_ES] = own_ds;
  g[REG_FS] = own_fs;
  g[REG_GS] = own_gs;
  __asm__ volatile("movl %%cs, %0" : "=r"(g[REG_CS]));
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

static void jump(uint8_t *at, char *to, int from16, uint32_t cs) {
  if (from16) {
    uint32_t offset = (uint32_t)to;
    uint16_t selector = cs;
    at[0] = 0x66; at[1] = 0xea;
    memcpy(at + 2, &offset, 4);
    memcpy(at + 6, &selector, 2);
  } else {
    uint32_t relative = (uint32_t)to - ((uint32_t)at + 5);
    at[0] = 0xe9;
    memcpy(at + 1, &relative, 4);
  }
}

static void *map(uint32_t address, uint32_t bytes, int protection) {
  void *p = mmap((void *)address, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
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
  uint32_t cs, ds;
  __asm__("movl %%cs, %0\n movl %%ds, %1" : "=r"(cs), "=r"(ds));
  uint32_t code16 = segment(0, CODE, 0, 2), data16 = segment(1, DATA, 0, 0), data32 = segment(2, DATA, 1, 0);
  stack_t alternative = { .ss_sp = malloc(65536), .ss_size = 65536 };
  sigaltstack(&alternative, 0);
  struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
  int signals[] = { SIGSEGV, SIGILL, SIGFPE, SIGTRAP, SIGBUS };
  for (int i = 0; i < 5; i++) sigaction(signals[i], &action, 0);

  struct in c;
  while (fread(&c, sizeof c, 1, from) == 1) {
    int is16 = c.mode == 1;
    memcpy(code + START, c.code, c.length);
    jump(code + START + c.length, exit_through, is16, cs);
    jump(code + START + 0x80, exit_taken, is16, cs);
    jump(code + START - 0x40, exit_back, is16, cs);
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
    in_ds = c.mode == 0 ? ds : c.mode == 1 ? data16 : data32;
    in_stack.offset = c.regs[4];
    in_stack.selector = c.mode == 0 ? ds : c.mode == 2 ? data32 : data16;
    in_target.offset = is16 ? START : CODE + START;
    in_target.selector = is16 ? code16 : cs;
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
