import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMMAND, guestHeaders } from './headers.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

test.each(Object.entries(guestHeaders()))('%s is what the block in TypeScript says', (path, text) => {
  const file = join(ROOT, path);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : '', `out of date: ${COMMAND}, then guest/build.sh`).toBe(text);
});
