// A disk driver with one mistake, as a bare-metal test program: writes a sector, reads it back, says on COM1
// and at the exit port (QEMU's isa-debug-exit, F4h) whether they are equal. Built with -DWAIT it makes no mistake.
//
// The mistake: after WRITE SECTORS the drive is busy, and asks for the data by DRQ when it wants them (ATA-6 §9.6,
// PIO data-out). This driver sends them at once.
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

static inline void outb(u16 port, u8 value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
static inline void outw(u16 port, u16 value) { __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port)); }
static inline u8 inb(u16 port) {
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
static inline u16 inw(u16 port) {
  u16 value;
  __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

enum { COM1 = 0x3f8, ATA = 0x1f0, EXIT = 0xf4 };
enum { DATA = ATA, COUNT = ATA + 2, LBA = ATA + 3, DEVICE = ATA + 6, STATUS = ATA + 7, COMMAND = ATA + 7 };
enum { ERR = 0x01, DRQ = 0x08, BSY = 0x80 };
enum { READ_SECTORS = 0x20, WRITE_SECTORS = 0x30 };
enum { PASS = 0x10, FAIL = 0x11 };
enum { SECTOR = 7, WORDS = 256, PATIENCE = 1000000 };

static void open_console(void) {
  outb(COM1 + 3, 0x83); // DLAB, 8 bits
  outb(COM1 + 0, 1);    // 115200 baud
  outb(COM1 + 1, 0);
  outb(COM1 + 3, 0x03);
}

static void print(const char *text) {
  for (; *text != 0; text++) {
    while ((inb(COM1 + 5) & 0x20) == 0) {}
    outb(COM1, (u8)*text);
  }
}

static void command(u8 code) {
  outb(DEVICE, 0xe0); // master, LBA
  outb(COUNT, 1);
  outb(LBA + 0, SECTOR);
  outb(LBA + 1, 0);
  outb(LBA + 2, 0);
  outb(COMMAND, code);
}

// Waits till the drive is not busy and the bits are set. 0: it never was.
static int wait_for(u8 bits) {
  for (int i = 0; i < PATIENCE; i++) {
    u8 status = inb(STATUS);
    if ((status & BSY) == 0 && (status & bits) == bits) return (status & ERR) == 0;
  }
  return 0;
}

static int write_sector(const u16 *data) {
  command(WRITE_SECTORS);
#ifdef WAIT
  if (!wait_for(DRQ)) return 0;
#endif
  for (int i = 0; i < WORDS; i++) outw(DATA, data[i]);
  // Done when it neither is busy nor asks for data.
  for (int i = 0; i < PATIENCE; i++)
    if ((inb(STATUS) & (BSY | DRQ)) == 0) return 1;
  return 0;
}

static int read_sector(u16 *data) {
  command(READ_SECTORS);
  if (!wait_for(DRQ)) return 0;
  for (int i = 0; i < WORDS; i++) data[i] = inw(DATA);
  return 1;
}

static void finish(const char *text, u8 code) {
  print(text);
  outb(EXIT, code);
  for (;;) __asm__ volatile("cli; hlt");
}

static u16 written[WORDS], found[WORDS];

void run(void) {
  open_console();
  if (!wait_for(0)) finish("no drive\n", FAIL);
  for (int i = 0; i < WORDS; i++) written[i] = (u16)(i * 0x0101 + 0x1357);
  if (!write_sector(written)) finish("the drive never finished the write\n", FAIL);
  if (!read_sector(found)) finish("the sector cannot be read\n", FAIL);
  for (int i = 0; i < WORDS; i++)
    if (found[i] != written[i]) finish("the sector has other data\n", FAIL);
  finish("the sector has the data that were written\n", PASS);
}

// The multiboot header, and the entry: flat protected mode, interrupts off.
__asm__(".section .multiboot, \"a\"\n"
        ".balign 4\n"
        ".long 0x1badb002, 0, -0x1badb002\n"
        ".text\n"
        ".globl _start\n"
        "_start: movl $stack_top, %esp\n"
        "        call run\n"
        "        .section .bss\n"
        "        .balign 16\n"
        "        .space 4096\n"
        "stack_top:\n"
        ".text\n");
