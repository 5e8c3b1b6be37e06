// device-mmap METHOD PLACE WORDS AT: a program of a user writes WORDS 32-bit words to the card `paths` and reads them
// back. METHOD: ports (PLACE is the first I/O port), read-write (PLACE is resource1 of the card's folder in
// /sys/bus/pci/devices), mmap (PLACE is resource0, the same registers in memory), mmap-memory (PLACE is resource2, the
// buffer itself). What is mapped stands at the address AT; the program prints what /proc/self/smaps says of it.
#include "linux.h"

enum { PAGE = 4096, BUFFER = 0x10000, MOST = BUFFER / 4, INDEX = 0x20, WINDOW = 0x24, PORTS = 0x40 };
/* Marks beside those of the measured part: nothing is mapped, mapped and not touched, turn from writing to reading. */
enum { POST_BEFORE = 0xc0, POST_MAPPED = 0xc1, POST_TURN = 0xc2 };
enum { POST_PORT = 0x80, MAP_FIXED_NOREPLACE = 0x100000 };
enum { CALL_IOPERM = 101, CALL_PREAD = 180, CALL_PWRITE = 181, CALL_MMAP = 192 };

static u32 words, got[MOST], calls;

static u32 pattern(u32 k) { return k * 0x9e3779b1 + 0x4e42; }

static void may_use(u32 port, u32 n) {
  int error = kernel(CALL_IOPERM, port, n, 1, 0, 0, 0);
  if (error < 0) die("ioperm", error);
}

static void by_ports(u16 base) {
  may_use(base, PORTS);
  post(POST_MAPPED);
  outl(base + INDEX, 0);
  post(POST_BEGIN);
  for (u32 k = 0; k < words; k++) outl(base + WINDOW, pattern(k));
  post(POST_TURN);
  outl(base + INDEX, 0);
  for (u32 k = 0; k < words; k++) got[k] = inl(base + WINDOW);
  post(POST_END);
}

/* One system call for each access: the kernel makes it. */
static void put(int fd, u32 offset, u32 value) {
  calls++;
  int n = kernel(CALL_PWRITE, (u32)fd, (u32)&value, 4, offset, 0, 0);
  if (n != 4) die("pwrite", n);
}

static u32 take(int fd, u32 offset) {
  u32 value;
  calls++;
  int n = kernel(CALL_PREAD, (u32)fd, (u32)&value, 4, offset, 0, 0);
  if (n != 4) die("pread", n);
  return value;
}

static void by_calls(int fd) {
  post(POST_MAPPED);
  put(fd, INDEX, 0);
  calls = 0;
  post(POST_BEGIN);
  for (u32 k = 0; k < words; k++) put(fd, WINDOW, pattern(k));
  post(POST_TURN);
  put(fd, INDEX, 0);
  for (u32 k = 0; k < words; k++) got[k] = take(fd, WINDOW);
  post(POST_END);
}

static void by_registers(volatile u8 *at) {
  volatile u32 *index = (volatile u32 *)(at + INDEX), *window = (volatile u32 *)(at + WINDOW);
  *index = 0;
  post(POST_BEGIN);
  for (u32 k = 0; k < words; k++) *window = pattern(k);
  post(POST_TURN);
  *index = 0;
  for (u32 k = 0; k < words; k++) got[k] = *window;
  post(POST_END);
}

static void by_memory(volatile u32 *at) {
  at[0] = 0;
  post(POST_BEGIN);
  for (u32 k = 0; k < words; k++) at[k] = pattern(k);
  post(POST_TURN);
  for (u32 k = 0; k < words; k++) got[k] = at[k];
  post(POST_END);
}

static int opened(const char *path) {
  int fd = open(path, O_RDWR | O_SYNC);
  if (fd < 0) die(path, fd);
  return fd;
}

static u8 *mapped(const char *path, u32 bytes, u32 at) {
  int fd = opened(path);
  u32 found = (u32)kernel(CALL_MMAP, at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE, (u32)fd, 0);
  if (found != at) die("mmap", (int)found);
  post(POST_MAPPED);
  return (u8 *)at;
}

/* Whether the line is the first one of a mapping that begins at `at`. */
static int begins(const char *line, u32 at) {
  for (int shift = 28; shift >= 0; shift -= 4)
    if (*line++ != "0123456789abcdef"[at >> shift & 15]) return 0;
  return *line == '-';
}

/* Prints the lines of /proc/self/smaps about the mapping at `at`; the last of each mapping is VmFlags. */
static void print_mapping(u32 at) {
  static char text[32768];
  int fd = open("/proc/self/smaps", O_RDONLY), inside = 0;
  if (fd < 0) die("/proc/self/smaps", fd);
  u32 used = 0;
  for (int n; used < sizeof(text) - 1 && (n = read(fd, text + used, sizeof(text) - 1 - used)) > 0;) used += (u32)n;
  for (char *line = text; *line != 0;) {
    char *end = line;
    while (*end != 0 && *end != '\n') end++;
    int last = *end == 0;
    *end = 0;
    if (begins(line, at)) inside = 1;
    if (inside) {
      print(line);
      print("\n");
      if (line[0] == 'V' && line[1] == 'm') break;
    }
    if (last) break;
    line = end + 1;
  }
}

int main(int argc, char **argv) {
  if (argc != 5) die("device-mmap METHOD PLACE WORDS AT", 0);
  const char *method = argv[1], *place = argv[2];
  words = number(argv[3], 0);
  u32 at = number(argv[4], 0), bytes = 0;
  if (words == 0 || words > MOST) die("1 to 16384 words", 0);
  for (u32 k = 0; k < words; k++) got[k] = ~0u; /* its pages are there: no page fault is measured */
  may_use(POST_PORT, 1);
  post(POST_BEFORE);
  if (same_text(method, "ports")) by_ports((u16)number(place, 0));
  else if (same_text(method, "read-write")) by_calls(opened(place));
  else if (same_text(method, "mmap")) by_registers(mapped(place, bytes = PAGE, at));
  else if (same_text(method, "mmap-memory")) by_memory((volatile u32 *)mapped(place, bytes = BUFFER, at));
  else die(method, 0);
  u32 wrong = 0;
  for (u32 k = 0; k < words; k++) wrong += got[k] != pattern(k);
  print("wrong ");
  print_decimal(wrong);
  print("\ncalls ");
  print_decimal(calls);
  print("\n");
  if (bytes != 0) print_mapping(at);
  return 0;
}
