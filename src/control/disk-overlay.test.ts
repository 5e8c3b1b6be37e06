import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DiskOverlay, OVERLAY_PAGE } from './disk-overlay.ts';
import { ImageDisk, pseudoRandomImage } from './image-disk.ts';

/** Comparing large arrays element by element is slow in the test runner. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

const SIZE = 3 * OVERLAY_PAGE + 1024;

test('an overlay reads as a disk that was written, and the image stays as it was', () => {
  const image = pseudoRandomImage(SIZE);
  const original = image.slice();
  const write = fc.record({ offset: fc.nat(SIZE - 1), length: fc.nat(6000), value: fc.nat(255) });
  fc.assert(fc.property(fc.array(write, { maxLength: 12 }), (writes) => {
    const disk = new DiskOverlay(new ImageDisk('d', image));
    const model = original.slice();
    for (const { offset, length, value } of writes) {
      const n = Math.min(length, SIZE - offset);
      const data = new Uint8Array(n + 3).fill(value);
      disk.write(offset, data, 3, n);
      model.fill(value, offset, offset + n);
    }
    const all = new Uint8Array(SIZE);
    disk.read(0, all, 0, SIZE);
    expect(same(all, model)).toBe(true);
    expect(same(image, original)).toBe(true);
    const applied = original.slice();
    for (const { offset, bytes } of disk.changes()) applied.set(bytes, offset);
    expect(same(applied, model)).toBe(true);
    const restored = new DiskOverlay(new ImageDisk('d', image));
    restored.load(disk.save());
    restored.read(0, all, 0, SIZE);
    expect(same(all, model)).toBe(true);
  }));
});

test('accesses outside the disk are refused', () => {
  const disk = new DiskOverlay(new ImageDisk('d', new Uint8Array(1024)));
  expect(() => disk.read(1000, new Uint8Array(100), 0, 100)).toThrow('outside');
  expect(() => disk.write(-1, new Uint8Array(1), 0, 1)).toThrow('outside');
});

test('the state of another disk is refused and changes nothing', () => {
  const disk = new DiskOverlay(new ImageDisk('d', new Uint8Array(1024)));
  disk.write(0, new Uint8Array([7]), 0, 1);
  expect(() => disk.load(new DiskOverlay(new ImageDisk('e', new Uint8Array(2048))).save())).toThrow(
    'a disk of 2048 bytes',
  );
  expect(disk.mismatch({ overlay: { size: 1024, numbers: new Float64Array([1]), bytes: new Uint8Array(4096) } })).toBe(
    'pages outside the disk',
  );
  const byte = new Uint8Array(1);
  disk.read(0, byte, 0, 1);
  expect(byte[0]).toBe(7);
});

test('the generated image is the same every time and has no two equal sectors', () => {
  const image = pseudoRandomImage(1 << 20);
  expect(same(pseudoRandomImage(1 << 20), image)).toBe(true);
  const sectors = new Set<string>();
  for (let at = 0; at < image.length; at += 512)
    sectors.add(Buffer.from(image.subarray(at, at + 512)).toString('latin1'));
  expect(sectors.size).toBe(2048);
});
