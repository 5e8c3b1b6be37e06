/** The book as the page has it: loaded when it is first read. */
import { signal } from '@preact/signals';
import type { Lesson, LessonEntry } from '../../protocol/lessons.ts';

export const entries = signal<readonly LessonEntry[] | null>(null);
/** The lesson that is read; null: none, or not there yet. */
export const lesson = signal<Lesson | null>(null);
/** Why something could not be loaded, or ''. */
export const libraryFailure = signal('');

const lessons = new Map<string, Lesson>();
let wanted = '';

/** Loads the list, once. */
export async function loadList(): Promise<void> {
  if (entries.value !== null) return;
  entries.value = await load<readonly LessonEntry[]>('index') ?? null;
}

/** Loads a lesson and shows it. */
export async function readLesson(name: string): Promise<void> {
  if (wanted === name && lesson.value !== null) return;
  wanted = name;
  lesson.value = lessons.get(name) ?? null;
  if (lesson.value !== null) return;
  const found = /^[a-z0-9-]+$/.test(name) ? await load<Lesson>(name) : undefined;
  if (found === undefined) {
    if (libraryFailure.value === '') libraryFailure.value = `There is no lesson ${name}.`;
    return;
  }
  lessons.set(name, found);
  if (wanted === name) lesson.value = found;
}

async function load<T>(name: string): Promise<T | undefined> {
  libraryFailure.value = '';
  try {
    const response = await fetch(new URL(`./book/${name}.json`, document.baseURI));
    if (!response.ok) throw new Error(response.status === 404 ? 'it is not there' : `status ${response.status}`);
    return await response.json() as T;
  } catch (error) {
    libraryFailure.value = `This page of the book could not be loaded: ${error instanceof Error ? error.message : ''}.`;
    return undefined;
  }
}
