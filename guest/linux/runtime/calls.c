// System calls by their numbers for i386 (Linux, arch/x86/entry/syscalls/syscall_32.tbl).
#include "linux.h"

enum { EXIT = 1, READ = 3, WRITE = 4, OPEN = 5, CLOSE = 6, LSEEK = 19, IOCTL = 54, NANOSLEEP = 162, POLL = 168,
       MMAP2 = 192, CLOCK_GETTIME = 265 };
enum { CLOCK_MONOTONIC = 1, PAGE_SHIFT = 12, LAST_ERROR = 4095 };

void leave(int status) {
  for (;;) kernel(EXIT, (u32)status, 0, 0, 0, 0, 0);
}

int open(const char *path, int flags) { return kernel(OPEN, (u32)path, (u32)flags, 0600, 0, 0, 0); }

int close(int fd) { return kernel(CLOSE, (u32)fd, 0, 0, 0, 0, 0); }

int read(int fd, void *to, u32 n) { return kernel(READ, (u32)fd, (u32)to, n, 0, 0, 0); }

int write(int fd, const void *from, u32 n) { return kernel(WRITE, (u32)fd, (u32)from, n, 0, 0, 0); }

int seek(int fd, u32 offset) { return kernel(LSEEK, (u32)fd, offset, 0, 0, 0, 0); }

int ioctl(int fd, u32 request, u32 argument) { return kernel(IOCTL, (u32)fd, request, argument, 0, 0, 0); }

int poll(struct pollfd *fds, u32 n, int milliseconds) {
  return kernel(POLL, (u32)fds, n, (u32)milliseconds, 0, 0, 0);
}

void *map(u32 bytes, int protection, int flags, int fd, u64 offset) {
  u32 at = (u32)kernel(MMAP2, 0, bytes, (u32)protection, (u32)flags, (u32)fd, (u32)(offset >> PAGE_SHIFT));
  return at >= (u32)-LAST_ERROR ? 0 : (void *)at;
}

int read_all(int fd, void *to, u32 n) {
  for (u32 at = 0; at < n;) {
    int got = read(fd, (u8 *)to + at, n - at);
    if (got <= 0 && got != -EINTR) return got;
    if (got > 0) at += (u32)got;
  }
  return (int)n;
}

int write_all(int fd, const void *from, u32 n) {
  for (u32 at = 0; at < n;) {
    int put = write(fd, (const u8 *)from + at, n - at);
    if (put <= 0 && put != -EINTR) return put;
    if (put > 0) at += (u32)put;
  }
  return (int)n;
}

void *pages(u32 bytes) {
  void *at = map(bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == 0) die("no memory", 0);
  return at;
}

void sleep_for(u32 us) {
  struct timespec32 t = {(i32)(us / 1000000), (i32)(us % 1000000 * 1000)};
  kernel(NANOSLEEP, (u32)&t, 0, 0, 0, 0, 0);
}

u64 nanoseconds(void) {
  struct timespec32 t = {0, 0};
  kernel(CLOCK_GETTIME, CLOCK_MONOTONIC, (u32)&t, 0, 0, 0, 0);
  return (u64)(u32)t.seconds * 1000000000u + (u32)t.nanoseconds;
}

u32 microseconds(void) {
  struct timespec32 t = {0, 0};
  kernel(CLOCK_GETTIME, CLOCK_MONOTONIC, (u32)&t, 0, 0, 0, 0);
  return (u32)t.seconds * 1000000 + (u32)t.nanoseconds / 1000;
}
