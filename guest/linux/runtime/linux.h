// What programs of ours have under Linux for i386: system calls by int 80h, and a little on top. No C
// library. A call that fails returns minus the error's number (errno-base.h). A program is a folder
// of guest/linux with a main.c that defines `int main(int argc, char **argv)`.
#ifndef NB_LINUX_H
#define NB_LINUX_H

#include "ports.h" /* after port_access(): inb, outb, … */
#include "types.h"

/* --- start.S --- */
int kernel(int number, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f);

/* --- calls.c: as their manual pages say (section 2), for i386 --- */
enum { O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0100, O_TRUNC = 01000, O_NONBLOCK = 04000, O_DSYNC = 010000,
       O_DIRECT = 040000, O_SYNC = 04010000 };
enum { PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20 };
enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8 };
enum { EINTR = 4, EIO = 5, EAGAIN = 11, EINVAL = 22, EPIPE = 32 };

struct timespec32 {
  i32 seconds, nanoseconds;
};
struct pollfd {
  int fd;
  short events, happened;
};

void leave(int status) __attribute__((noreturn));
int open(const char *path, int flags);
int close(int fd);
int read(int fd, void *to, u32 n);
int write(int fd, const void *from, u32 n);
int seek(int fd, u32 offset); /* from the beginning */
int ioctl(int fd, u32 request, u32 argument);
int poll(struct pollfd *fds, u32 n, int milliseconds);
/* offset: bytes, a multiple of 4096. Returns 0 if it fails. */
void *map(u32 bytes, int protection, int flags, int fd, u64 offset);
/* All or nothing: returns n, or what the last call returned. */
int read_all(int fd, void *to, u32 n);
int write_all(int fd, const void *from, u32 n);
/* Zeroed pages; ends the program if there are none. */
void *pages(u32 bytes);
void sleep_for(u32 microseconds);
/* CLOCK_MONOTONIC. */
u64 nanoseconds(void);
u32 microseconds(void);

/* --- sockets.c: by socketcall --- */
enum { AF_INET = 2, SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_RAW = 3 };
enum { SOL_SOCKET = 1, SO_REUSEADDR = 2, SO_SNDBUF = 7, SO_RCVBUF = 8, SO_RCVBUFFORCE = 33 };

struct address {
  u16 family, port; /* port: network order */
  u32 ip;           /* network order */
  u8 zero[8];
};

int socket(int domain, int type, int protocol);
int bind(int fd, const struct address *to);
int connect(int fd, const struct address *to);
int send(int fd, const void *from, u32 n, int flags);
int receive(int fd, void *to, u32 n, int flags);
int send_to(int fd, const void *from, u32 n, int flags, const struct address *to);
int receive_from(int fd, void *to, u32 n, int flags, struct address *from);
int set_option(int fd, int level, int name, u32 value);
u16 network16(u16 value);
u32 network32(u32 value);
/* "10.0.2.2" and a port, as an address; the family is 0 if the text is none. */
struct address address_of(const char *ip, u16 port);

/* --- text.c --- */
/* Standard output, line by line. */
void print(const char *text);
void print_hex(u32 value, u32 digits);
void print_decimal(u32 value);
void print_digest(const u8 *bytes, u32 n);
/* "what: error 19" or, if the error is not below 0, "what", to standard error; status 1. */
void die(const char *what, int error) __attribute__((noreturn));
int same_text(const char *a, const char *b);
/* Decimal, or hexadecimal behind 0x, up to `end` or the end of the text; ends the program if it is no number. */
u32 number(const char *text, char end);

/* --- pagemap.c: as root --- */
/* Number of the physical page at an address; 0: none is there. */
u32 page_number(const void *at);
/* Lines: NAME, then the numbers of all that are there in hexadecimal, ranges as FIRST-LAST. */
void print_pages(const char *name, const void *at, u32 bytes);

/* --- files.c --- */
enum { MADV_NORMAL = 0, MADV_RANDOM = 1, MS_SYNC = 4 };

struct faults {
  u32 minor, major;
};

int fork(void);
/* Waits for a child; its status as the kernel gives it. */
int wait_for_child(int pid);
/* ends[0] is read from, ends[1] written to. */
int pipe(int ends[2]);
int unmap(void *at, u32 bytes);
int advise(void *at, u32 bytes, int advice);
int write_back(void *at, u32 bytes); /* msync, MS_SYNC */
/* One byte a page: bit 0 = it is in memory. */
int in_memory(const void *at, u32 bytes, u8 *pages);
/* Page faults of this process so far. */
struct faults faults(void);
/* A line of /proc/vmstat: its number, or 0. */
u32 kernel_count(const char *name);

/* --- marks.c --- */
/* From now on the program may use I/O ports (iopl). */
void port_access(void);
/* A mark for the host, one write to port 80h; after port_access. */
void post(u8 code);
enum { POST_BEGIN = 0xb0, POST_END = 0xb1 };

/* --- crc32.c, ../../runtime/sha256.c --- */
/* CRC-32 of IEEE 802.3: `crc` is 0 at first, then what was returned. */
u32 crc32(u32 crc, const u8 *data, u32 n);
void sha256(const u8 *data, u32 length, u8 digest[32]);

#endif
