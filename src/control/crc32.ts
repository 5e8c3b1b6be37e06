const POLYNOMIAL = 0xedb88320;
const TABLE = makeTable();

/**
 * Eight tables of 256 words: table k advances a byte by k further zero bytes, so that eight bytes
 * are taken at a time.
 */
function makeTable(): Uint32Array {
  const table = new Uint32Array(8 * 256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = (c & 1) !== 0 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1;
    table[n] = c;
  }
  for (let n = 256; n < table.length; n++) {
    const c = table[n - 256];
    table[n] = (c >>> 8) ^ table[c & 0xff];
  }
  return table;
}

/**
 * CRC-32 as in Ethernet and zip (ISO 3309, reflected, polynomial 04C11DB7h), of `bytes`, continuing
 * from `before` (0 at the start). Unsigned.
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const t = TABLE;
  let c = ~before;
  let i = 0;
  for (const end = bytes.length - 7; i < end; i += 8) {
    c ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    c = t[0x700 + (c & 0xff)] ^ t[0x600 + ((c >>> 8) & 0xff)] ^ t[0x500 + ((c >>> 16) & 0xff)] ^ t[0x400 + (c >>> 24)]
      ^ t[0x300 + bytes[i + 4]] ^ t[0x200 + bytes[i + 5]] ^ t[0x100 + bytes[i + 6]] ^ t[bytes[i + 7]];
  }
  for (; i < bytes.length; i++) c = (c >>> 8) ^ t[(c ^ bytes[i]) & 0xff];
  return ~c >>> 0;
}
