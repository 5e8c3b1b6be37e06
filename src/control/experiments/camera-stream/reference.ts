/**
 * The test picture as the camera's data sheet says it (§Picture), made here for itself: what the
 * guest should find in its buffers.
 */
export function pictureDigest(frame: number, lineBytes: number, lines: number): number {
  let sum = 0x811c9dc5, word = 0, at = 0;
  for (let l = 0; l < lines; l++) {
    for (let c = 0; c < lineBytes; c++, at++) {
      const value = (3 * c + 5 * l + 7 * frame + Math.floor((c * l) / 16)) % 256;
      word = (word >>> 8) | (value << 24);
      if (at % 4 === 3) sum = Math.imul(sum ^ word, 0x0100_0193);
    }
  }
  return sum >>> 0;
}
