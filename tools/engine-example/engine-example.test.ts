/**
 * The chapter `docs/book/engine.md` shows what the code does now, and what it says of it in words
 * is so.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { CHAPTER, COMMAND, listingsIn, withListings } from './book.ts';
import { makeListings, type Listings } from './listings.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const chapter = readFileSync(join(ROOT, CHAPTER), 'utf8');
let listings: Listings;

beforeAll(async () => {
  listings = await makeListings();
});

test('the listings in the chapter are what the code gives', () => {
  for (const { name, content } of listingsIn(chapter))
    expect(content, `listing '${name}' is out of date: ${COMMAND}, then read the text around it`).toBe(listings[name]);
});

test('every listing is in the chapter', () => {
  expect(listingsIn(chapter).map(({ name }) => name).sort()).toEqual(Object.keys(listings).sort());
});

test('a listing is replaced, an unknown one refused', () => {
  const text = 'a\n<!-- listing x -->\n```text\n```\nb\n```text\nnot a listing\n```\n';
  expect(withListings(text, { x: 'new $& text' })).toBe(
    'a\n<!-- listing x -->\n```text\nnew $& text\n```\nb\n```text\nnot a listing\n```\n',
  );
  expect(() => withListings(text, {})).toThrow("no listing 'x'");
});

test('the listings are the same each time', async () => {
  expect(await makeListings()).toEqual(listings);
});

test('files that the chapter names are there', () => {
  const names = [...chapter.matchAll(/`((?:src|test|tools|docs|bench|guest)\/[\w./-]+)`/g)].map(([, path]) => path!);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

/**
 * What the text claims of the example: if one of these fails, the words must change, not only the
 * listings.
 */
test('claims of the text', () => {
  const { flags, journal, scratch, states, uops } = listings as Record<string, string>;
  expect(flags).toMatch(/^addf32 .*not computed +not computed$/m);
  expect(flags).toMatch(/^addf32i .*not computed +at /m);
  expect(uops).toMatch(/^IR\+0x10 .* 00001020 00001098 00000000 {2}ld32 t0 esi 0$/m);
  expect(uops).toMatch(/^IR\+0x20 .* 00001080 00001080 00001020 {2}addf32 eax eax t0$/m);
  const exits = [...journal!.matchAll(/^\S+ \w+ +([A-Z]+) /gm)].map(([, exit]) => exit);
  expect(exits).toEqual(['HOT', 'HOT', 'DEADLINE', 'STOP', 'MISS', 'LEAVE', 'MISS', 'LEAVE', 'MISS', 'SYNC']);
  expect(journal).toMatch(/^IR\+0x0 compiled +DEADLINE +IR\+0x0 +\d+ → 2$/m);
  const left = [...journal!.matchAll(/^\S+ \w+ +[A-Z]+ +\S+ +(\d+) → (\d+)$/gm)].map(
    ([, before, after]) => [Number(before), Number(after)] as const,
  );
  const leave = exits.indexOf('LEAVE');
  expect(left[leave + 1]![0] - left[leave]![1]).toBe(3);
  const [, due, ran] = /due after (\d+) instructions: (\d+) have run/.exec(journal!)!;
  expect(ran).toBe(due);
  expect(scratch).toMatch(/head 2 .*\n.*ld32.*\n.*addf32 .*\n.*addf32i.*\n.*stop$/);
  expect(states).toMatch(/ compiled 4 [\s\S]* stale 4 /);
});
