// udp IP echo|send|receive BYTES SIZE WINDOW [INTERVAL [SEED]]: moves BYTES in datagrams of SIZE bytes (4 to 1472) to a
// host with the services of src/hw/net/README.md, and checks what comes back. echo: to port 7 and back, with at
// most WINDOW datagrams under way; send: to port 9, a report each WINDOW datagrams; receive: from
// port 19, INTERVAL ns from one to the next. Prints "MODE DATAGRAMS BYTES LOST CRC", the CRC-32 of the payloads
// that arrived, in order. A stream is over with its last or an empty datagram, or if nothing came for two seconds.
// Status 1 if a payload is wrong or nothing came.
#include "linux.h"

enum { PATIENCE = 2000 /* ms */ };
enum { ECHO = 7, SINK = 9, STREAM = 19, MOST = 1472, HEAD = 4 };

static u8 out[MOST], in[MOST + 4];
static const char *host;
static u32 seed = 0x4e42;

// The payload of a number: src/hw/net/payload.ts.
static void fill(u8 *to, u32 size, u32 number_of) {
  u32 x = (seed ^ (number_of * 0x9e3779b9u)) | 1;
  for (u32 k = 0; k < HEAD && k < size; k++) to[k] = (u8)(number_of >> (24 - 8 * k));
  for (u32 at = HEAD; at < size; at += 4) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    for (u32 k = 0; k < 4 && at + k < size; k++) to[at + k] = (u8)(x >> (8 * k));
  }
}

static void put(u8 *to, u32 value, u32 bytes) {
  while (bytes-- > 0) {
    to[bytes] = (u8)value;
    value >>= 8;
  }
}

static u32 get(const u8 *from) {
  return (u32)from[0] << 24 | (u32)from[1] << 16 | (u32)from[2] << 8 | from[3];
}

static int port(u16 number_of) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) die("socket", fd);
  set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20);
  struct address to = address_of(host, number_of);
  int status = connect(fd, &to);
  if (status < 0) die("connect", status);
  return fd;
}

static void send_one(int fd, u32 size) {
  int status = send(fd, out, size, 0);
  if (status != (int)size) die("send", status);
}

// The next datagram; its size, or 0 if it is empty or none comes.
static u32 receive_one(int fd) {
  struct pollfd wait = { fd, POLLIN, 0 };
  if (poll(&wait, 1, PATIENCE) <= 0) return 0;
  int size = receive(fd, in, sizeof in, 0);
  if (size < 0) die("receive", size);
  return (u32)size;
}

static u32 datagrams, bytes, next, crc;

// A numbered payload has arrived: it must be what its number says, and later than the one before.
static void take(u32 size) {
  u32 sequence = get(in);
  if (size < HEAD || sequence < next) die("a datagram came twice or late", 0);
  fill(out, size, sequence);
  for (u32 k = 0; k < size; k++)
    if (in[k] != out[k]) die("a payload is wrong", 0);
  crc = crc32(crc, in, size);
  next = sequence + 1;
  datagrams++;
  bytes += size;
}

static u32 size_of(u32 sequence, u32 total, u32 size) {
  u32 left = total - sequence * size;
  return left < size ? left : size;
}

static void echo(u32 total, u32 size, u32 window) {
  int fd = port(ECHO);
  u32 count = (total + size - 1) / size, sent = 0;
  while (next < count) {
    for (; sent < count && sent - next < window; sent++) {
      u32 n = size_of(sent, total, size);
      fill(out, n, sent);
      send_one(fd, n);
    }
    u32 got = receive_one(fd);
    if (got == 0) die("no echo", 0);
    take(got);
  }
}

static void send_all(u32 total, u32 size, u32 window) {
  int fd = port(SINK);
  u32 count = (total + size - 1) / size, mine = 0;
  for (u32 sent = 0; sent < count;) {
    u32 sum = 0;
    for (u32 k = 0; k < window && sent < count; k++, sent++) {
      u32 n = size_of(sent, total, size);
      fill(out, n, sent);
      sum = crc32(sum, out, n);
      mine = crc32(mine, out, n);
      send_one(fd, n);
    }
    send_one(fd, 0);
    if (receive_one(fd) != 12) die("no report", 0);
    datagrams += get(in);
    bytes += get(in + 4);
    if (get(in + 8) != sum) die("the other end has other bytes", 0);
  }
  crc = mine;
}

static void receive_all(u32 total, u32 size, u32 interval) {
  int fd = port(STREAM);
  put(out, total, 4);
  put(out + 4, size, 2);
  put(out + 6, interval, 4);
  put(out + 10, seed, 4);
  send_one(fd, 14);
  u32 count = (total + size - 1) / size;
  while (next < count) {
    u32 got = receive_one(fd);
    if (got == 0) break;
    take(got);
  }
}

int main(int argc, char **argv) {
  if (argc < 6) die("udp IP echo|send|receive BYTES SIZE WINDOW [INTERVAL [SEED]]", 0);
  host = argv[1];
  u32 total = number(argv[3], 0), size = number(argv[4], 0), window = number(argv[5], 0);
  if (size < HEAD || size > MOST || window == 0 || total == 0) die("no such datagrams", 0);
  if (argc > 7) seed = number(argv[7], 0);
  if (same_text(argv[2], "echo")) echo(total, size, window);
  else if (same_text(argv[2], "send")) send_all(total, size, window);
  else if (same_text(argv[2], "receive")) receive_all(total, size, argc > 6 ? number(argv[6], 0) : 0);
  else die("echo, send or receive", 0);
  print(argv[2]);
  print(" ");
  print_decimal(datagrams);
  print(" ");
  print_decimal(bytes);
  print(" ");
  print_decimal((total + size - 1) / size - datagrams);
  print(" ");
  print_hex(crc, 8);
  print("\n");
  return datagrams == 0;
}
