/** `npm run fidelity`: says whether docs/fidelity.md is out of date; with `--write` makes it anew. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND, fidelityPage, PAGE, ROOT } from './page.ts';

const path = join(ROOT, PAGE), page = fidelityPage();
if (!existsSync(path) || readFileSync(path, 'utf8') !== page) {
  const write = process.argv.includes('--write');
  if (write) writeFileSync(path, page);
  else process.exitCode = 1;
  process.stdout.write(write ? `${PAGE}: written\n` : `${PAGE}: out of date (${COMMAND})\n`);
}
