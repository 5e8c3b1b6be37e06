// What the runtime offers a program, and the two functions that a program gives the runtime.
#ifndef NB_RUNTIME_H
#define NB_RUNTIME_H

#include "block.h"

/* --- given by the program --- */

extern const u32 program_number;
/* A block with the program's defaults: used when started by a multiboot loader. */
extern struct nb_header *const default_block;
/* One "key=value" of the multiboot command line. Returns 0 if the key is unknown. */
int set_parameter(const char *key, const char *text, u32 value);
/* The program. Returns a status for `finish`. */
u32 run(struct nb_header *block);
/* Prints what the program found, behind "<program> status=…". */
void print_results(const struct nb_header *block);
extern const char program_name[];

/* --- boot.c --- */

/* Stores the status, prints the result line, posts the end mark and halts. */
void finish(u32 status) __attribute__((noreturn));
/* Sets the header's `detail` and returns `status`. */
u32 fail(u32 status, u32 detail);
int same_text(const char *a, const char *b);

/* --- words.c --- */
/* The number of a word in a list; `count` if it is not there. */
u32 word_number(const char *word, const char *const *words, u32 count);

/* --- drivers/uart.c: COM1, 115200 8N1, polled --- */
void console_open(void);
void console_put(char c);

/* --- print.c --- */
void print(const char *text);
void print_hex(u32 value, u32 digits);
void print_decimal(u32 value);

/* --- x86/interrupts.c --- */

extern volatile u32 irq14_pending;    /* taken and not yet waited for */
extern volatile u32 irq14_count;      /* taken in all */
extern volatile u32 spurious_count;   /* taken, but the device did not ask */
extern int (*volatile irq14_handler)(void); /* acknowledges the device; returns 0 if it did not ask */
/* IDT for exceptions and the 16 IRQs; 8259 pair at 20h/28h, everything masked but IRQ 14 and the cascade. */
void interrupts_open(void);
void irq14_unmask(void);
/* Waits in hlt, with interrupts on, until IRQ 14 was taken; returns with interrupts off. */
void irq14_wait(void);

/* --- x86/lines.c: interrupt lines of cards, any but 14 --- */

extern volatile u32 irq_pending[16]; /* taken and not yet waited for */
extern volatile u32 irq_spurious;    /* taken, but the device did not ask */
/* `handler` acknowledges the device and returns 0 if it did not ask; unmasks the line. After interrupts_open. */
void irq_open(u32 line, int (*handler)(void));
/* Waits in hlt, with interrupts on, until the line was taken; returns with interrupts off. */
void irq_wait(u32 line);

/* --- sha256.c --- */
void sha256(const u8 *data, u32 length, u8 digest[32]);

#endif
