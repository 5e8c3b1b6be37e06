/** The pages of docs/book as lessons: one JSON file each, and a list. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Marked, type Token, type Tokens } from 'marked';
import type { Lesson, LessonEntry, Prediction } from '../protocol/lessons.ts';

/** Writes `book/index.json` and `book/NAME.json` into the site. @param pages docs/book */
export function writeBook(site: string, pages: string): void {
  const folder = join(site, 'book'), lessons = readLessons(pages);
  mkdirSync(folder, { recursive: true });
  const entries = lessons.map(({ name, title, question, predictions }): LessonEntry =>
    ({ name, title, question, predictions }));
  writeFileSync(join(folder, 'index.json'), JSON.stringify(entries));
  for (const lesson of lessons) writeFileSync(join(folder, `${lesson.name}.json`), JSON.stringify(lesson));
}

/** All pages: in the order in which README.md names them, then the others. */
export function readLessons(pages: string): Lesson[] {
  const there = readdirSync(pages).filter((f) => f.endsWith('.md') && f !== 'README.md').sort();
  const readme = readFileSync(join(pages, 'README.md'), 'utf8');
  const named = [...readme.matchAll(/\]\(([\w-]+\.md)\)/g)].map((m) => m[1] ?? '').filter((f) => there.includes(f));
  return [...new Set([...named, ...there])].map((file) => lessonOf(pages, file, there));
}

function lessonOf(pages: string, file: string, there: readonly string[]): Lesson {
  const name = file.slice(0, -'.md'.length), markdown = readFileSync(join(pages, file), 'utf8');
  const asked = join(pages, 'lessons', `${name}.json`);
  const asks = existsSync(asked) ? JSON.parse(readFileSync(asked, 'utf8')) as Prediction[] : [];
  const marked = pageReader(there), tokens = marked.lexer(markdown);
  const heading = tokens.find((t): t is Tokens.Heading => t.type === 'heading');
  const title = plain(heading?.tokens ?? []);
  const quote = tokens.find((t): t is Tokens.Blockquote => t.type === 'blockquote');
  const question = title.endsWith('?') ? title : plain(quote?.tokens ?? []);
  const html = marked.parser(tokens.filter((t) => t !== heading));
  return { name, title, question, predictions: asks.length, html, asks };
}

/** Markdown to HTML: other pages are lessons, the web opens beside, what else is linked is text. */
function pageReader(there: readonly string[]): Marked {
  return new Marked({
    renderer: {
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens), page = /^([\w-]+)\.md(?:#.*)?$/.exec(href)?.[1];
        if (page !== undefined && there.includes(`${page}.md`))
          return `<a href="#side=lesson/${page}" data-lesson="${page}">${text}</a>`;
        return /^https?:/.test(href) ? `<a href="${href}" target="_blank" rel="noopener">${text}</a>` : text;
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

/** The words of tokens, without marks. */
function plain(tokens: readonly Token[]): string {
  return tokens.map((t) => {
    const inner = 'tokens' in t ? t.tokens : undefined;
    return inner === undefined ? ('text' in t ? String(t.text) : ' ') : plain(inner);
  }).join('').replaceAll(/\s+/g, ' ').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
    .trim();
}
