import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** The rows of the glossary's table: each of a row's words in lower case → the row. */
export function glossaryOf(markdown: string): Record<string, { word: string; meaning: string }> {
  const entries: Record<string, { word: string; meaning: string }> = {};
  for (const line of markdown.split('\n')) {
    const [, word, meaning] = /^\| (.+?) \| (.+) \|$/.exec(line) ?? [];
    if (word === undefined || meaning === undefined || word === 'word') continue;
    const plain = meaning.replaceAll('`', '');
    for (const one of word.split(', ')) entries[one.toLowerCase()] = { word, meaning: plain };
  }
  return entries;
}

/** The glossary as a module. */
export function glossaryModule(path: string): Plugin {
  return {
    name: 'glossary',
    setup(of) {
      of.onResolve({ filter: /^glossary$/ }, () => ({ path: 'glossary', namespace: 'glossary' }));
      of.onLoad({ filter: /.*/, namespace: 'glossary' }, () => ({
        contents: `export const glossary = ${JSON.stringify(glossaryOf(readFileSync(path, 'utf8')))};`,
        loader: 'js', watchFiles: [path],
      }));
    },
  };
}
