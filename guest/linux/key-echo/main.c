// key-echo COUNT TERMINAL: takes COUNT characters from TERMINAL, one by one, and writes each back to it. A mark (port 80h)
// when it has a character, and another when it has written it. The screen is cleared before the first, so that the
// character number n is at place n of the screen.
#include "linux.h"

enum { TCGETS = 0x5401, TCSETS = 0x5402, ICANON = 2, ECHO = 8, ISIG = 1, VTIME = 5, VMIN = 6 };
enum { POST_HAS = 0xc1, POST_WRITTEN = 0xc2, PATIENCE = 10000 /* ms */ };

/* Linux, include/uapi/asm-generic/termbits.h. */
struct termios {
  u32 input, output, control, local;
  u8 line, characters[19];
};

int main(int argc, char **argv) {
  if (argc != 3) die("key-echo COUNT TERMINAL", 0);
  u32 count = number(argv[1], 0);
  int fd = open(argv[2], O_RDWR);
  if (fd < 0) die(argv[2], fd);
  struct termios mode;
  int error = ioctl(fd, TCGETS, (u32)&mode);
  if (error < 0) die("TCGETS", error);
  mode.input = 0;
  mode.local &= ~(u32)(ICANON | ECHO | ISIG);
  mode.characters[VMIN] = 1;
  mode.characters[VTIME] = 0;
  error = ioctl(fd, TCSETS, (u32)&mode);
  if (error < 0) die("TCSETS", error);
  /* Home, clear, no cursor. */
  static const char clear[] = "\033[H\033[J\033[?25l";
  write_all(fd, clear, sizeof clear - 1);
  u8 *got = pages(count);
  port_access();

  post(POST_BEGIN);
  u32 n = 0;
  for (; n < count; n++) {
    struct pollfd key = {fd, POLLIN, 0};
    if (poll(&key, 1, PATIENCE) != 1 || read(fd, got + n, 1) != 1) break;
    post(POST_HAS);
    write(fd, got + n, 1);
    post(POST_WRITTEN);
  }
  /* The monitor gets its picture. */
  sleep_for(50000);
  post(POST_END);

  print("got ");
  for (u32 k = 0; k < n; k++) {
    char c[2] = {(char)got[k], 0};
    print(c);
  }
  print("\n");
  return 0;
}
