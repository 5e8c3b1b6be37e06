import { signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Lesson } from '../../protocol/lessons.ts';
import { side } from '../shell/side.ts';
import { Ask } from './ask.tsx';
import { guesses } from './guesses.ts';
import { entries, lesson, libraryFailure, loadList, readLesson } from './library.ts';
import { showAddress } from './show.ts';

/** The page that comes was asked for by a link, whose focus it takes over. */
let wasFollowed = false;
/** The pages through which links led here, the last one at the end. */
const from = signal<readonly string[]>([]);

/** The book beside the machine: its list, or one of its pages. */
export function LessonPanel() {
  const name = side.value.split('/')[1] ?? '';
  const load = (): void => void (name === '' ? loadList() : readLesson(name));
  useEffect(load, [name]);
  const shown = lesson.value;
  return (
    <section aria-label="lessons" class="lesson">
      {libraryFailure.value !== '' && (
        <p role="alert">
          {libraryFailure.value} <button onClick={load}>Again</button>
        </p>
      )}
      {name === ''
        ? <List />
        : (
          <>
            <p class="ways">
              <button onClick={() => { from.value = []; side.value = 'lesson'; }}>All lessons</button>
              {from.value.length > 0 && <button onClick={back}>Back</button>}
            </p>
            {shown !== null && shown.name === name
              ? <Page key={name} lesson={shown} />
              : libraryFailure.value === '' && <p>The page is on its way …</p>}
          </>
        )}
    </section>
  );
}

function List() {
  const all = entries.value;
  if (all === null) return libraryFailure.value === '' ? <p>The book is on its way …</p> : null;
  const group = (title: string, of: typeof all) => of.length > 0 && (
    <>
      <h2>{title}</h2>
      <ul class="lessons">
        {of.map((e) => (
          <li key={e.name}>
            <a href={`#side=lesson/${e.name}`} onClick={(event) => open(event, e.name)}>
              {e.question === '' ? e.title : e.question}
            </a>
            {e.question !== '' && e.question !== e.title && <span>{e.title}</span>}
            {e.predictions > 0 && <span>{e.predictions} {e.predictions === 1 ? 'prediction' : 'predictions'}</span>}
          </li>
        ))}
      </ul>
    </>
  );
  return (
    <>
      <p>Guess first, then let the machines run it. Each takes ten minutes.</p>
      {group('Predict', all.filter((e) => e.predictions > 0))}
      {group('Read', all.filter((e) => e.predictions === 0 && e.question !== ''))}
      {group('For those who build', all.filter((e) => e.predictions === 0 && e.question === ''))}
    </>
  );
}

function Page({ lesson: { name, title, html, asks } }: { lesson: Lesson }) {
  const early = useSignal(false);
  const heading = useRef<HTMLHeadingElement>(null);
  // The link that led here is gone: without this the keyboard would be at the page's beginning.
  useEffect(() => {
    if (!wasFollowed) return;
    wasFollowed = false;
    heading.current?.focus({ preventScroll: true });
    heading.current?.closest('#side-panel')?.scrollTo(0, 0);
  }, []);
  const left = asks.filter((_, n) => guesses.value[`${name} ${n}`]?.verdict == null).length;
  return (
    <article>
      <h2 ref={heading} tabIndex={-1}>{title}</h2>
      {asks.map((ask, n) => <Ask key={n} id={`${name} ${n}`} number={n + 1} ask={ask} />)}
      {left > 0 && !early.value
        ? (
          <p class="later">
            The page has the figures in it; it opens when you have guessed.{' '}
            <button onClick={() => { early.value = true; }}>Open it now</button>
          </p>
        )
        : <div class="page" onClick={follow} dangerouslySetInnerHTML={{ __html: html }} />}
    </article>
  );
}

/** A link to another page stays in the panel, and one to machines opens them. */
function follow(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { lesson: to, show } = link.dataset;
  if (show !== undefined) {
    event.preventDefault();
    void showAddress(show);
  } else if (to !== undefined) {
    const here = side.value.split('/')[1] ?? '', before = from.value;
    open(event, to);
    from.value = to === '' ? [] : [...before, here];
  }
}

function open(event: Event, name: string): void {
  event.preventDefault();
  wasFollowed = true;
  from.value = [];
  side.value = name === '' ? 'lesson' : `lesson/${name}`;
}

function back(): void {
  const to = from.value.at(-1) ?? '';
  wasFollowed = true;
  side.value = to === '' ? 'lesson' : `lesson/${to}`;
  from.value = from.value.slice(0, -1);
}
