/** Notes of a scale in Hz, each for an eighth of a second. */
const SCALE = [262, 294, 330, 349, 392, 440, 494, 523];

/**
 * Samples that can be heard and told apart: triangles up a scale, with a number that runs from 0 to
 * 3 in the lowest bits, so that no sample is like its neighbours. 8 bits unsigned or 16 bits
 * signed, low byte first.
 */
export function scaleSamples(bytes: number, bits: 8 | 16, rate: number): Uint8Array {
  const out = new Uint8Array(bytes), note = Math.max(1, Math.floor(rate / 8));
  let phase = 0;
  for (let i = 0; i < bytes * 8 / bits; i++) {
    const step = Math.floor(SCALE[Math.floor(i / note) % SCALE.length] * 65536 / rate);
    phase = (phase + step) % 65536;
    const triangle = phase < 32768 ? phase * 2 : 131071 - phase * 2;
    if (bits === 8) {
      out[i] = triangle >> 8 & 0xfc | i & 3;
    } else {
      const value = triangle - 32768 & 0xfffc | i & 3;
      out[2 * i] = value;
      out[2 * i + 1] = value >> 8;
    }
  }
  return out;
}
