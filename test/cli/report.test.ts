import { readFileSync, writeFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { afterAll, describe, expect, test } from 'vitest';
import { reportHtml } from '../../src/control/report/page.ts';
import { northbridge, scratch } from './northbridge.ts';

const files = scratch();
afterAll(() => files.remove());

const run = (...args: string[]): ReturnType<typeof northbridge> => northbridge(args, { cwd: files.folder });

function page(name: string): { html: string; document: ReturnType<typeof parseHTML>['document'] } {
  const html = readFileSync(files.path(name), 'utf8');
  return { html, document: parseHTML(html).document };
}

/** Nothing that a page would load or run, and every element closed. */
function isSelfContained(html: string): void {
  expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=/i);
  expect([...html.matchAll(/https?:\/\/[^"'<\s]+/g)].map((m) => m[0]).filter((u) => !u.startsWith('http://www.w3.org/')))
    .toEqual([]);
  const open: string[] = [];
  const marked = html.replace(/<style[^>]*>.*?<\/style>/gs, '');
  for (const [, slash, name, rest] of marked.matchAll(/<(\/?)([a-z]\w*)([^>]*)>/gi)) {
    if (slash === '/') expect(open.pop()).toBe(name);
    else if (!rest.endsWith('/') && !['meta'].includes(name)) open.push(name);
  }
  expect(open).toEqual([]);
}

describe('compare --report', () => {
  test('has the table, the answer, pieces of each run, the models and the command; the same bytes twice', () => {
    const args = ['compare', 'disk-read', '--bytes', '64KiB', '--methods', 'pio-polled,dma', '--no-wall', '--quiet'];
    const plain = run(...args), reported = run(...args, '--report', 'a.html');
    // Tracing for the report changes no figure.
    expect(reported).toEqual(plain);
    const { html, document } = page('a.html');
    isSelfContained(html);
    const text = (selector: string): string[] =>
      [...document.querySelectorAll(selector)].map((n) => (n.textContent ?? '').trim());
    expect(text('thead th').slice(0, 3)).toEqual(['', 'pio-polled', 'dma']);
    const row = [...document.querySelectorAll('tbody tr')].find((r) => r.textContent?.startsWith('throughput'));
    const cells = [...row?.querySelectorAll('td') ?? []].map((c) => c.textContent ?? '');
    for (const cell of cells) expect(plain.stdout).toContain(cell);
    expect(plain.stdout).toContain(text('.answer')[0]);
    expect(text('h3')).toEqual(['pio-polled', 'dma']);
    expect(text('figcaption').some((t) => t.includes('from the first transfer by ide'))).toBe(true);
    expect(text('pre')).toEqual([`northbridge ${args.join(' ')}`]);
    expect(text('summary').some((t) => t.includes('16550A'))).toBe(true);
    expect(html.length).toBeLessThan(300_000);
    run(...args, '--report', 'b.html');
    expect(page('b.html').html).toBe(html);
  });

  test('curves that the runs measured are figures', () => {
    expect(run('compare', 'paths', '--bytes', '64KiB', '--quiet', '--report', 'curves.html').status).toBe(0);
    const { html, document } = page('curves.html');
    isSelfContained(html);
    expect([...document.querySelectorAll('.plot')].map((f) => f.getAttribute('aria-label')))
      .toEqual(['time (to) by size', 'time (from) by size']);
    expect(html.length).toBeLessThan(300_000);
  });

  test('a run of a few microseconds has its pieces, too', () => {
    const args = ['compare', 'paths', '--methods', 'device-dma', '--bytes', '512', '--sweep', 'off', '--quiet'];
    expect(run(...args, '--report', 'short.html').status).toBe(0);
    const captions = [...page('short.html').document.querySelectorAll('figcaption')].map((n) => n.textContent ?? '');
    expect(captions.map((c) => /^device-dma, 20 µs (.*), at /.exec(c)?.[1])).toEqual([
      'from the mark begin', 'from the first transfer by paths.dma', 'up to the mark end',
    ]);
  });

  test('a place where nothing can be written is told before anything runs', () => {
    for (const [path, why] of [['no/where.html', "there is no folder 'no'"], ['-', 'would mix the page with the table']]) {
      const r = run('compare', 'disk-read', '--report', path);
      expect([r.status, r.stdout]).toEqual([2, '']);
      expect(r.stderr).toMatch(new RegExp(`^northbridge: [^\\n]*${why}[^\\n]*\\n$`));
    }
  });
});

test.each([
  [['compare', 'disk-read', '--disk', 'd.img', '--report', 'd.img'], "'d.img' is the disk; it would be overwritten"],
  [['compare', 'disk-read', '--trace', 'x', '--report', './x'], "'./x' is the file of --trace, too"],
  [['sweep', 'disk-read', '--guest', 'debian', '--kernel', 'k', '--report', 'k'], "'k' is the kernel; it would be over"],
  [['sweep', 'disk-read', '--guest', 'debian', '--kernel', 'k', '--csv', 'k'], "'k' is the kernel; it would be over"],
  [['sweep', 'disk-read', '--csv', 'x', '--report', './x'], "'./x' is the file of --csv, too"],
])('%j: a file that is read, or written besides, is not written over', (args, why) => {
  writeFileSync(files.path('d.img'), new Uint8Array(4096));
  writeFileSync(files.path('k'), 'kernel');
  const { status, stdout, stderr } = run(...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(why);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(readFileSync(files.path('k'), 'utf8')).toBe('kernel');
});

test('sweep --report: the experiment’s figures over the axes, and the points', () => {
  const args = ['sweep', 'disk-read', '--param', 'bytes=4KiB,64KiB', '--methods', 'pio-polled,dma', '--quiet'];
  expect(run(...args, '--report', 'sweep.html')).toEqual({ status: 0, stdout: '', stderr: '' });
  const { html, document } = page('sweep.html');
  isSelfContained(html);
  expect(document.querySelectorAll('.plot').length).toBe(2);
  expect(document.querySelectorAll('tbody tr').length).toBeGreaterThanOrEqual(4);
  expect(document.querySelector('pre')?.textContent).toBe(`northbridge ${args.join(' ')}`);
});

test('whatever a user called something stands as text', () => {
  const bad = '<script>alert("1")</script>&\u0000\'';
  const html = reportHtml({
    question: bad, heading: bad, result: null, points: { head: [bad], rows: [[bad]] }, figures: [],
    excerpts: [{ method: bad, pieces: [{
      where: bad, from: 0, until: 60_000,
      records: [{ kind: 'note', id: 1, parent: 0, time: 0, source: bad, what: bad, detail: bad },
        { kind: 'edge', id: 2, parent: 0, time: 0, line: bad, level: true }],
    }] }],
    fidelity: [{ name: bad, title: bad, datasheet: bad, figures: [], absent: [bad] }], command: bad, generator: bad,
  });
  isSelfContained(html);
  expect(html).not.toContain('\u0000');
});
