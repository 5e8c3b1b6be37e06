// Sockets by socketcall (include/uapi/linux/net.h).
#include "linux.h"

enum { SOCKETCALL = 102 };
enum { SOCKET = 1, BIND = 2, CONNECT = 3, SEND = 9, RECV = 10, SENDTO = 11, RECVFROM = 12, SETSOCKOPT = 14 };

static int call(u32 which, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f) {
  u32 arguments[6] = {a, b, c, d, e, f};
  return kernel(SOCKETCALL, which, (u32)arguments, 0, 0, 0, 0);
}

int socket(int domain, int type, int protocol) {
  return call(SOCKET, (u32)domain, (u32)type, (u32)protocol, 0, 0, 0);
}

int bind(int fd, const struct address *to) { return call(BIND, (u32)fd, (u32)to, sizeof *to, 0, 0, 0); }

int connect(int fd, const struct address *to) { return call(CONNECT, (u32)fd, (u32)to, sizeof *to, 0, 0, 0); }

int send(int fd, const void *from, u32 n, int flags) { return call(SEND, (u32)fd, (u32)from, n, (u32)flags, 0, 0); }

int receive(int fd, void *to, u32 n, int flags) { return call(RECV, (u32)fd, (u32)to, n, (u32)flags, 0, 0); }

int send_to(int fd, const void *from, u32 n, int flags, const struct address *to) {
  return call(SENDTO, (u32)fd, (u32)from, n, (u32)flags, (u32)to, sizeof *to);
}

int receive_from(int fd, void *to, u32 n, int flags, struct address *from) {
  u32 size = sizeof *from;
  return call(RECVFROM, (u32)fd, (u32)to, n, (u32)flags, (u32)from, (u32)&size);
}

int set_option(int fd, int level, int name, u32 value) {
  return call(SETSOCKOPT, (u32)fd, (u32)level, (u32)name, (u32)&value, sizeof value, 0);
}

u16 network16(u16 value) { return (u16)(value >> 8 | value << 8); }

u32 network32(u32 value) { return __builtin_bswap32(value); }

struct address address_of(const char *ip, u16 port) {
  struct address a = {0, network16(port), 0, {0}};
  u32 value = 0, part = 0, parts = 1, digits = 0;
  for (;; ip++) {
    if (*ip >= '0' && *ip <= '9') {
      part = part * 10 + (u32)(*ip - '0');
      digits++;
    } else {
      if (digits == 0 || digits > 3 || part > 255) return a;
      value = value << 8 | part;
      part = digits = 0;
      if (*ip == 0) break;
      if (*ip != '.') return a;
      parts++;
    }
  }
  if (parts != 4) return a;
  a.family = AF_INET;
  a.ip = network32(value);
  return a;
}
