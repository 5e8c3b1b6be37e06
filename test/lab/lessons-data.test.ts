import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { methodsOf, type Prediction } from '../../apps/lab/protocol/lessons.ts';
import { addressFrom } from '../../apps/lab/page/address/address.ts';
import { judgeChoice, judgeNumber } from '../../apps/lab/page/lessons/judge.ts';
import { readLessons, readOtherPages } from '../../apps/lab/site/book.ts';
import { ROOT } from '../../apps/lab/site/bundle.ts';
import { jobFromTexts } from '../../src/control/experiments/form.ts';
import { findExperiment } from '../../src/control/experiments/index.ts';
import { reportOf } from '../../src/control/experiments/report.ts';
import { runMethod } from '../../src/control/experiments/runner.ts';
import { TEST_KIT } from '../benches/experiment-bench.ts';

const PAGES = join(ROOT, 'docs/book');
const lessons = readLessons(ROOT), pages = [...lessons, ...readOtherPages(ROOT)];
const asks = lessons.flatMap((l) => l.asks.map((ask, n) => [`${l.name} ${n + 1}`, ask] as const));

function reported(ask: Prediction) {
  const experiment = findExperiment(ask.experiment)!, methods = methodsOf(ask);
  const job = jobFromTexts(experiment, { guest: 'bare', methods, texts: ask.texts }, TEST_KIT);
  const runs = methods.map((method) => {
    const steps = runMethod(experiment, job, method, TEST_KIT, {});
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  });
  return reportOf({ experiment, job, runs }, TEST_KIT);
}

test('every page of the book is a lesson; those that ask have a file beside them, and no file is without a page', () => {
  expect(lessons.length).toBe(readdirSync(PAGES).filter((f) => f.endsWith('.md')).length - 1);
  expect(lessons[0]).toMatchObject({
    name: 'dma-and-mmio', question: 'What is the difference between DMA and memory-mapped I/O?',
  });
  expect(lessons[0]!.predictions).toBeGreaterThanOrEqual(5);
  const files = readdirSync(join(PAGES, 'lessons')).map((f) => f.slice(0, -'.json'.length)).sort();
  expect(lessons.filter((l) => l.predictions > 0).map((l) => l.name).sort()).toEqual(files);
});

test('pages are HTML whose links stay inside or open beside, and nothing is loaded from elsewhere', () => {
  const names = pages.map((p) => p.name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of ['glossary', 'command-line', 'fidelity', 'adr-0003-time', 'src-hw-sound-sb16'])
    expect(names).toContain(name);
  for (const { html, name } of pages) {
    expect(name).toMatch(/^[a-z0-9-]+$/);
    expect(html, name).not.toMatch(/<script|<img|<iframe|<!--/);
    for (const [, attributes] of html.matchAll(/<a ([^>]*)>/g)) {
      const lesson = /data-lesson="([^"]*)"/.exec(attributes!)?.[1];
      if (lesson !== undefined) expect(['', ...names], `${name}: ${attributes}`).toContain(lesson);
      else expect(attributes).toMatch(/^href="(https?:[^"]*" target="_blank" rel="noopener"|#[^"]*" data-show="[^"]*")$/);
    }
  }
});

describe('what is shown by a link of the text', () => {
  const shown = pages.flatMap(({ name, html }) =>
    [...html.matchAll(/data-show="([^"]*)"/g)].map((m) => [name, m[1]!.replaceAll('&amp;', '&')] as const));

  test('the lessons that ask have some', () => {
    const count = (name: string): number => shown.filter(([of]) => of === name).length;
    expect(count('dma-and-mmio')).toBeGreaterThanOrEqual(3);
    for (const { name, predictions } of lessons) if (predictions > 0) expect(count(name), name).toBeGreaterThan(0);
  });

  test.each(shown)('%s: %s can be opened', (_name, text) => {
    const { plans, view } = addressFrom(text);
    expect([view, plans.length > 0]).toEqual(['workbench', true]);
    for (const { experiment: name, guest, method, texts } of plans) {
      const experiment = findExperiment(name);
      expect(experiment, name).not.toBe(null);
      expect(jobFromTexts(experiment!, { guest, methods: [method], texts }, TEST_KIT).methods).toEqual([method]);
    }
  });
});

describe('each prediction', () => {
  test.each(asks)('%s names what there is', (_name, ask) => {
    const experiment = findExperiment(ask.experiment);
    expect(experiment, ask.experiment).not.toBe(null);
    const measure = experiment!.measures.find((m) => m.key === ask.measure);
    expect(measure, ask.measure).toBeDefined();
    const methods = experiment!.variants.filter((v) => v.guest === 'bare').map((v) => v.method);
    for (const method of methodsOf(ask)) expect(methods).toContain(method);
    const all = ['question', 'experiment', 'texts', 'measure', 'because'];
    const own = 'choices' in ask ? ['choices'] : ['of', 'unit'], may = 'choices' in ask ? [] : ['over', 'scale'];
    for (const key of [...all, ...own]) expect(Object.keys(ask)).toContain(key);
    expect(Object.keys(ask).filter((k) => ![...all, ...own, ...may].includes(k))).toEqual([]);
    if ('choices' in ask) expect(measure!.better).not.toBe('');
    expect(ask.question).toMatch(/\?$/);
  });

  test.each(asks)('%s is answered by its runs', (_name, ask) => {
    const report = reported(ask);
    const { sentence } = 'choices' in ask ? judgeChoice(ask, 'none', report) : judgeNumber(ask, -1, report);
    expect(sentence).toMatch(/^No: /);
    if ('choices' in ask) expect(ask.choices.some((c) => judgeChoice(ask, c.method, report).right)).toBe(true);
  });
});
