// play DEVICE FILE RATE PERIOD PERIODS: plays samples of 16 bits, one channel, through an ALSA device, as
// include/uapi/sound/asound.h has its requests. PERIOD is in frames: as many to an interrupt.
#include "linux.h"

enum { FORMAT_S16_LE = 2, ACCESS_RW_INTERLEAVED = 3, SUBFORMAT_STD = 0 };
/* Masks and intervals by their numbers; intervals are counted from SAMPLE_BITS. */
enum { MASK_ACCESS, MASK_FORMAT, MASK_SUBFORMAT, MASKS };
enum { CHANNELS = 2, RATE = 3, PERIOD_SIZE = 5, PERIODS = 7, INTERVALS = 12 };

struct mask {
  u32 bits[8];
};
struct interval {
  u32 least, most, kind;
};
struct hw_params {
  u32 flags;
  struct mask masks[MASKS], masks_reserved[5];
  struct interval intervals[INTERVALS], intervals_reserved[9];
  u32 requested, changed, info, significant_bits, rate_numerator, rate_denominator, fifo;
  u8 reserved[64];
};

#define REQUEST(direction, number, size) ((u32)(direction) << 30 | (u32)(size) << 16 | 'A' << 8 | (number))
#define HW_PARAMS REQUEST(3, 0x11, sizeof(struct hw_params))
#define PREPARE REQUEST(0, 0x40, 0)
#define DRAIN REQUEST(0, 0x44, 0)

enum { PIECE = 65536, BYTES_A_FRAME = 2 };

static struct hw_params hw;

static void only(struct interval *i, u32 value) {
  i->least = i->most = value;
  i->kind = 4; /* a whole number */
}

int main(int argc, char **argv) {
  if (argc != 6) die("play DEVICE FILE RATE PERIOD PERIODS", 0);
  int file = open(argv[2], O_RDONLY);
  if (file < 0) die(argv[2], file);
  int fd = open(argv[1], O_WRONLY);
  if (fd < 0) die(argv[1], fd);
  hw.masks[MASK_ACCESS].bits[0] = 1u << ACCESS_RW_INTERLEAVED;
  hw.masks[MASK_FORMAT].bits[0] = 1u << FORMAT_S16_LE;
  hw.masks[MASK_SUBFORMAT].bits[0] = 1u << SUBFORMAT_STD;
  for (u32 i = 0; i < INTERVALS; i++) hw.intervals[i].most = ~0u;
  only(&hw.intervals[CHANNELS], 1);
  only(&hw.intervals[RATE], number(argv[3], 0));
  only(&hw.intervals[PERIOD_SIZE], number(argv[4], 0));
  only(&hw.intervals[PERIODS], number(argv[5], 0));
  hw.requested = ~0u;
  int error = ioctl(fd, HW_PARAMS, (u32)&hw);
  if (error < 0) die("HW_PARAMS", error);
  error = ioctl(fd, PREPARE, 0);
  if (error < 0) die("PREPARE", error);
  u8 *samples = pages(PIECE);
  for (;;) {
    int n = read(file, samples, PIECE);
    if (n < 0) die(argv[2], n);
    if (n == 0) break;
    error = write_all(fd, samples, (u32)n / BYTES_A_FRAME * BYTES_A_FRAME);
    if (error < 0) die("the device took no more", error);
  }
  error = ioctl(fd, DRAIN, 0);
  if (error < 0) die("DRAIN", error);
  return 0;
}
