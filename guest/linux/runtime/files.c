// Processes, mappings, and what the kernel counts of them: system calls by their numbers for i386.
#include "linux.h"

enum { FORK = 2, WAITPID = 7, PIPE = 42, GETRUSAGE = 77, MUNMAP = 91, MSYNC = 144, MINCORE = 218, MADVISE = 219 };

int fork(void) { return kernel(FORK, 0, 0, 0, 0, 0, 0); }

int wait_for_child(int pid) {
  int status = -1, error;
  do error = kernel(WAITPID, (u32)pid, (u32)&status, 0, 0, 0, 0);
  while (error == -EINTR);
  return error < 0 ? error : status;
}

int pipe(int ends[2]) { return kernel(PIPE, (u32)ends, 0, 0, 0, 0, 0); }

int unmap(void *at, u32 bytes) { return kernel(MUNMAP, (u32)at, bytes, 0, 0, 0, 0); }

int advise(void *at, u32 bytes, int advice) { return kernel(MADVISE, (u32)at, bytes, (u32)advice, 0, 0, 0); }

int write_back(void *at, u32 bytes) { return kernel(MSYNC, (u32)at, bytes, MS_SYNC, 0, 0, 0); }

int in_memory(const void *at, u32 bytes, u8 *pages) { return kernel(MINCORE, (u32)at, bytes, (u32)pages, 0, 0, 0); }

struct faults faults(void) {
  /* struct rusage: two times, maxrss, ixrss, idrss, isrss, minflt, majflt, ... */
  u32 usage[18] = {0};
  kernel(GETRUSAGE, 0, (u32)usage, 0, 0, 0, 0);
  return (struct faults){usage[8], usage[9]};
}

u32 kernel_count(const char *name) {
  static char text[8192];
  int fd = open("/proc/vmstat", O_RDONLY);
  if (fd < 0) die("/proc/vmstat", fd);
  u32 n = 0;
  for (int got; n < sizeof(text) - 1 && (got = read(fd, text + n, sizeof(text) - 1 - n)) > 0;) n += (u32)got;
  close(fd);
  text[n] = 0;
  for (const char *line = text; *line != 0;) {
    const char *a = line, *b = name;
    while (*b != 0 && *a == *b) a++, b++;
    if (*b == 0 && *a == ' ') return number(a + 1, '\n');
    while (*line != 0 && *line++ != '\n');
  }
  return 0;
}
