import { expect, test } from 'vitest';
import { northbridge } from './northbridge.ts';

/** What `compare` prints of these arguments. */
function table(...args: string[]): string {
  const { status, stdout } = northbridge(['compare', ...args, '--quiet']);
  expect(status).toBe(0);
  return stdout;
}

/** Marks beside the digests, by method. */
function marks(text: string): string {
  return [...text.matchAll(/…[0-9a-f]{4} (.)/g)].map((m) => m[1]).join('');
}

test('a digest of characters of which some were lost has no ✓, and the line says how many', () => {
  const text = table('uart-receive', '--busy', '100us', '--methods', 'irq,dma-8237');
  expect(marks(text)).toBe('≠✓');
  expect(text).toMatch(/^✓ the characters that arrived are right; ≠ irq: 171 lost; the whole is 0ddf20[0-9a-f]{58}$/m);
});

test('where nothing was lost the line is short', () => {
  const text = table('uart-receive', '--characters', '64', '--methods', 'irq,dma-8237');
  expect(marks(text)).toBe('✓✓');
  expect(text).toMatch(/^✓ the characters are right: [0-9a-f]{64}$/m);
});

test('sound that was heard again or lost is not the sound that was given', () => {
  const text = table('sound-play', '--busy', '300us', '--bytes', '1KiB', '--methods', 'direct,dma-single');
  expect(marks(text)).toBe('≠✓');
  expect(text).toMatch(/; ≠ direct: \d+ never heard, \d+ heard again; the whole is [0-9a-f]{64}$/m);
});

test('with no digest of the whole it is the count of lost frames that tells', () => {
  const text = table('ring-receive', '--methods', 'ne2000-pio,rtl8139-ring');
  expect(marks(text)).toBe('≠✓');
  expect(text).toMatch(/^✓ the bytes of each frame that arrived are right; ≠ ne2000-pio: 14 lost$/m);
});

test('two digests with two references keep their marks', () => {
  expect(marks(table('paths', '--bytes', '64KiB', '--methods', 'device-dma'))).toBe('✓✓');
});

test('camera-stream has the same figure for register writes in its table and in its sentence', () => {
  const text = table('camera-stream', '--methods', 'ring-2', '--frames', '20');
  const [, inTable] = /^register writes a frame +(\d\.\d\d)$/m.exec(text) ?? [];
  expect(inTable).toBeDefined();
  expect(text).toContain(`a ring ${inTable}, which gives buffers back`);
});
