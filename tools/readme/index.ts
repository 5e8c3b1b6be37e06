/** `npm run readme`: says which tables are out of date; with `--write` makes them anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND, documents, printed, ROOT, withTables } from './tables.ts';

const write = process.argv.includes('--write');
for (const name of documents()) {
  const path = join(ROOT, name);
  const text = readFileSync(path, 'utf8');
  const fresh = withTables(text, printed);
  if (fresh === text) continue;
  if (write) writeFileSync(path, fresh);
  else process.exitCode = 1;
  process.stdout.write(write ? `${name}: written\n` : `${name}: out of date (${COMMAND})\n`);
}
