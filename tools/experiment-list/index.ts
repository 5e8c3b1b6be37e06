/** `npm run experiment-list`: says whether the list of experiments is stale; with `--write` makes it new. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMAND, experimentFolders, LIST, listText } from './list.ts';

const file = join(dirname(fileURLToPath(import.meta.url)), '../..', LIST);
const text = listText(experimentFolders(dirname(file)));
if (process.argv.includes('--write')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  process.stdout.write(`${LIST}: out of date (${COMMAND})\n`);
  process.exitCode = 1;
}
