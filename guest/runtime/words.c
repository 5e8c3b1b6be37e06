#include "runtime.h"

u32 word_number(const char *word, const char *const *words, u32 count) {
  u32 n = 0;
  while (n < count && !same_text(word, words[n])) n++;
  return n;
}
