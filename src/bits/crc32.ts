const POLYNOMIAL = 0xedb88320;
const TABLE = makeTable();
const NO_WORDS = new Int32Array(0);

/**
 * Sixteen tables of 256 words: table k advances a byte by k further zero bytes, so that sixteen
 * bytes are taken at a time.
 */
function makeTable(): Int32Array {
  const table = new Int32Array(16 * 256);
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
  const t = TABLE, n = bytes.length;
  let c = ~before;
  let i = 0;
  // Words need a place that 4 divides.
  for (const lead = Math.min(-bytes.byteOffset & 3, n); i < lead; i++) c = (c >>> 8) ^ t[(c ^ bytes[i]) & 0xff];
  const words = n - i < 4 ? NO_WORDS : new Int32Array(bytes.buffer, bytes.byteOffset + i, (n - i) >>> 2);
  let w = 0;
  for (const end = words.length - 3; w < end; w += 4) {
    const a = c ^ words[w], b = words[w + 1], d = words[w + 2], e = words[w + 3];
    c = t[0xf00 + (a & 0xff)] ^ t[0xe00 + ((a >>> 8) & 0xff)] ^ t[0xd00 + ((a >>> 16) & 0xff)] ^ t[0xc00 + (a >>> 24)]
      ^ t[0xb00 + (b & 0xff)] ^ t[0xa00 + ((b >>> 8) & 0xff)] ^ t[0x900 + ((b >>> 16) & 0xff)] ^ t[0x800 + (b >>> 24)]
      ^ t[0x700 + (d & 0xff)] ^ t[0x600 + ((d >>> 8) & 0xff)] ^ t[0x500 + ((d >>> 16) & 0xff)] ^ t[0x400 + (d >>> 24)]
      ^ t[0x300 + (e & 0xff)] ^ t[0x200 + ((e >>> 8) & 0xff)] ^ t[0x100 + ((e >>> 16) & 0xff)] ^ t[e >>> 24];
  }
  for (i += 4 * w; i < n; i++) c = (c >>> 8) ^ t[(c ^ bytes[i]) & 0xff];
  return ~c >>> 0;
}
