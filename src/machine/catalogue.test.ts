import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { Layout } from '../reg/layout.ts';
import { DEVICE_NAMES, deviceOf } from './catalogue.ts';

const HW = join(dirname(fileURLToPath(import.meta.url)), '../hw');

function isLayout(value: unknown): value is Layout {
  return typeof value === 'object' && value !== null && 'registers' in value && 'width' in value;
}

test('every register layout of src/hw stands in the catalogue', async () => {
  const shown = new Set(DEVICE_NAMES.flatMap((name) => [...deviceOf(name)!.banks.values()].map((b) => b.layout)));
  const files = readdirSync(HW, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('.test.'));
  const missing: string[] = [];
  let layouts = 0;
  for (const path of files) {
    const module = (await import(pathToFileURL(join(HW, path)).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) {
      if (!isLayout(value)) continue;
      layouts++;
      if (!shown.has(value)) missing.push(`${path}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
  expect(layouts).toBeGreaterThan(10);
});

test('every device says what it is', () => {
  for (const name of DEVICE_NAMES) expect(deviceOf(name)!.describe()?.title, name).toMatch(/\S/);
  expect(deviceOf('none')).toBe(null);
});
