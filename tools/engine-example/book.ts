/**
 * The listings inside the chapter: `<!-- listing NAME -->` stands before the fence that holds it.
 */

const LISTING = /<!-- listing ([\w-]+) -->\n```(\w*)\n((?:(?!```).*\n)*)```\n/g;

/** What refreshes the chapter. */
export const COMMAND = 'npx tsx tools/engine-example/index.ts --write';

/** The chapter's text, from the project's root. */
export const CHAPTER = 'docs/book/engine.md';

/** Listings in a text, in its order. */
export function listingsIn(text: string): { name: string; content: string }[] {
  return [...text.matchAll(LISTING)].map(([, name, , content]) => ({
    name: name!,
    content: content!.replace(/\n$/, ''),
  }));
}

/** The text with its listings replaced. Throws if it names one that there is not. */
export function withListings(text: string, listings: Readonly<Record<string, string>>): string {
  return text.replace(LISTING, (_, name: string, language: string) => {
    const content = listings[name];
    if (content === undefined)
      throw new Error(`there is no listing '${name}'; there are ${Object.keys(listings).join(', ')}`);
    return `<!-- listing ${name} -->\n\`\`\`${language}\n${content}\n\`\`\`\n`;
  });
}
