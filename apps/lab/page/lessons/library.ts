/** The book as the page has it: loaded when it is first read. */
import { signal } from '@preact/signals';
import type { Lesson, LessonEntry } from '../../protocol/lessons.ts';
import { messageOf } from '../state/message-of.ts';

export const entries = signal<readonly LessonEntry[] | null>(null);
/** The lesson that is read; null: none, or not there yet. */
export const lesson = signal<Lesson | null>(null);
/** Why what is wanted could not be loaded, or ''. */
export const libraryFailure = signal('');

const lessons = new Map<string, Lesson>();
/** The page that is wanted; '': the list. */
let wanted: string | null = null;

/** Loads the list, once. */
export async function loadList(): Promise<void> {
  wanted = '';
  libraryFailure.value = '';
  if (entries.value === null) entries.value = await load<readonly LessonEntry[]>('index', '') ?? null;
}

/** Loads a lesson and shows it. */
export async function readLesson(name: string): Promise<void> {
  wanted = name;
  libraryFailure.value = '';
  lesson.value = lessons.get(name) ?? null;
  if (lesson.value !== null) return;
  if (!/^[a-z0-9-]+$/.test(name)) {
    libraryFailure.value = `There is no page ${name}.`;
    return;
  }
  const found = await load<Lesson>(name, name);
  if (found === undefined) return;
  lessons.set(name, found);
  if (wanted === name) lesson.value = found;
}

/** @param page whose failure it is: nobody is told of one that is not wanted any more */
async function load<T>(file: string, page: string): Promise<T | undefined> {
  try {
    const response = await fetch(new URL(`./book/${file}.json`, document.baseURI));
    if (!response.ok) throw new Error(response.status === 404 ? 'it is not there' : `status ${response.status}`);
    return await response.json() as T;
  } catch (error) {
    const why = messageOf(error);
    if (wanted === page) libraryFailure.value = `This page of the book could not be loaded: ${why}.`;
    return undefined;
  }
}
