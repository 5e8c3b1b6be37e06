#include "isadma.h"

#define DMA_ADDRESS2 0x04
#define DMA_COUNT2 0x05
#define DMA_MASK 0x0a
#define DMA_MODE 0x0b
#define DMA_FLIP_FLOP 0x0c
#define DMA_PAGE2 0x81
#define MASK_SET 0x04

void isadma_mask2(void) { outb(DMA_MASK, MASK_SET | 2); }

void isadma_program2(u32 mode, u32 address, u32 bytes) {
  u32 count = bytes - 1;
  isadma_mask2();
  outb(DMA_FLIP_FLOP, 0);
  outb(DMA_MODE, (u8)(mode | 2));
  outb(DMA_ADDRESS2, (u8)address);
  outb(DMA_ADDRESS2, (u8)(address >> 8));
  outb(DMA_PAGE2, (u8)(address >> 16));
  outb(DMA_COUNT2, (u8)count);
  outb(DMA_COUNT2, (u8)(count >> 8));
  outb(DMA_MASK, 2);
}
