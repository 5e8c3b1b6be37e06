import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { glossaryOf } from './glossary.ts';

const glossary = glossaryOf(readFileSync(new URL('../../../GLOSSARY.md', import.meta.url), 'utf8'));

test('each word of a row leads to it', () => {
  expect(glossary['target']).toEqual(glossary['initiator']);
  expect(glossary['dreq']?.word).toBe('DREQ, DACK#');
  expect(Object.keys(glossary).length).toBeGreaterThan(50);
});

test('every term of the page is in the glossary', () => {
  const page = new URL('../page/', import.meta.url), missing: string[] = [];
  for (const file of readdirSync(page, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.tsx')))
    for (const [, given, word, text] of readFileSync(new URL(file, page), 'utf8')
      .matchAll(/<Term( word="([^"]+)")?>([^<{]+)<\/Term>/g)) {
      const wanted = (given === undefined ? text : word) ?? '';
      if (glossary[wanted.toLowerCase()] === undefined) missing.push(`${file}: ${wanted}`);
    }
  expect(missing).toEqual([]);
});
