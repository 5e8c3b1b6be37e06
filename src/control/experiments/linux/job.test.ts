import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { TEST_KIT } from '../../../../test/benches/experiment-bench.ts';
import { ConsoleLines } from '../console-lines.ts';
import type { Kit } from '../experiment.ts';
import { readCpio, writeCpio } from './cpio.ts';
import { linuxJob, type LinuxJob } from './job.ts';

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
const bytes = (words: string): Uint8Array => new Uint8Array(Buffer.from(words));
const FIRST = new Uint8Array([1, 2, 3, 4, 5]);

/** A host whose guest has the module `b-c`, which needs `a`. */
const KIT: Kit = {
  ...TEST_KIT,
  linux: { kernel: bytes('kernel'), initrd: FIRST, append: 'console=ttyS0' },
  linuxModules: {
    inOrder: (names) => names.flatMap((name) => {
      if (name !== 'b_c') throw new Error(`there is no module ${name}`);
      return [{ name: 'a', bytes: bytes('module a') }, { name: 'b_c', bytes: bytes('module b_c') }];
    }),
  },
};

/** What the kernel is given for a job. */
function given(job: LinuxJob): { append: string; initrd: Uint8Array; files: Map<string, Uint8Array> } {
  const { boot } = linuxJob(KIT, job);
  if (boot.kind !== 'linux') throw new Error('no Linux');
  const initrd = boot.initrd ?? FIRST;
  return {
    append: boot.append, initrd,
    files: new Map(readCpio(initrd.subarray(8)).map((f) => [f.path, f.bytes])),
  };
}

describe('a Linux job', () => {
  test('stands behind the guest\'s own archive, at a multiple of 4 (buffer-format.rst)', () => {
    const { initrd, files, append } = given({ script: 'true', append: 'quiet' });
    expect([...initrd.subarray(0, 8)]).toEqual([1, 2, 3, 4, 5, 0, 0, 0]);
    expect([...files.keys()]).toEqual(['init']);
    expect(append).toBe('console=ttyS0 quiet');
  });

  test('loads modules in order, each with its own parameters, and has programs and files', () => {
    const { files } = given({
      script: 'true', modules: ['b-c port=0x220 irq=5'], programs: ['registers'], files: { 'tmp/x': bytes('y') },
    });
    expect([...files.keys()]).toEqual(['init', 'modules/a.ko', 'modules/b_c.ko', 'bin/registers', 'tmp/x']);
    expect(text(files.get('modules/b_c.ko'))).toBe('module b_c');
    expect(text(files.get('init'))).toContain(
      'insmod /modules/a.ko || fail "insmod a"\ninsmod /modules/b_c.ko port=0x220 irq=5 || fail "insmod b_c"\n',
    );
    const later = given({ script: 'true', modulesToLoadLater: ['b-c'] }).files;
    expect([...later.keys()]).toEqual(['init', 'modules/a.ko', 'modules/b_c.ko']);
    expect(text(later.get('init'))).not.toContain('insmod /modules');
  });

  test('its /init is sound to a shell, and parameters arrive as they are', () => {
    const { files } = given({ script: 'echo "nb: $word"', parameters: { word: 'it\'s $HOME', bytes: 512 } });
    const init = text(files.get('init'));
    expect(spawnSync('sh', ['-n'], { input: init, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    const from = init.indexOf('word='), to = init.indexOf('echo "nb: done"');
    const said = spawnSync('sh', { input: `${init.slice(from, to)}echo $bytes`, encoding: 'utf8' });
    expect(said.stdout).toBe('nb: it\'s $HOME\n512\n');
  });

  test('what cannot be had is said in one line', () => {
    expect(() => given({ script: '', modules: ['x'] })).toThrow(/^there is no module x$/);
    expect(() => linuxJob({ ...KIT, linuxModules: null }, { script: '', modules: ['x'] })).toThrow(
      /^the job needs modules of the prepared kernel \(x\), and the host has none for this kernel$/,
    );
    expect(() => linuxJob(TEST_KIT, { script: '' })).toThrow('the host has not prepared Debian');
    expect(() => given({ script: '', parameters: { 'a b': 1 } })).toThrow('no name of a shell variable');
  });
});

describe('cpio', () => {
  test('what was written is read', () => {
    const files = [{ path: 'a', bytes: bytes('12345') }, { path: 'b/c', bytes: new Uint8Array(0) }];
    const archive = writeCpio([
      { path: 'b', kind: 'folder', mode: 0o755 }, ...files.map((f) => ({ ...f, kind: 'file', mode: 0o644 }) as const),
      { path: 'l', kind: 'link', target: 'a' },
    ]);
    expect(readCpio(archive).map((f) => ({ path: f.path, text: text(f.bytes) }))).toEqual([
      { path: 'a', text: '12345' }, { path: 'b/c', text: '' },
    ]);
  });

  test.each([[0], [100], [113], [124], [200]])('one that is cut at %i bytes is refused', (length) => {
    const archive = writeCpio([{ path: 'a', kind: 'file', bytes: bytes('12345'), mode: 0o644 }]);
    expect(() => readCpio(archive.subarray(0, length))).toThrow(/^no whole cpio archive \(at \d+\)$/);
  });
});

test('lines of a job: all of a kind, numbers, sections', () => {
  const lines = new ConsoleLines();
  const said = 'nb: n 12\nnb: n 13.5\nnb: begin x\na\nb\nnb: end x\nnb: begin y\nnb: word w\n';
  for (const byte of bytes(said)) lines.put(byte);
  expect(lines.all('nb: n ')).toEqual(['12', '13.5']);
  expect(lines.number('nb: n ')).toBe(13.5);
  expect(lines.number('nb: word ')).toBeNull();
  expect(lines.section('x')).toEqual(['a', 'b']);
  expect(lines.section('y')).toBeNull();
});
