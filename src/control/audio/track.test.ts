import { describe, expect, test } from 'vitest';
import type { AudioFormat } from '../../host/audio.ts';
import { TICKS_PER_SECOND } from '../../sim/time.ts';
import { AudioTake } from './track.ts';
import { wavHeader } from './wav.ts';

const format = (rate: number, bits: 8 | 16, signed: boolean, channels: 1 | 2 = 1): AudioFormat =>
  ({ rate, bits, signed, channels });
const U8 = format(8000, 8, false);
const PERIOD = TICKS_PER_SECOND / 8000;

describe('frames become a track', () => {
  test('frames at their times stand side by side; where none came, there is silence', () => {
    const take = new AudioTake();
    for (const [n, value] of [[5, 1], [6, 2], [6.98, 3], [10.01, 4]]) take.frame(n * PERIOD, U8, Uint8Array.of(value));
    expect([...take.bytes]).toEqual([1, 2, 3, 0x80, 0x80, 4]);
    expect([take.frames, take.silentFrames]).toEqual([4, 2]);
  });

  test('signed bytes and unsigned words are turned into what WAV has', () => {
    const bytes = new AudioTake(), words = new AudioTake();
    bytes.frame(0, format(8000, 8, true), Uint8Array.of(0xff));
    words.frame(0, format(8000, 16, false, 2), Uint8Array.of(1, 0x80, 2, 0x7f));
    expect([...bytes.bytes, ...words.bytes]).toEqual([0x7f, 1, 0, 2, 0xff]);
  });

  test('another format is another track, without silence between; the same one again is not', () => {
    const take = new AudioTake();
    take.frame(0, U8, Uint8Array.of(1));
    take.frame(PERIOD, { ...U8 }, Uint8Array.of(2));
    take.frame(99 * PERIOD, format(11025, 8, false), Uint8Array.of(3));
    expect([...take.bytes]).toEqual([1, 2, 3]);
    expect(take.formats.map((f) => f.rate)).toEqual([8000, 11025]);
  });
});

test('the header of a WAV file', () => {
  const view = new DataView(wavHeader(format(44100.4, 16, true, 2), 10).buffer);
  expect(new TextDecoder().decode(wavHeader(U8, 0)).replace(/[^A-Za-z ]/g, '')).toBe('RIFFWAVEfmt data');
  expect([view.getUint32(4, true), view.getUint32(24, true), view.getUint32(28, true), view.getUint32(40, true)])
    .toEqual([46, 44100, 176400, 10]);
});
