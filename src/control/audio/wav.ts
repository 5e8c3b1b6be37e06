import type { AudioFormat } from '../../host/audio.ts';

/** Bytes before the samples: RIFF, `fmt ` of 16 bytes, `data`. */
export const WAV_HEADER = 44;
/** Most bytes of samples: sizes are of 32 bits. */
export const WAV_MOST = 2 ** 32 - 1 - WAV_HEADER;

/**
 * The header of a WAV file of `dataBytes` bytes of samples (Microsoft and IBM, Multimedia
 * Programming Interface and Data Specifications 1.0, August 1991, WAVE form, PCM). Its rate is a
 * whole number.
 */
export function wavHeader(format: AudioFormat, dataBytes: number): Uint8Array {
  const { channels, bits } = format, rate = Math.round(format.rate), align = channels * bits / 8;
  const bytes = new Uint8Array(WAV_HEADER), view = new DataView(bytes.buffer);
  const text = (at: number, word: string): void => {
    for (let i = 0; i < word.length; i++) bytes[at + i] = word.charCodeAt(i);
  };
  text(0, 'RIFF');
  view.setUint32(4, WAV_HEADER - 8 + dataBytes + dataBytes % 2, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * align, true);
  view.setUint16(32, align, true);
  view.setUint16(34, bits, true);
  text(36, 'data');
  view.setUint32(40, dataBytes, true);
  return bytes;
}
