// From the entry to the program and from its status to the end.
#include "runtime.h"

#define MULTIBOOT_BOOT_MAGIC 0x2badb002u
#define MULTIBOOT_INFO_CMDLINE 4u /* bit 2 of flags: the command line's address stands at offset 16 */
#define TESTER_EXIT_PORT 0x501    /* a test harness may end the emulator here; only used under multiboot */

static struct nb_header *block;
static int under_multiboot;

int same_text(const char *a, const char *b) {
  while (*a != 0 && *a == *b) a++, b++;
  return *a == *b;
}

/* Decimal, hexadecimal with 0x, or negative decimal; 0 for anything else. */
static u32 number(const char *text) {
  u32 value = 0, radix = 10;
  int negative = 0;
  if (*text == '-') negative = 1, text++;
  if (text[0] == '0' && text[1] == 'x') radix = 16, text += 2;
  for (; *text != 0; text++) {
    u32 digit = *text >= '0' && *text <= '9' ? (u32)(*text - '0') : (u32)((*text | 0x20) - 'a') + 10;
    if (digit >= radix) return 0;
    value = value * radix + digit;
  }
  return negative ? -value : value;
}

/* Splits the loader's command line in place; the first word is the program's own name. */
static void parse_command_line(char *line) {
  int first = 1;
  while (*line != 0) {
    char *key = line, *value = 0;
    while (*line != 0 && *line != ' ') {
      if (*line == '=' && value == 0) {
        *line = 0;
        value = line + 1;
      }
      line++;
    }
    if (*line == ' ') *line++ = 0;
    if (*key == 0) continue;
    if (value != 0 && !set_parameter(key, value, number(value))) {
      print("unknown parameter ");
      print(key);
      print("\n");
    } else if (value == 0 && !first) {
      print("not key=value: ");
      print(key);
      print("\n");
    }
    first = 0;
  }
}

u32 fail(u32 status, u32 detail) {
  block->detail = detail;
  return status;
}

void finish(u32 status) {
  int good = status == NB_STATUS_DONE;
  block->status = status;
  print(program_name);
  print(" status=");
  print_hex(status, 2);
  print(" detail=");
  print_hex(block->detail, 2);
  print_results(block);
  print("\n");
  post(good ? NB_POST_DONE : NB_POST_FAIL);
  if (under_multiboot) outb(TESTER_EXIT_PORT, good ? 0 : (u8)status);
  for (;;) __asm__ volatile("cli; hlt");
}

/* Called by start.S with what the loader left in EAX and EBX. */
void boot(u32 magic, u32 address) {
  console_open();
  if (magic == NB_BOOT_MAGIC) {
    block = (struct nb_header *)address;
    if (block->magic != NB_BLOCK_MAGIC || block->program != program_number) {
      // Whatever this memory is, it is not a block: nothing is stored there.
      post(NB_POST_FAIL);
      for (;;) __asm__ volatile("cli; hlt");
    }
  } else {
    block = default_block;
    under_multiboot = magic == MULTIBOOT_BOOT_MAGIC;
    if (!under_multiboot) finish(NB_STATUS_BAD_BLOCK);
    u32 *info = (u32 *)address;
    if (info[0] & MULTIBOOT_INFO_CMDLINE) parse_command_line((char *)info[4]);
  }
  block->status = NB_STATUS_RUNNING;
  block->detail = 0;
  interrupts_open();
  finish(run(block));
}
