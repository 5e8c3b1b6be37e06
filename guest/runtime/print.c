// Text and numbers, one character at a time.
#include "runtime.h"

void print(const char *text) {
  for (; *text != 0; text++) {
    if (*text == '\n') console_put('\r');
    console_put(*text);
  }
}

void print_hex(u32 value, u32 digits) {
  while (digits-- > 0) console_put("0123456789abcdef"[(value >> (digits * 4)) & 15]);
}

void print_decimal(u32 value) {
  char text[11];
  u32 at = 10;
  text[10] = 0;
  do text[--at] = (char)('0' + value % 10);
  while ((value /= 10) != 0);
  print(text + at);
}
