// Text, with guest/runtime/print.c on top: a line is written at its end, or when the program ends it by die().
#include "linux.h"

enum { LINE = 256, STDOUT = 1, STDERR = 2 };
static char line[LINE];
static u32 used;

static void flush(int fd) {
  write_all(fd, line, used);
  used = 0;
}

void console_put(char c) {
  if (c == '\r') return; /* the terminal adds it */
  line[used++] = c;
  if (c == '\n' || used == LINE) flush(STDOUT);
}

void print_digest(const u8 *bytes, u32 n) {
  for (u32 i = 0; i < n; i++) print_hex(bytes[i], 2);
}

void die(const char *what, int error) {
  flush(STDOUT);
  print(what);
  if (error < 0) {
    print(": error ");
    print_decimal((u32)-error);
  }
  line[used++] = '\n';
  flush(STDERR);
  leave(1);
}

int same_text(const char *a, const char *b) {
  while (*a != 0 && *a == *b) a++, b++;
  return *a == *b;
}

u32 number(const char *text, char end) {
  u32 value = 0, digits = 0, base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
  for (const char *p = base == 16 ? text + 2 : text;; p++, digits++) {
    u32 digit = *p >= '0' && *p <= '9' ? (u32)(*p - '0') : *p >= 'a' && *p <= 'f' ? (u32)(*p - 'a' + 10) : 99;
    if ((*p == 0 || *p == end) && digits > 0) return value;
    if (digit >= base) die(text, 0);
    value = value * base + digit;
  }
}
