/** The chain of a transfer by the card: from the doorbell to the handler's return, link by link. */
import { afterAll, expect, test } from 'vitest';
import { northbridge, scratch } from './northbridge.ts';

const files = scratch();
afterAll(() => files.remove());

interface Line {
  kind: string;
  id: number;
  parent: number;
  after?: number;
}

function said(...args: string[]): string {
  const r = northbridge(args, { cwd: files.folder });
  expect(r).toMatchObject({ status: 0, stderr: '' });
  return r.stdout;
}

/** Ids and texts of a printed chain. */
function chain(...more: string[]): { id: number; text: string }[] {
  return said('trace', 'one.trace', '--chain', ...more).split('\n').flatMap((line) => {
    const [, id, text] = /^ *#(\d+) +[\d.]+ (?:µs|ms|s) +(.*)$/.exec(line) ?? [];
    return id === undefined ? [] : [{ id: Number(id), text: text.trim() }];
  });
}

test('device-dma: the doorbell, the request, its bursts, the edges, the handler and its return', () => {
  said(
    'compare', 'paths', '--methods', 'device-dma', '--bytes', '256', '--direction', 'to-card', '--sweep', 'off',
    '--quiet', '--trace', 'one.trace',
  );
  const found = chain();
  const order = [
    /^cpu0 writes 0x1 to memory 0x[0-9a-f]+34 \(paths\.registers\)/,
    /^request paths\.dma: read 256 bytes at memory 0x1000000$/,
    /^paths\.dma reads 64 bytes at memory 0x1000000 \(ram\)$/,
    /^paths\.dma reads 64 bytes at memory 0x10000c0 \(ram\)$/,
    /^completion paths\.dma: 256 bytes, ok$/, /^edge paths\.INTA# rises$/, /^edge pic\.intr rises$/,
    /^acknowledge cpu0: vector 0x29$/, /^handler cpu0: vector 0x29/,
    /^cpu0 reads at memory 0x[0-9a-f]+08 \(paths\.registers\)/,
    /^cpu0 writes 0x1 to memory 0x[0-9a-f]+08 \(paths\.registers\)/, /^return cpu0 to 0x[0-9a-f]+$/,
  ];
  let from = 0;
  for (const wanted of order) {
    const at = found.findIndex(({ text }, n) => n >= from && wanted.test(text));
    expect([wanted, at >= 0]).toEqual([wanted, true]);
    from = at + 1;
  }
  expect(found[0].text).toMatch(order[0]);
  expect(found.at(-1)?.text).toMatch(order.at(-1) as RegExp);

  // Nothing is guessed by time: each record names its cause, which is in the chain, back to the doorbell.
  const lines = said('trace', 'one.trace', '--to', 'ndjson').trimEnd().split('\n').map((l) => JSON.parse(l) as Line);
  const byId = new Map(lines.flatMap((l) => (l.id === undefined ? [] : [[l.id, l] as const])));
  const ids = new Set(found.map(({ id }) => id));
  const doorbell = found[0].id;
  expect(byId.get(doorbell)).toMatchObject({ kind: 'transaction', parent: 0 });
  for (const id of ids) {
    if (id === doorbell) continue;
    expect([id, ids.has(byId.get(id)?.parent ?? 0)]).toEqual([id, true]);
  }
  // And what names a record of the chain as its cause is in the chain.
  const caused = lines.filter((l) => ids.has(l.parent) && byId.get(l.parent)?.kind !== 'handler');
  expect(caused.filter((l) => !ids.has(l.id)).map((l) => l.parent).every((p) => madeByHandler(p, byId))).toBe(true);
  // Asked from its other end, the same.
  expect(chain(String(found.at(-1)?.id))[0]).toEqual(found[0]);
});

/** An access by which a handler begins a piece of work of its own, e.g. clearing the cause. */
function madeByHandler(id: number, byId: ReadonlyMap<number, Line>): boolean {
  return byId.get(byId.get(id)?.parent ?? 0)?.kind === 'handler';
}
