// CRC-32 of IEEE 802.3 §3.2.9, least significant bit first, by a table that is made at the first call.
#include "linux.h"

static u32 table[256];

u32 crc32(u32 crc, const u8 *data, u32 n) {
  if (table[1] == 0)
    for (u32 i = 0; i < 256; i++) {
      u32 c = i;
      for (u32 bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
      table[i] = c;
    }
  crc = ~crc;
  for (u32 i = 0; i < n; i++) crc = table[(crc ^ data[i]) & 0xff] ^ crc >> 8;
  return ~crc;
}
