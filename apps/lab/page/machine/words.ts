/** What the drawing says, in words and figures. */
import { formatSeconds } from '../../../../src/control/quantities.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
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

/** A record in one line; the inspector and the log know the registers' names, too. */
export function sentenceOf(record: TraceRecord, ticksPerSecond: number): string {
  switch (record.kind) {
    case 'transaction': {
      const took = record.end > record.start ? `, ${formatSeconds((record.end - record.start) / ticksPerSecond)}` : '';
      const bytes = `${record.size} byte${record.size === 1 ? '' : 's'}`;
      const to = record.target === 'none' ? 'nobody' : record.target;
      const bad = record.status === 'ok' ? '' : `, ${record.status}`;
      return record.write
        ? `${record.initiator} writes ${bytes} to ${to}, ${hexadecimal(record.address, 2)}${took}${bad}`
        : `${record.initiator} reads ${bytes} from ${to}, ${hexadecimal(record.address, 2)}${took}${bad}`;
    }
    case 'edge': return `line ${record.line} goes ${record.level ? 'active' : 'inactive'}`;
    case 'acknowledge': return `${record.initiator} asks for the vector and gets ${record.vector}`;
    case 'handler': return `${record.initiator} enters the handler of vector ${record.vector}`;
    case 'return': return `${record.initiator} returns from a handler`;
    case 'request': return `${record.port} is to ${record.write ? 'write' : 'read'} ${record.size} bytes`;
    case 'completion': return `${record.port} is done: ${record.bytes} bytes`;
    case 'event': return `${record.name}`;
    case 'mark': return `mark ${record.name}`;
    case 'note': return `${record.source}: ${record.detail}`;
  }
}
