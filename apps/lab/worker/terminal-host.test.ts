import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { TerminalHost } from './terminal-host.ts';

const text = (pieces: readonly Uint8Array[]): string => pieces.map((p) => Buffer.from(p).toString()).join('');
const say = (host: TerminalHost, words: string): void => {
  for (const c of words) host.heard(c.charCodeAt(0));
};
/** Until a listener has heard as much. */
const heard = async (pieces: readonly Uint8Array[], wanted: string): Promise<void> => {
  while (text(pieces) !== wanted) await wait(1);
};

describe('COM1 for a page', () => {
  test('a listener hears all from the beginning, one piece at a time', async () => {
    const host = new TerminalHost(), pieces: Uint8Array[] = [];
    let release = (): void => {};
    say(host, 'one ');
    await host.follow((piece) => {
      pieces.push(piece);
      return new Promise((resolve) => { release = resolve; });
    });
    await heard(pieces, 'one ');
    say(host, 'two ');
    say(host, 'three');
    expect(pieces).toHaveLength(1);
    release();
    await heard(pieces, 'one two three');
    expect(pieces).toHaveLength(2);
  });

  test('one that goes away with a piece in its hands keeps nothing from the next', async () => {
    const host = new TerminalHost(), first: Uint8Array[] = [], second: Uint8Array[] = [];
    say(host, 'boot ');
    await host.follow((piece) => {
      first.push(piece);
      return new Promise(() => {});
    });
    await heard(first, 'boot ');
    await host.follow(async (piece) => { second.push(piece); });
    say(host, 'shell');
    await heard(second, 'boot shell');
    expect(text(first)).toBe('boot ');
  });

  test('one that fails hears nothing more; the next hears all', async () => {
    const host = new TerminalHost(), pieces: Uint8Array[] = [];
    let calls = 0, asked = (): void => {};
    const called = new Promise<void>((resolve) => { asked = resolve; });
    say(host, 'a');
    await host.follow(() => {
      calls++;
      asked();
      return Promise.reject(new Error('gone'));
    });
    await called;
    say(host, 'b');
    await host.follow(async (piece) => { pieces.push(piece); });
    await heard(pieces, 'ab');
    expect(calls).toBe(1);
  });
});
