/** What the drawing says, in words and figures. */
import type { RecordWords } from '../../../../src/control/inspect/describe-record.ts';
import { formatSeconds } from '../../../../src/control/quantities.ts';
import type { Scene } from './scene.ts';

/** `0x0010 0040`: groups of four digits, so that they can be read. */
export function hexadecimal(value: number, bytes: number): string {
  const digits = Math.max(0, Math.round(value)).toString(16);
  const all = digits.padStart(Math.max(2 * Math.ceil(digits.length / 2), 2 * bytes), '0');
  return `0x${all.replace(/\B(?=(.{4})+$)/g, ' ')}`;
}

/** Bytes in few characters: `640 B`, `63.5 KiB`. */
export function shortBytes(bytes: number): string {
  let value = bytes, unit = 0;
  while (value >= 1024 && unit < 3) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
  return `${digits} ${['B', 'KiB', 'MiB', 'GiB'][unit] as string}`;
}

/** What stands at the mark: the value that moves, or where it goes. */
export function valueOf(scene: Scene, bytes: Uint8Array | null): string {
  const { record } = scene;
  if (record.kind !== 'transaction') return '';
  if (scene.phase === 'address' || scene.phase === 'wait') return `@${hexadecimal(scene.address, 4)}`;
  if (record.value >= 0) return hexadecimal(record.value, record.size);
  if (bytes === null || bytes.length < scene.size) return `@${hexadecimal(scene.address, 4)}`;
  let value = 0;
  for (let n = Math.min(4, scene.size) - 1; n >= 0; n--) value = value * 256 + (bytes[n] as number);
  return hexadecimal(value, Math.min(4, scene.size));
}

export function noteOf(scene: Scene): string {
  if (scene.phase === 'wait') return 'waits for the bus';
  if (scene.beats > 1 && scene.phase !== 'address') return `beat ${scene.beat + 1} of ${scene.beats}`;
  return '';
}

/** A record in one line, with how long it took. */
export function captionOf({ sentence, ticks }: RecordWords, ticksPerSecond: number): string {
  return ticks > 0 ? `${sentence}, ${formatSeconds(ticks / ticksPerSecond)}` : sentence;
}
