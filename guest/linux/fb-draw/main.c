// fb-draw FILE [terminal]: writes FILE to standard output, between the marks. `terminal`: standard output is that of a
// terminal program, this one's parent, that draws later: the second mark waits until it sleeps, that is, has drawn.
#include "linux.h"

/* What was drawn has been shown: the monitor has had two pictures since. */
enum { POST_SHOWN = 0xc0, TWO_PICTURES = 40000, LOOK = 500, LOOKS = 20000 };
enum { GETPPID = 64, MOST = 8 << 20 };

/* The state of a process: the letter behind its name in /proc/PID/stat. */
static char state(const char *path) {
  static char text[256];
  int fd = open(path, O_RDONLY);
  if (fd < 0) die(path, fd);
  int n = read(fd, text, sizeof(text));
  close(fd);
  while (n > 0 && text[n - 1] != ')') n--;
  return text[n + 1];
}

static char *decimal(char *to, u32 value) {
  if (value >= 10) to = decimal(to, value / 10);
  *to = (char)('0' + value % 10);
  return to + 1;
}

static const char *stat_of(u32 pid) {
  static char path[32] = "/proc/";
  char *end = decimal(path + 6, pid);
  for (const char *more = "/stat"; *more != 0;) *end++ = *more++;
  return path;
}

int main(int argc, char **argv) {
  if (argc < 2) die("fb-draw FILE [terminal]", 0);
  int fd = open(argv[1], O_RDONLY), error;
  if (fd < 0) die(argv[1], fd);
  u8 *data = pages(MOST);
  u32 size = 0;
  for (int n; size < MOST && (n = read(fd, data + size, MOST - size)) > 0;) size += (u32)n;
  const char *parent = argc > 2 ? stat_of((u32)kernel(GETPPID, 0, 0, 0, 0, 0, 0)) : 0;
  port_access();
  post(POST_BEGIN);
  if ((error = write_all(1, data, size)) != (int)size) die("write", error);
  if (parent != 0) {
    u32 looks = 0;
    do sleep_for(LOOK);
    while (state(parent) != 'S' && ++looks < LOOKS);
    if (looks == LOOKS) die("the terminal does not come to rest", 0);
  }
  post(POST_END);
  sleep_for(TWO_PICTURES);
  post(POST_SHOWN);
  return 0;
}
