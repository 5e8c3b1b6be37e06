/** The pages of docs/book as lessons: one JSON file each, and a list. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Marked, type Token, type Tokens } from 'marked';
import type { Lesson, LessonEntry, Prediction } from '../protocol/lessons.ts';

/** Folder of the book, within the repository. */
const BOOK = 'docs/book';

/**
 * Writes `book/index.json` and a `book/NAME.json` for each page into the site.
 * @param root the repository
 */
export function writeBook(site: string, root: string): void {
  const folder = join(site, 'book'), lessons = readLessons(root);
  mkdirSync(folder, { recursive: true });
  const entries = lessons.map(({ name, title, question, predictions }): LessonEntry =>
    ({ name, title, question, predictions }));
  writeFileSync(join(folder, 'index.json'), JSON.stringify(entries));
  for (const page of [...lessons, ...readOtherPages(root)])
    writeFileSync(join(folder, `${page.name}.json`), JSON.stringify(page));
}

/** All pages of the book: in the order in which README.md names them, then the others. */
export function readLessons(root: string): Lesson[] {
  const there = readdirSync(join(root, BOOK)).filter((f) => f.endsWith('.md') && f !== 'README.md').sort();
  const readme = readFileSync(join(root, BOOK, 'README.md'), 'utf8');
  const named = [...readme.matchAll(/\]\(([\w-]+\.md)\)/g)].map((m) => m[1] ?? '').filter((f) => there.includes(f));
  return [...new Set([...named, ...there])].map((file) => pageOf(root, `${BOOK}/${file}`));
}

/** What the book leads to beside itself, and what that leads to: glossary, designs, devices. */
export function readOtherPages(root: string): Lesson[] {
  const left = readdirSync(join(root, BOOK)).filter((f) => f.endsWith('.md')).map((f) => `${BOOK}/${f}`);
  const seen = new Set(left), pages: Lesson[] = [];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (!path.startsWith(`${BOOK}/`)) pages.push(pageOf(root, path));
    for (const [, href = ''] of readFileSync(join(root, path), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)) {
      const to = targetOf(root, path, href);
      if (to === null || seen.has(to)) continue;
      seen.add(to);
      left.push(to);
    }
  }
  return pages.sort((x, y) => (x.name < y.name ? -1 : 1));
}

/** The page that a link leads to, within the repository; null: it is none. */
function targetOf(root: string, from: string, href: string): string | null {
  const file = /^([^#:]+\.md)(?:#.*)?$/.exec(href)?.[1];
  if (file === undefined) return null;
  const path = posix.join(posix.dirname(from), file);
  return !path.startsWith('..') && existsSync(join(root, path)) ? path : null;
}

/** `docs/book/rings.md` is `rings`, `src/hw/paths/README.md` is `src-hw-paths`. */
function nameOf(path: string): string {
  return path.replace(/^docs\/(book\/)?/, '').replace(/(\/?README)?\.md$/, '').replaceAll('/', '-').toLowerCase();
}

function pageOf(root: string, path: string): Lesson {
  const name = nameOf(path), markdown = readFileSync(join(root, path), 'utf8');
  const asked = join(root, BOOK, 'lessons', `${name}.json`);
  const asks = existsSync(asked) ? JSON.parse(readFileSync(asked, 'utf8')) as Prediction[] : [];
  const marked = pageReader(root, path), tokens = marked.lexer(markdown);
  const heading = tokens.find((t): t is Tokens.Heading => t.type === 'heading');
  const title = plain(heading?.tokens ?? []);
  const quote = tokens.find((t): t is Tokens.Blockquote => t.type === 'blockquote');
  const question = title.endsWith('?') ? title : plain(quote?.tokens ?? []);
  const html = marked.parser(tokens.filter((t) => t !== heading));
  return { name, title, question, predictions: asks.length, html, asks };
}

/**
 * Markdown to HTML. Other pages stay in the panel, the web opens beside, what else is linked is
 * text. A link to the lab's own page with an address of the lab behind the `#` opens machines.
 */
function pageReader(root: string, path: string): Marked {
  return new Marked({
    renderer: {
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens), to = targetOf(root, path, href);
        const shown = /^(?:[\w./-]*\/)?lab\.md#(e=.*)$/.exec(href)?.[1];
        if (shown !== undefined) {
          const address = attribute(shown);
          return `<a href="#side=lesson/${nameOf(path)}&amp;${address}" data-show="${address}">${text}</a>`;
        }
        if (to !== null) {
          const name = to === `${BOOK}/README.md` ? '' : nameOf(to);
          return `<a href="#side=lesson${name === '' ? '' : `/${name}`}" data-lesson="${name}">${text}</a>`;
        }
        return /^https?:/.test(href)
          ? `<a href="${attribute(href)}" target="_blank" rel="noopener">${text}</a>` : text;
      },
      // A comment is for the tools that make the page.
      html({ text }) {
        return text.startsWith('<!--') ? '' : text;
      },
      image({ text }) {
        return text;
      },
      table(token) {
        const row = (cells: Tokens.TableCell[], tag: string): string =>
          `<tr>${cells.map((c) => `<${tag}>${this.parser.parseInline(c.tokens)}</${tag}>`).join('')}</tr>`;
        return `<div class="wide" tabindex="0"><table><thead>${row(token.header, 'th')}</thead>` +
          `<tbody>${token.rows.map((r) => row(r, 'td')).join('')}</tbody></table></div>`;
      },
      code({ text }) {
        const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
        return `<pre tabindex="0"><code>${escaped}</code></pre>`;
      },
      heading({ tokens, depth }) {
        // The panel's own heading is the page's title.
        const level = Math.min(6, depth + 1);
        return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
      },
    },
  });
}

/** Marked leaves what stands in a link as it was written. */
const attribute = (text: string): string =>
  text.replaceAll('&amp;', '&').replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** The words of tokens, without marks. */
function plain(tokens: readonly Token[]): string {
  return tokens.map((t) => {
    const inner = 'tokens' in t ? t.tokens : undefined;
    return inner === undefined ? ('text' in t ? String(t.text) : ' ') : plain(inner);
  }).join('').replaceAll(/\s+/g, ' ').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
    .trim();
}
