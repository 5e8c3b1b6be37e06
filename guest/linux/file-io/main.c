// file-io METHOD FILE BYTES ADVICE CACHE: reads the first BYTES (a multiple of 4096) of FILE between the two marks.
// METHOD: read (into a buffer of 128 KiB), direct (the same past the page cache), mmap. ADVICE: normal, or random, so
// that the kernel reads no more than is touched. CACHE: cold, or warm: the file is read once before. Inside, the first
// page is touched alone, between two marks of its own. Then what is counted is told: `digest`, `faults MINOR MAJOR`,
// `paged-in KIB`, `resident PAGES`, and physical pages of `buffer` and `file`; and with mmap what sharing means.
#include "linux.h"

enum { PAGE = 4096, CHUNK = 128 * 1024, DIRTY = 16 };
enum { POST_TOUCH = 0xb2, POST_TOUCHED = 0xb3, POST_STORE = 0xb4, POST_SEEN = 0xb5, POST_WRITE_BACK = 0xb6,
       POST_WRITTEN = 0xb7 };
enum { FADVISE64 = 250, FADV_RANDOM = 1 };
static const u32 WORD = 0x4e425345;

static u32 digest = 0x811c9dc5;

/* FNV-1a by dwords. */
static void work(const void *at, u32 bytes) {
  const u32 *words = at;
  for (u32 n = 0; n < bytes / 4; n++) digest = (digest ^ words[n]) * 0x01000193;
}

static int opened(const char *path, int flags) {
  int fd = open(path, flags);
  if (fd < 0) die(path, fd);
  return fd;
}

static void by_read(int fd, u8 *buffer, u32 bytes) {
  int got = read_all(fd, buffer, bytes);
  if (got != (int)bytes) die("the file is too short", got);
  work(buffer, bytes);
}

static void *mapped(int fd, u32 bytes, int protection) {
  void *at = map(bytes, protection, MAP_SHARED, fd, 0);
  if (at == 0) die("the file cannot be mapped", 0);
  return at;
}

static void value(const char *name, u32 number) {
  print(name);
  print(" ");
  print_decimal(number);
  print("\n");
}

/* Pages of the file that are in memory, without bringing others there. */
static void tell_file(const char *path, u32 bytes) {
  int fd = opened(path, O_RDONLY);
  u8 *at = mapped(fd, bytes, PROT_READ);
  u8 *there = pages((bytes / PAGE + PAGE - 1) / PAGE * PAGE);
  u32 resident = 0;
  advise(at, bytes, MADV_RANDOM);
  if (in_memory(at, bytes, there) < 0) die("mincore", 0);
  for (u32 n = 0; n < bytes / PAGE; n++) {
    if ((there[n] & 1) == 0) continue;
    resident++;
    (void)*(volatile u8 *)(at + n * PAGE);
  }
  value("resident", resident);
  print_pages("file", at, bytes);
  unmap(at, bytes);
  close(fd);
}

/* Two processes, the page cache and read: the same pages. */
static void share(const char *path, u32 bytes) {
  int fd = opened(path, O_RDWR);
  u32 dirty = bytes / PAGE < DIRTY ? bytes / PAGE : DIRTY;
  volatile u32 *at = mapped(fd, bytes, PROT_READ | PROT_WRITE);
  u32 own = page_number((u8 *)at + 0 * at[0]), before = kernel_count("pgpgout");
  post(POST_STORE);
  at[1] = WORD;
  int child = fork();
  if (child == 0) {
    static u32 words[2];
    int other = opened(path, O_RDONLY);
    if (read_all(other, words, 8) != 8) die("the file is too short", 0);
    post(POST_SEEN);
    print(words[1] == WORD ? "seen yes\n" : "seen no\n");
    volatile u32 *again = mapped(other, bytes, PROT_READ);
    u32 page = again[1] == WORD ? page_number((void *)again) : 0;
    print("pages ");
    print_hex(own, 5);
    print(" ");
    print_hex(page, 5);
    print("\n");
    leave(0);
  }
  if (child < 0 || wait_for_child(child) != 0) die("the other process", child);
  for (u32 n = 1; n < dirty; n++) at[n * PAGE / 4 + 1] = WORD;
  post(POST_WRITE_BACK);
  int error = write_back((void *)at, bytes);
  post(POST_WRITTEN);
  if (error < 0) die("msync", error);
  value("dirty", dirty);
  value("paged-out", kernel_count("pgpgout") - before);
}

int main(int argc, char **argv) {
  if (argc != 6) die("file-io METHOD FILE BYTES ADVICE CACHE", 0);
  const char *method = argv[1], *path = argv[2];
  u32 bytes = number(argv[3], 0), random = (u32)same_text(argv[4], "random");
  int is_map = same_text(method, "mmap"), is_direct = same_text(method, "direct");
  if (bytes == 0 || bytes % PAGE != 0) die("BYTES is no multiple of 4096", 0);
  port_access();
  u8 *buffer = pages(CHUNK);
  for (u32 n = 0; n < CHUNK; n += PAGE) buffer[n] = 1;
  if (same_text(argv[5], "warm")) {
    int fd = opened(path, O_RDONLY);
    by_read(fd, buffer, PAGE);
    for (u32 done = PAGE; done < bytes; done += CHUNK) by_read(fd, buffer, bytes - done < CHUNK ? bytes - done : CHUNK);
    close(fd);
    digest = 0x811c9dc5;
  }
  int fd = opened(path, is_direct ? O_RDONLY | O_DIRECT : O_RDONLY);
  if (random) kernel(FADVISE64, (u32)fd, 0, 0, bytes, FADV_RANDOM, 0);
  u32 in = kernel_count("pgpgin");
  struct faults before = faults();

  post(POST_BEGIN);
  if (is_map) {
    const u8 *at = mapped(fd, bytes, PROT_READ);
    if (random) advise((void *)at, bytes, MADV_RANDOM);
    post(POST_TOUCH);
    work(at, PAGE);
    post(POST_TOUCHED);
    work(at + PAGE, bytes - PAGE);
  } else {
    post(POST_TOUCH);
    by_read(fd, buffer, PAGE);
    post(POST_TOUCHED);
    for (u32 done = PAGE; done < bytes; done += CHUNK) by_read(fd, buffer, bytes - done < CHUNK ? bytes - done : CHUNK);
  }
  post(POST_END);

  struct faults after = faults();
  in = kernel_count("pgpgin") - in;
  print("digest ");
  print_hex(digest, 8);
  print("\n");
  value("minor", after.minor - before.minor);
  value("major", after.major - before.major);
  value("paged-in", in);
  print_pages("buffer", buffer, CHUNK);
  tell_file(path, bytes);
  if (is_map) share(path, bytes);
  return 0;
}
