// Physical page numbers of this program's own pages (Linux, Documentation/admin-guide/mm/pagemap.rst).
#include "linux.h"

enum { PAGE = 4096, AT_ONCE = 64, IN_LINE = 32, PRESENT = 0x80000000 /* bit 63 */, FRAME = 0x007fffff /* bits 54-32 */ };

static u32 from, to;
static int any, ranges;

static void put_range(const char *name) {
  if (!any) return;
  if (ranges++ % IN_LINE == 0) {
    print(ranges == 1 ? "" : "\n");
    print(name);
  }
  print(" ");
  print_hex(from, 5);
  if (to != from) {
    print("-");
    print_hex(to, 5);
  }
}

static int open_pagemap(void) {
  int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd < 0) die("/proc/self/pagemap", fd);
  return fd;
}

static void entries(int fd, const void *at, u32 pages, u32 (*entry)[2]) {
  if (seek(fd, (u32)at / PAGE * 8) < 0 || read_all(fd, entry, 8 * pages) != (int)(8 * pages))
    die("/proc/self/pagemap cannot be read", 0);
}

u32 page_number(const void *at) {
  u32 entry[1][2];
  int fd = open_pagemap();
  entries(fd, at, 1, entry);
  close(fd);
  return (entry[0][1] & PRESENT) != 0 && (entry[0][1] & FRAME) == 0 ? entry[0][0] : 0;
}

void print_pages(const char *name, const void *at, u32 bytes) {
  static u32 entry[AT_ONCE][2];
  int fd = open_pagemap();
  any = ranges = 0;
  for (u32 done = 0; done < bytes / PAGE; done += AT_ONCE) {
    u32 n = bytes / PAGE - done < AT_ONCE ? bytes / PAGE - done : AT_ONCE;
    entries(fd, (const u8 *)at + done * PAGE, n, entry);
    for (u32 i = 0; i < n; i++) {
      if ((entry[i][1] & PRESENT) == 0) continue;
      u32 page = entry[i][0];
      if (any && page == to + 1) {
        to = page;
        continue;
      }
      put_range(name);
      from = to = page;
      any = 1;
    }
  }
  put_range(name);
  if (ranges == 0) print(name);
  print("\n");
  close(fd);
}
