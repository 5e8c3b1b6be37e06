// Quicksort (median of three, smaller part first) with insertion sort below 16 elements.
#include "jobs.h"

#define WORDS 65536u
#define SMALL 16

static void insertion(u32 *low, u32 *high) {
  for (u32 *at = low + 1; at <= high; at++) {
    u32 value = *at, *to = at;
    for (; to > low && to[-1] > value; to--) *to = to[-1];
    *to = value;
  }
}

static void exchange(u32 *a, u32 *b) {
  u32 old = *a;
  *a = *b;
  *b = old;
}

/* Sorts [low, high], both ends included. */
static void quicksort(u32 *low, u32 *high) {
  while (high - low >= SMALL) {
    u32 *middle = low + (high - low) / 2;
    if (*middle < *low) exchange(middle, low);
    if (*high < *low) exchange(high, low);
    if (*high < *middle) exchange(high, middle);
    u32 pivot = *middle, *i = low, *j = high;
    do {
      while (*i < pivot) i++;
      while (pivot < *j) j--;
      if (i <= j) exchange(i++, j--);
    } while (i <= j);
    if (j - low < high - i) {
      quicksort(low, j);
      low = i;
    } else {
      quicksort(i, high);
      high = j;
    }
  }
  insertion(low, high);
}

u32 sort(u32 iterations) {
  u32 *words = (u32 *)WORK_MEMORY, x = 0x2545f491, sum = 0;
  for (u32 pass = 0; pass < iterations; pass++) {
    for (u32 i = 0; i < WORDS; i++) words[i] = x = noise(x);
    quicksort(words, words + WORDS - 1);
    for (u32 i = 0; i < WORDS; i++) sum = fold(sum, words[i]);
  }
  return sum;
}
