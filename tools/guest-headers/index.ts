/**
 * `npm run guest-headers`: says which of the guests' C headers are stale; with `--write` makes them
 * new from the blocks that are declared in TypeScript.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMAND, guestHeaders } from './headers.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const write = process.argv.includes('--write');

for (const [path, text] of Object.entries(guestHeaders())) {
  const file = join(ROOT, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (write) writeFileSync(file, text);
  else process.exitCode = 1;
  process.stdout.write(write ? `${path}: written\n` : `${path}: out of date (${COMMAND})\n`);
}
