// fdformat DEVICE [TRACKS]: formats tracks of a floppy disk from the first on, as fdformat(8) does, by the floppy
// driver's own calls (linux/fd.h: FDFMTBEG, FDFMTTRK, FDFMTEND).
#include "linux.h"

enum { FDFMTBEG = 0x0247, FDFMTEND = 0x0249, FDFMTTRK = 0x400c0248, HEADS = 2 };

struct format_descr {
  u32 device, head, track;
};

int main(int argc, char **argv) {
  if (argc < 2) die("fdformat DEVICE [TRACKS]", 0);
  u32 tracks = argc > 2 ? number(argv[2], 0) : 160;
  // Access mode 3: for ioctl alone; the driver does not look at what is on the disk.
  int fd = open(argv[1], 3);
  if (fd < 0) die(argv[1], fd);
  int error = ioctl(fd, FDFMTBEG, 0);
  if (error < 0) die("FDFMTBEG", error);
  for (u32 n = 0; n < tracks; n++) {
    struct format_descr track = {0, n % HEADS, n / HEADS};
    error = ioctl(fd, FDFMTTRK, (u32)&track);
    if (error < 0) die("FDFMTTRK", error);
  }
  error = ioctl(fd, FDFMTEND, 0);
  if (error < 0) die("FDFMTEND", error);
  print_decimal(tracks);
  print(" tracks\n");
  return 0;
}
