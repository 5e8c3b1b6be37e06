import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ms } from '../../sim/time.ts';
import { ImageDisk } from '../image-disk.ts';
import { stateChecksum } from '../state-checksum.ts';
import { Scout } from '../diagram/scout.ts';
import { Explorer } from './explorer.ts';
import { OwnSubject, type OwnPlan } from './own-software.ts';

const MiB = 2 ** 20;
const image = (name: string): Uint8Array => readFileSync(new URL(`../../../guest/images/${name}.elf`, import.meta.url));

function plan(name: string, commandLine: string): OwnPlan {
  return {
    board: 'pc', boardOptions: { ram: 32 * MiB }, devices: [], disk: new ImageDisk('disk', new Uint8Array(MiB)),
    software: { kind: 'program', image: image(name), commandLine: `${name} ${commandLine}` },
  };
}

function toEnd(explorer: Explorer): void {
  while (!explorer.over) explorer.advance(Infinity);
}

describe('software of the user\'s own', () => {
  test('is heard, marks its POST codes, and says how it ended', () => {
    let said = '';
    const posts: number[] = [];
    const explorer = new Explorer(new OwnSubject(plan('cpu-loop', 'kind=registers iterations=1000'), {
      heard: (byte) => { said += String.fromCharCode(byte); }, posted: (code) => posts.push(code),
    }));
    toEnd(explorer);
    expect(said).toContain('checksum=');
    expect(posts).toEqual([0xb0, 0xb1, 0xdd]);
    expect(explorer.marks.map((m) => m.name)).toEqual(['begin', 'end', 'post-dd']);
    expect(explorer.phase).toBe('Done: its last POST code is DDh, all is well.');
  });

  test('is heard once, also when its parts are scouted beside it', () => {
    let said = '', posts = 0;
    const subject = new OwnSubject(plan('cpu-loop', 'kind=registers iterations=1000'), {
      heard: (byte) => { said += String.fromCharCode(byte); }, posted: () => { posts++; },
    });
    const explorer = new Explorer(subject), scout = new Scout(subject);
    while (!scout.over) scout.step();
    expect([said, posts]).toEqual(['', 0]);
    toEnd(explorer);
    expect(said.split('checksum=')).toHaveLength(2);
    expect(posts).toBe(3);
  });

  test('that fails says so', () => {
    const explorer = new Explorer(new OwnSubject(plan('cpu-loop', 'words=3')));
    toEnd(explorer);
    expect(explorer.phase).toBe('Failed: its last POST code is EEh.');
  });

  test('has a past that is equal to what it was, also where the disk was written', () => {
    const made = plan('disk-write', 'method=dma bytes=4096');
    const explorer = new Explorer(new OwnSubject(made));
    while (explorer.now < ms(1) && !explorer.over) explorer.advance(ms(1));
    const then = explorer.now;
    const checksum = stateChecksum(explorer.machine, {});
    toEnd(explorer);
    expect(stateChecksum(explorer.past({ ticks: explorer.now }), {})).toBe(stateChecksum(explorer.machine, {}));
    expect(stateChecksum(explorer.past({ ticks: then }), {})).toBe(checksum);
  });

  test('has a past in which the same keys were typed and the mouse was moved', () => {
    const explorer = new Explorer(new OwnSubject(plan('cpu-loop', 'kind=registers iterations=100000')));
    explorer.advance(ms(0.2));
    explorer.put({ kind: 'key', code: 'KeyA', down: true });
    explorer.put({ kind: 'move', right: 3, up: 1, wheel: 0 });
    explorer.advance(explorer.now + ms(0.5));
    const then = explorer.now, checksum = stateChecksum(explorer.machine, {});
    explorer.advance(explorer.now + ms(0.1));
    explorer.put({ kind: 'key', code: 'KeyA', down: false });
    explorer.advance(explorer.now + ms(0.5));
    expect(stateChecksum(explorer.past({ ticks: explorer.now }), {})).toBe(stateChecksum(explorer.machine, {}));
    expect(stateChecksum(explorer.past({ ticks: then }), {})).toBe(checksum);
  });

  test('ends alike in steps of any length: what a device still sends is sent', () => {
    const ends = [ms(10), ms(0.05), ms(0.003)].map((step) => {
      const explorer = new Explorer(new OwnSubject(plan('cpu-loop', 'kind=registers iterations=1000')));
      while (!explorer.over) explorer.advance(explorer.now + step);
      return stateChecksum(explorer.machine, explorer.attachments);
    });
    expect(ends.slice(1)).toEqual([ends[0], ends[0]]);
  });
});
