// direct-io METHOD FILE BYTES SWAP: reads the first BYTES (a multiple of 4096) of FILE into a buffer of its own between
// the two marks, by METHOD: buffered, or direct (O_DIRECT). Tells `digest`, `minor`, `major`, `paged-in` (KiB), and
// the physical pages of `buffer` and `file`. With direct it then reads once more, by asynchronous I/O, and while that is
// under way asks the kernel to reclaim the buffer and another one that no device is told of, to the swap file SWAP:
// `flying`, pages written to swap of either (`pinned-out`, `other-out`), pages of the buffer that are where they were
// (`stayed`), the same once it is over (`free-out`), and the digest again (`digest-again`).
#include "linux.h"

enum { PAGE = 4096, IO_SETUP = 245, IO_GETEVENTS = 247, IO_SUBMIT = 248, SWAPON = 87, MADV_PAGEOUT = 21 };

/* Linux, include/uapi/linux/aio_abi.h. */
struct iocb {
  u64 data;
  u32 key, rw_flags;
  u16 opcode, priority;
  u32 fd;
  u64 buffer, bytes, offset, reserved;
  u32 flags, resfd;
};
struct io_event {
  u64 data, request;
  u32 result[2], result2[2];
};

static u32 digest_of(const void *at, u32 bytes) {
  const u32 *words = at;
  u32 digest = 0x811c9dc5;
  for (u32 n = 0; n < bytes / 4; n++) digest = (digest ^ words[n]) * 0x01000193;
  return digest;
}

static void value(const char *name, u32 number) {
  print(name);
  print(" ");
  print_decimal(number);
  print("\n");
}

static void digest(const char *name, const void *at, u32 bytes) {
  print(name);
  print(" ");
  print_hex(digest_of(at, bytes), 8);
  print("\n");
}

static int opened(const char *path, int flags) {
  int fd = open(path, flags);
  if (fd < 0) die(path, fd);
  return fd;
}

static u8 *buffer_of(u32 bytes) {
  u8 *at = pages(bytes);
  for (u32 n = 0; n < bytes; n += PAGE) at[n] = 1;
  return at;
}

/* Physical pages, into `numbers`; pages that are not there are touched. */
static void where(const u8 *at, u32 bytes, u32 *numbers) {
  for (u32 n = 0; n < bytes / PAGE; n++) {
    (void)*(const volatile u8 *)(at + n * PAGE);
    numbers[n] = page_number(at + n * PAGE);
  }
}

/* Pages written to swap by asking for these to be reclaimed. */
static u32 reclaimed(u8 *at, u32 bytes) {
  u32 before = kernel_count("pswpout");
  int error = advise(at, bytes, MADV_PAGEOUT);
  if (error < 0) die("MADV_PAGEOUT", error);
  return kernel_count("pswpout") - before;
}

static int events(u32 context, u32 least, struct io_event *event) {
  struct timespec32 none = {0, 0};
  return kernel(IO_GETEVENTS, context, least, 1, (u32)event, least == 0 ? (u32)&none : 0, 0);
}

/* Pages that a device is writing to, while the kernel would like to have them. */
static void pinned(int fd, u8 *buffer, u32 bytes, const char *swap) {
  static struct io_event event;
  u32 context = 0;
  u32 *before = (u32 *)pages(bytes), *after = (u32 *)pages(bytes);
  u8 *other = buffer_of(bytes);
  int error = kernel(SWAPON, (u32)swap, 0, 0, 0, 0, 0);
  if (error < 0) die("swapon", error);
  error = kernel(IO_SETUP, 1, (u32)&context, 0, 0, 0, 0);
  if (error < 0) die("io_setup", error);
  where(buffer, bytes, before);
  for (u32 n = 0; n < bytes; n++) buffer[n] = 0;
  struct iocb request = {.fd = (u32)fd, .buffer = (u32)buffer, .bytes = bytes}, *requests[1] = {&request};
  error = kernel(IO_SUBMIT, context, 1, (u32)requests, 0, 0, 0);
  if (error != 1) die("io_submit", error);
  u32 of_pinned = reclaimed(buffer, bytes), of_other = reclaimed(other, bytes);
  int flying = events(context, 0, &event) == 0;
  if (flying && events(context, 1, &event) != 1) die("io_getevents", 0);
  if (event.result[0] != bytes) die("the asynchronous read came short", (int)event.result[0]);
  where(buffer, bytes, after);
  u32 stayed = 0;
  for (u32 n = 0; n < bytes / PAGE; n++) stayed += before[n] != 0 && before[n] == after[n];
  print(flying ? "flying yes\n" : "flying no\n");
  value("pinned-out", of_pinned);
  value("other-out", of_other);
  value("stayed", stayed);
  value("free-out", reclaimed(buffer, bytes));
  digest("digest-again", buffer, bytes);
}

int main(int argc, char **argv) {
  if (argc != 5) die("direct-io METHOD FILE BYTES SWAP", 0);
  int is_direct = same_text(argv[1], "direct");
  u32 bytes = number(argv[3], 0);
  if (bytes == 0 || bytes % PAGE != 0) die("BYTES is no multiple of 4096", 0);
  port_access();
  u8 *buffer = buffer_of(bytes);
  /* Its last page first, past the page cache: then the file system knows where all the others are. */
  int direct = opened(argv[2], O_RDONLY | O_DIRECT);
  if (seek(direct, bytes - PAGE) < 0 || read(direct, buffer, PAGE) != PAGE) die("the file is too short", 0);
  seek(direct, 0);
  int fd = is_direct ? direct : opened(argv[2], O_RDONLY);
  u32 in = kernel_count("pgpgin");
  struct faults before = faults();

  post(POST_BEGIN);
  int got = read_all(fd, buffer, bytes);
  post(POST_END);

  struct faults after = faults();
  in = kernel_count("pgpgin") - in;
  if (got != (int)bytes) die("the file is too short", got);
  digest("digest", buffer, bytes);
  value("minor", after.minor - before.minor);
  value("major", after.major - before.major);
  value("paged-in", in);
  print_pages("buffer", buffer, bytes);
  if (is_direct) {
    pinned(fd, buffer, bytes, argv[4]);
  } else {
    const u8 *at = map(bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (at == 0) die("the file cannot be mapped", 0);
    for (u32 n = 0; n < bytes; n += PAGE) (void)*(const volatile u8 *)(at + n);
    print_pages("file", at, bytes);
  }
  return 0;
}
