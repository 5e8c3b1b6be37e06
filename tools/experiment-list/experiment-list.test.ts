import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { EXPERIMENTS } from '../../src/control/experiments/index.ts';
import { COMMAND, experimentFolders, LIST, listText } from './list.ts';

const file = join(dirname(fileURLToPath(import.meta.url)), '../..', LIST);
const folders = experimentFolders(dirname(file));

test('the list has every folder that holds an experiment', () => {
  expect(folders.length).toBeGreaterThan(14);
  expect(readFileSync(file, 'utf8'), COMMAND).toBe(listText(folders));
});

test('an experiment bears the name of its folder, and has a place of its own', () => {
  expect(EXPERIMENTS.map((e) => e.name).sort()).toEqual(folders);
  const places = EXPERIMENTS.map((e) => e.place);
  expect(new Set(places).size).toBe(places.length);
  expect(places).toEqual(places.toSorted((a, b) => Number(a) - Number(b)));
});
