/** FNV-1a by dwords, as the program makes it. */
export function digestOfWords(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let sum = 0x811c9dc5;
  for (let at = 0; at + 4 <= bytes.length; at += 4) sum = Math.imul(sum ^ view.getUint32(at, true), 0x0100_0193);
  return (sum >>> 0).toString(16).padStart(8, '0');
}
