/**
 * Prints the listings of the book's chapter on the engine; with `--write`, and the project's root
 * as working folder, puts them into it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { CHAPTER, withListings } from './book.ts';
import { makeListings } from './listings.ts';

const listings = await makeListings();
if (process.argv[2] === '--write') {
  const before = readFileSync(CHAPTER, 'utf8');
  const after = withListings(before, listings);
  if (after !== before) writeFileSync(CHAPTER, after);
  console.log(
    after === before
      ? `${CHAPTER} is as the code is`
      : `${CHAPTER} was refreshed; read what stands around the listings`,
  );
} else {
  for (const [name, text] of Object.entries(listings)) console.log(`--- ${name}\n${text}\n`);
}
