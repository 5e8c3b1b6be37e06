// registers FILE [OFFSET | OFFSET=VALUE]…: reads or writes 32-bit registers, in the order of the arguments, by
// mapping FILE: /dev/mem, or a PCI function's memory range (/sys/bus/pci/devices/…/resource0). Prints
// "OFFSET VALUE" for each read. OFFSET of /dev/mem is the address.
#include "linux.h"

enum { PAGE = 4096 };

static volatile u32 *mapped(int fd, u32 offset) {
  static u32 page = 1;
  static u8 *at;
  if (offset % 4 != 0) die("an offset is no multiple of 4", 0);
  if (page != offset / PAGE * PAGE) {
    page = offset / PAGE * PAGE;
    at = map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, page);
    if (at == 0) die("the file cannot be mapped there", 0);
  }
  return (volatile u32 *)(at + offset % PAGE);
}

int main(int argc, char **argv) {
  if (argc < 2) die("registers FILE [OFFSET | OFFSET=VALUE]...", 0);
  int fd = open(argv[1], O_RDWR | O_SYNC);
  if (fd < 0) die(argv[1], fd);
  for (int i = 2; i < argc; i++) {
    u32 offset = number(argv[i], '=');
    volatile u32 *at = mapped(fd, offset);
    const char *value = argv[i];
    while (*value != 0 && *value != '=') value++;
    if (*value == '=') {
      *at = number(value + 1, 0);
    } else {
      u32 read = *at;
      print_hex(offset, 8);
      print(" ");
      print_hex(read, 8);
      print("\n");
    }
  }
  return 0;
}
