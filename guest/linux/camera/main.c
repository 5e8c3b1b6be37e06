// camera BLOCK FUNCTION UIO BYTES: camera-stream under Linux. The parameter block is read from the file BLOCK and
// written back there. FUNCTION is the camera's folder in /sys/bus/pci/devices: registers are mapped from its resource0,
// and INTx is switched on again through its config, since uio_pci_generic leaves it off after each interrupt. Ring and
// buffers are the BYTES of /dev/mem at the block's `memory`, which the kernel must have been kept from (memmap=).
#include "../../camera-stream/stream.h"
#include "linux.h"

enum { COMMAND = 4, MEMORY_SPACE = 2, BUS_MASTER = 4, INTX_DISABLE = 0x400 };

static struct camera_stream parameters;
static int uio, config;
static u16 command;

/* Registers stay as they are; bus mastering on, INTx on. */
static void let_interrupt(void) {
  if (seek(config, COMMAND) < 0 || write(config, &command, 2) != 2) die("the function's config cannot be written", 0);
}

static void wait_for_camera(void) {
  u32 count;
  int got = read(uio, &count, sizeof(count));
  if (got != sizeof(count)) die("no interrupt from UIO", got);
  if (!camera_asks()) block->spurious++;
  let_interrupt();
}

u32 fail(u32 status, u32 detail) {
  block->header.detail = detail;
  return status;
}

/* FUNCTION/name */
static int open_in(const char *folder, const char *name, int flags) {
  static char path[256];
  u32 n = 0;
  for (; *folder != 0 && n < 200; folder++) path[n++] = *folder;
  for (; *name != 0 && n < 255; name++) path[n++] = *name;
  path[n] = 0;
  int fd = open(path, flags);
  if (fd < 0) die(path, fd);
  return fd;
}

static void *mapped(int fd, u32 bytes, u32 offset) {
  void *at = map(bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
  if (at == 0) die(offset == 0 ? "the registers cannot be mapped" : "/dev/mem cannot be mapped there", 0);
  return at;
}

int main(int argc, char **argv) {
  if (argc != 5) die("camera BLOCK FUNCTION UIO BYTES", 0);
  struct camera_stream *s = block = &parameters;
  int file = open(argv[1], O_RDWR);
  if (file < 0) die(argv[1], file);
  if (read_all(file, s, sizeof(*s)) != sizeof(*s) || s->header.program != NB_PROGRAM_CAMERA_STREAM)
    die("this is no block of camera-stream", 0);
  config = open_in(argv[2], "/config", O_RDWR);
  camera.card.registers = mapped(open_in(argv[2], "/resource0", O_RDWR | O_SYNC), CAMERA_PAGE, 0);
  uio = open_in(argv[3], "", O_RDWR);
  if (seek(config, COMMAND) < 0 || read(config, &command, 2) != 2) die("the function's config cannot be read", 0);
  command = (command | MEMORY_SPACE | BUS_MASTER) & ~INTX_DISABLE;
  let_interrupt();
  port_access();
  u32 bytes = number(argv[4], 0), status = refused(s);
  if (status == 0) {
    // Cacheable: PCI is snooped.
    u32 memory = (u32)mapped(open_in("/dev/mem", "", O_RDWR), bytes, s->memory);
    camera_set_up(&camera, memory, s->memory, s->entries);
    status = measured(s);
  }
  s->header.status = status;
  if (seek(file, 0) < 0 || write_all(file, s, sizeof(*s)) != sizeof(*s)) die(argv[1], 0);
  return 0;
}
