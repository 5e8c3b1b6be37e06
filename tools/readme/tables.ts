/**
 * Tables in documents that the program itself prints. Where a document says
 *
 *     <!-- compare disk-read --bytes 1MiB -->
 *
 * the code block below is what that command prints, wall time aside.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const COMMAND = 'npm run readme -- --write';
const PROGRAM = join(ROOT, 'dist/apps/cli/main.js');
const TABLE = /<!-- (compare [^>\n]+?) -->\n```text\n([^]*?)```\n/g;

/** Documents that may have tables: README.md and all of docs/. */
export function documents(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', ...docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`).sort()];
}

/** The commands in a document and what stands below them. */
export function tablesIn(text: string): { command: string; content: string }[] {
  return [...text.matchAll(TABLE)].map((m) => ({ command: m[1] as string, content: m[2] as string }));
}

/** The document with every table made anew by `print`. */
export function withTables(text: string, print: (command: string) => string): string {
  return text.replace(TABLE, (_, command: string) => `<!-- ${command} -->\n\`\`\`text\n${print(command)}\`\`\`\n`);
}

/** What a command prints. @throws Error with what it said, if it fails */
export function printed(command: string): string {
  const run = spawnSync(process.execPath, [PROGRAM, ...command.split(/\s+/), '--no-wall'], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${command}: status ${run.status}\n${run.stderr}`);
  return run.stdout;
}
