import { describe, expect, test } from 'vitest';
import { MAP, UOP_BYTES } from './layout.ts';
import { MISSES_OFTEN, MissSites } from './miss-sites.ts';

const SITE = MAP.IR + 5 * UOP_BYTES;

function miss(sites: MissSites, ip: number, times: number): void {
  for (let n = 0; n < times; n++) sites.missed(ip);
}

describe('sites that miss often', () => {
  test('a site is flagged at its last miss of so many in one epoch, its neighbours are not', () => {
    const sites = new MissSites();
    miss(sites, SITE, MISSES_OFTEN - 1);
    expect(sites.often(SITE)).toBe(false);
    miss(sites, SITE, 1);
    expect([-1, 0, 1].map((n) => sites.often(SITE + n * UOP_BYTES))).toEqual([false, true, false]);
    miss(sites, SITE, 5000);
    expect(sites.flagged).toBe(1);
  });

  test('misses of several epochs do not add up; a flag counts in epochs with a miss', () => {
    const sites = new MissSites();
    for (let epoch = 0; epoch < 5; epoch++) {
      miss(sites, SITE, MISSES_OFTEN - 1);
      sites.nextEpoch();
    }
    expect(sites.often(SITE)).toBe(false);
    miss(sites, SITE, MISSES_OFTEN);
    expect(sites.often(SITE)).toBe(true);
    sites.nextEpoch();
    expect(sites.often(SITE)).toBe(false);
    miss(sites, SITE, 1);
    expect(sites.often(SITE)).toBe(true);
  });

  test('after any number of epochs an old count is not taken for a new one', () => {
    const sites = new MissSites();
    miss(sites, SITE, MISSES_OFTEN - 1);
    for (let epoch = 0; epoch < 2 ** 21 - 1; epoch++) {
      sites.nextEpoch();
      if (epoch % 100_000 === 0) sites.missed(SITE);
    }
    miss(sites, SITE, 2);
    expect(sites.often(SITE)).toBe(false);
  });

  test('nor when the epochs begin again', () => {
    const sites = new MissSites();
    miss(sites, SITE, MISSES_OFTEN - 1);
    for (let epoch = 0; epoch < 2 ** 21; epoch++) sites.nextEpoch();
    miss(sites, SITE, 1);
    expect(sites.often(SITE)).toBe(false);
  });

  test('scratch takes no counter from a site', () => {
    const sites = new MissSites(), scratch = MAP.SCRATCH + ((SITE - MAP.SCRATCH) % (1024 * UOP_BYTES));
    miss(sites, SITE, MISSES_OFTEN - 1);
    miss(sites, scratch, 1);
    miss(sites, SITE, 1);
    expect(sites.often(SITE)).toBe(true);
  });

  test('two sites polled by turns are both flagged, and a clear forgets them', () => {
    const sites = new MissSites(), other = SITE + UOP_BYTES;
    for (let n = 0; n < 2 * MISSES_OFTEN; n++) for (const ip of [SITE, other]) sites.missed(ip);
    expect([sites.often(SITE), sites.often(other)]).toEqual([true, true]);
    sites.clear();
    miss(sites, other, MISSES_OFTEN);
    expect([sites.often(SITE), sites.often(other)]).toEqual([false, true]);
  });

  test('sites with one counter take it from each other', () => {
    const sites = new MissSites(), other = SITE + 1024 * UOP_BYTES;
    for (let n = 0; n < 2 * MISSES_OFTEN; n++) {
      sites.missed(SITE);
      sites.missed(other);
    }
    expect(sites.flagged).toBe(0);
    miss(sites, other, MISSES_OFTEN);
    expect([sites.often(SITE), sites.often(other)]).toEqual([false, true]);
  });

  test('the last µop of IR memory is a site; scratch is none; a clear forgets all', () => {
    const sites = new MissSites(), last = MAP.IR_END - UOP_BYTES;
    miss(sites, MAP.SCRATCH, 2 * MISSES_OFTEN);
    expect(sites.flagged).toBe(0);
    miss(sites, last, MISSES_OFTEN);
    expect(sites.often(last)).toBe(true);
    miss(sites, SITE, MISSES_OFTEN - 1);
    sites.clear();
    miss(sites, SITE, MISSES_OFTEN - 1);
    expect([sites.flagged, sites.often(last), sites.often(SITE)]).toEqual([0, false, false]);
  });
});
