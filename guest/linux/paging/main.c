// paging PROCESSES PAGES ROUNDS CHANGE ORDER MARKS: that many processes, each with so many pages of its own, go through
// them so many times, all at once; in each round every CHANGEth page is changed (0: none). ORDER is `forward` or
// `random`. A page holds what tells it from any other, and how often it was changed; each use checks that. With MARKS 1
// there are POST_BEGIN before the first use, POST_END when the last process is done, POST_QUIET when nothing is on its
// way to the disk any more. Prints what the kernel counted up to then, and the processes' own faults.
#include "linux.h"

enum { PAGE = 4096, WORDS = PAGE / 4, USED = 64, MOST_PROCESSES = 16 };
enum { POST_QUIET = 0xb2 };
/* With nothing else to do, the kernel has written what it began to write within this time (microseconds). */
enum { SETTLE = 500000 };

/* Shared by all processes; one word is written by one of them only. */
struct together {
  volatile u32 ready[MOST_PROCESSES], wrong[MOST_PROCESSES], uses[MOST_PROCESSES], missed[MOST_PROCESSES];
  volatile struct faults faults[MOST_PROCESSES];
};

static struct together *together;
static u32 pages_each, rounds, change;
static int in_random_order;
/* Children wait at its end: asleep, they use no page. */
static int gate[2];

static u32 stamp(u32 process, u32 page, u32 version) { return process << 28 ^ page << 12 ^ version; }

/* The first words of the page are its stamp, each with its own number. */
static void fill(u32 *page, u32 stamp) {
  for (u32 i = 0; i < USED; i++) page[i * (WORDS / USED)] = stamp ^ i << 4;
}

static u32 differs(const u32 *page, u32 stamp) {
  u32 wrong = 0;
  for (u32 i = 0; i < USED; i++) wrong |= page[i * (WORDS / USED)] ^ (stamp ^ i << 4);
  return wrong != 0;
}

/* Numbers below `span`, a power of two, each once: forward, or by a step that scatters them and is another one for each
 * `from`: with the same one, what was evicted together would be wanted together. */
static u32 nth(u32 n, u32 span, u32 from) {
  return in_random_order ? (n * ((2 * from + 1) * 2654435761u) + from * 40503u) & (span - 1) : n;
}

static void work(u32 process) {
  u32 *memory = pages(pages_each * PAGE), span = 1;
  while (span < pages_each) span *= 2;
  for (u32 n = 0; n < pages_each; n++) fill(memory + n * WORDS, stamp(process, n, 0));
  u8 *version = pages(pages_each);
  for (u32 n = 0; n < pages_each; n += PAGE) version[n] = 0;
  u8 go;
  together->ready[process] = 1;
  if (read(gate[0], &go, 1) != 1) leave(1);
  struct faults before = faults(), after = before;
  u32 wrong = 0, uses = 0, missed = 0;
  for (u32 round = 0; round < rounds; round++)
    for (u32 k = 0; k < span; k++) {
      u32 n = nth(k, span, round * MOST_PROCESSES + process);
      if (n >= pages_each) continue;
      u32 *page = memory + n * WORDS;
      wrong += differs(page, stamp(process, n, version[n]));
      if (change != 0 && (n + round) % change == 0) fill(page, stamp(process, n, ++version[n]));
      uses++;
      /* A use may have several faults: one to look, one to change what was looked at. */
      struct faults now = faults();
      missed += now.minor != after.minor || now.major != after.major;
      after = now;
    }
  together->faults[process].minor = after.minor - before.minor;
  together->faults[process].major = after.major - before.major;
  together->wrong[process] = wrong;
  together->uses[process] = uses;
  together->missed[process] = missed;
  leave(0);
}

/* /proc/vmstat as it is now, kept in `to`; opened before. Read twice: the first time may bring pages of `to` in. */
static u32 vmstat(int fd, char *to, u32 room) {
  u32 n = 0;
  for (u32 time = 0; time < 2; time++) {
    n = 0;
    if (seek(fd, 0) < 0) die("/proc/vmstat", 0);
    for (int got; (got = read(fd, to + n, room - n)) > 0;) n += (u32)got;
  }
  return n;
}

static void section(const char *name, const char *text, u32 n) {
  print("nb: begin ");
  print(name);
  print("\n");
  write_all(1, text, n);
  print("nb: end ");
  print(name);
  print("\n");
}

static void told(const char *what, u32 value) {
  print("nb: ");
  print(what);
  print(" ");
  print_decimal(value);
  print("\n");
}

int main(int argc, char **argv) {
  enum { ROOM = 16384 };
  static char before[ROOM], after[ROOM];
  int child[MOST_PROCESSES];
  if (argc != 7) die("paging PROCESSES PAGES ROUNDS CHANGE ORDER MARKS", 0);
  u32 processes = number(argv[1], 0);
  pages_each = number(argv[2], 0), rounds = number(argv[3], 0), change = number(argv[4], 0);
  in_random_order = same_text(argv[5], "random");
  u32 marks = number(argv[6], 0);
  if (processes == 0 || processes > MOST_PROCESSES || pages_each == 0 || pages_each > 0xffff) die("out of range", 0);
  together = map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (together == 0) die("no memory", 0);
  port_access();
  int counts = open("/proc/vmstat", O_RDONLY);
  if (counts < 0) die("/proc/vmstat", counts);
  if (pipe(gate) < 0) die("pipe", 0);
  for (u32 n = 0; n < processes; n++) {
    child[n] = fork();
    if (child[n] < 0) die("fork", child[n]);
    if (child[n] == 0) work(n);
  }
  for (u32 n = 0; n < processes; n++)
    while (together->ready[n] == 0) sleep_for(1000);
  sleep_for(SETTLE);
  u32 bytes_before = vmstat(counts, before, ROOM);
  if (marks) post(POST_BEGIN);
  u32 begun = microseconds();
  if (write_all(gate[1], together, processes) != (int)processes) die("pipe", 0);
  u32 lost = 0;
  for (u32 n = 0; n < processes; n++) lost += wait_for_child(child[n]) != 0;
  u32 us = microseconds() - begun;
  if (marks) post(POST_END);
  sleep_for(SETTLE);
  u32 bytes_after = vmstat(counts, after, ROOM);
  if (marks) post(POST_QUIET);
  u32 wrong = 0, uses = 0, missed = 0, minor = 0, major = 0;
  for (u32 n = 0; n < processes; n++) {
    wrong += together->wrong[n];
    uses += together->uses[n];
    missed += together->missed[n];
    minor += together->faults[n].minor;
    major += together->faults[n].major;
  }
  told("processes", processes);
  told("us", us);
  told("lost", lost);
  told("wrong", wrong);
  told("uses", uses);
  told("missed", missed);
  told("minor", minor);
  told("major", major);
  section("vmstat-before", before, bytes_before);
  section("vmstat-after", after, bytes_after);
  return 0;
}
