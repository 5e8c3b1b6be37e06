import { spawnSync } from 'node:child_process';
import {
  chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../../src/control/snapshot-format.ts';
import type { SnapshotRecipe } from '../../src/control/snapshot-recipe.ts';
import {
  ECHO_AT_REST, ENDING, EXITING, HASTY, LOOP, multibootElf, printing, prompting, SAYING,
} from './kernels.ts';
import { northbridge, PROGRAM, refusal, scratch, type Result } from './northbridge.ts';

const files = scratch();
const p = files.path;
const DISK = Buffer.alloc(64 * 1024, 0x5a);
const CARD_FILE = fileURLToPath(new URL('../../examples/copy-engine/device.ts', import.meta.url));
const CARD = ['--device', `${CARD_FILE},slot=4`];

/** Has a cell of a type that snapshots do not know. */
const ODD_CARD = `import { headerRows, PciFunction, regs } from 'northbridge/device';
export default class Odd extends PciFunction {
  readonly config = this.configSpace(
    regs(32, headerRows({ vendor: 0x1234, device: 1, revision: 0, classCode: 0xff0000 })),
  );
  readonly odd = this.cells('odd', { values: new Float32Array(4) as unknown as Uint8Array });
}
`;

function run(args: readonly string[], input = ''): Result {
  return northbridge(['run', 'pc', ...args], { cwd: files.folder, input });
}
const fresh = (kernel: string, ...more: string[]): string[] => ['--memory', '16MiB', '--kernel', kernel, ...more];

beforeAll(() => {
  writeFileSync(p('prompt'), prompting('hello, name? '));
  writeFileSync(p('loop'), LOOP);
  writeFileSync(p('hasty'), HASTY);
  writeFileSync(p('hello'), printing('hello world!'));
  writeFileSync(p('line'), printing('hello\n'));
  writeFileSync(p('exits'), multibootElf(EXITING('out\n', 0x10)));
  writeFileSync(p('says'), multibootElf(SAYING('ready ')));
  writeFileSync(p('rest'), ECHO_AT_REST);
  writeFileSync(p('out'), multibootElf(EXITING('hello world!', 0)));
  writeFileSync(p('resets'), ENDING.reset('hello world!'));
  writeFileSync(p('fault'), ENDING.tripleFault('hello world!'));
  writeFileSync(p('d'), DISK);
  expect(run(fresh('prompt', '--save-at', 'name? ', 'prompt.snap'), 'q').status).toBe(0);
});
afterAll(() => files.remove());

/** One line on stderr, status 2, and no file left behind. */
async function refused(args: readonly string[], words: string): Promise<void> {
  const before = readdirSync(files.folder).sort();
  // A device's code is kept out of this process.
  const r = args.includes('--device') ? run(args) : await refusal(['run', 'pc', ...args], files.folder);
  expect(r).toMatchObject({ status: 2, stdout: '' });
  expect(r.stderr).toMatch(/^northbridge: [^\n]+\n$/);
  expect(r.stderr).toContain(words);
  expect(readdirSync(files.folder).sort()).toEqual(before);
}

describe('run --save-at', () => {
  test('a text: the run goes on, and what was loaded goes on in the same way', () => {
    const r = run(fresh('prompt', '--save-at', 'name? ', 'a.snap'), 'Ada q');
    expect(r).toMatchObject({ status: 0, stdout: 'hello, name? Ada q' });
    expect(r.stderr).toMatch(
      /^northbridge: saved 'a\.snap' when the console said 'name\? ': [\d.]+ [mµ]?s of simulated time, [\d,]+ bytes\n/,
    );
    const again = run(['--load', 'a.snap'], 'Ada q');
    expect(again).toMatchObject({ status: 0, stdout: 'Ada q' });
    expect(again.stderr).toMatch(/^northbridge: goes on from 'a\.snap', when the console said 'name\? ' \(/);
    expect(readdirSync(files.folder).filter((f) => f.startsWith('.'))).toEqual([]);
  });

  test('a time, in the midst of the output: both parts are the whole; the engines may be crossed', () => {
    const whole = run(fresh('prompt', '--until', '10ms', '--json'));
    for (const [first, second] of [['jit', 'interpreter'], ['interpreter', 'jit']]) {
      const at = run(fresh('prompt', '--engine', first, '--save-at', '400us', 'b.snap', '--until', '0.4ms', '--json'));
      expect(at.status).toBe(0);
      const rest = run(['--load', 'b.snap', '--engine', second, '--until', '10ms', '--json', '--quiet']);
      const said = at.stderr.replace(/northbridge: saved 'b[^\n]*\n/, '');
      expect(said.length).toBeGreaterThan(0);
      expect(said + rest.stderr).toBe('hello, name? ');
      // Counters, time, end and notes are those of the run that was never cut.
      expect(JSON.parse(rest.stdout)).toEqual(JSON.parse(whole.stdout));
    }
  });

  test('what was noted before is in the summary', () => {
    const until = ['--until', '0.5ms', '--json'];
    const whole = JSON.parse(run(fresh('hasty', '--save-at', '0.2ms', 'notes.snap', ...until)).stdout);
    expect(whole.notes).toMatchObject([{ source: 'com1', what: 'uart-write-before-thre' }]);
    expect(JSON.parse(run(['--load', 'notes.snap', ...until]).stdout)).toEqual(whole);
  });

  test('given several times; the second text is found after the first; a saved file is replaced', () => {
    const args = ['--save-at', 'hello', 'c1.snap', '--save-at', '1ms', 'c2.snap', '--save-at', 'text:o, n', 'c3.snap'];
    const r = run(fresh('prompt', ...args, '--quiet'), 'q');
    expect(r).toMatchObject({ status: 0, stderr: '' });
    expect(run(['--load', 'c1.snap'], 'q').stdout).toBe(', name? q');
    expect(run(['--load', 'c3.snap'], 'q').stdout).toBe('ame? q');
    expect(run(['--load', 'c1.snap', '--save-at', 'name? ', 'c3.snap'], 'q').status).toBe(0);
    expect(run(['--load', 'c3.snap'], 'xq').stdout).toBe('xq');
  });

  test('a program with the exit port keeps it', () => {
    expect(run(fresh('exits', '--save-at', 'o', 'e.snap')).status).toBe(33);
    const r = run(['--load', 'e.snap']);
    expect(r).toMatchObject({ status: 33, stdout: 'ut\n' });
    expect(run(['--load', 'e.snap', '--save-at', 'never', 'e2.snap']).status).toBe(33);
    expect(existsSync(p('e2.snap'))).toBe(false);
  });

  test('that never comes is told, status 1, and no file is there', () => {
    const r = run(fresh('says', '--save-at', 'login:', 'n.snap', '--save-at', '1', 'n2.snap', '--until', '1'));
    expect(r.status).toBe(1);
    expect(r.stderr).toContain("nothing was saved in 'n.snap': the run ended before the console said 'login:'\n");
    expect(r.stderr).toContain("saved 'n2.snap' at 1:");
    expect(existsSync(p('n.snap'))).toBe(false);
  });

  test('changes nothing of a run that is typed to, nor does going on from it', () => {
    const json = (args: readonly string[]): unknown => {
      const r = run([...args, '--json', '--quiet'], 'Ada q');
      expect(r.status).toBe(0);
      return { ...JSON.parse(r.stdout), notes: [] };
    };
    for (const kernel of ['prompt', 'rest']) {
      const plain = json(fresh(kernel));
      // Before the first character is typed, and after it.
      const [before, after] = kernel === 'prompt' ? [['hello', '1.234ms'], '5.04ms'] : [['7ms', '12ms'], '15.04ms'];
      const wishes = [...before, after].flatMap((when, n) => ['--save-at', when, `g${n}.snap`]);
      expect(json(fresh(kernel, ...wishes))).toEqual(plain);
      for (const n of before.keys()) expect(json(['--load', `g${n}.snap`])).toEqual(plain);
    }
  });

  test('changes nothing of the end of a program whose last characters are being sent', () => {
    for (const kernel of ['hello', 'out', 'resets', 'fault']) {
      const plain = run(fresh(kernel, '--json', '--quiet'));
      const r = run(fresh(kernel, '--save-at', '!', 'never.snap', '--json', '--quiet'));
      expect(JSON.parse(r.stdout)).toEqual(JSON.parse(plain.stdout));
      expect(r.stderr).toContain("nothing was saved in 'never.snap': the program had ended when the console said '!'\n");
      expect(r.status).toBe(plain.status === 0 ? 1 : plain.status);
      expect(existsSync(p('never.snap'))).toBe(false);
    }
  });

  test('what cannot become a file is told, and the run goes on', () => {
    writeFileSync(p('odd.ts'), ODD_CARD);
    const r = run(fresh('prompt', '--device', 'odd.ts,slot=4', '--save-at', 'hello', 'odd.snap'), 'q');
    expect(r).toMatchObject({ status: 2, stdout: 'hello, name? q' });
    expect(r.stderr).toMatch(/northbridge: cannot make snapshot 'odd\.snap': [^\n]+; the run goes on\n/);
    expect(existsSync(p('odd.snap'))).toBe(false);
  });

  test('a new file is its user\'s alone; one that is there keeps its mode', () => {
    writeFileSync(p('open.snap'), '', { mode: 0o644 });
    chmodSync(p('open.snap'), 0o644);
    expect(run(fresh('prompt', '--save-at', 'h', 'own.snap', '--save-at', 'e', 'open.snap'), 'q').status).toBe(0);
    expect([p('own.snap'), p('open.snap')].map((f) => statSync(f).mode & 0o777)).toEqual([0o600, 0o644]);
  });

  test('of a program that had ended by then saves nothing', () => {
    const r = run(fresh('line', '--save-at', 'hello\n', 'h.snap'));
    expect(r).toMatchObject({ status: 1, stdout: 'hello\n' });
    expect(r.stderr).toContain("nothing was saved in 'h.snap': the program had ended when the console said 'hello?'\n");
    expect(existsSync(p('h.snap'))).toBe(false);
  });

  test('that cannot be written after all is told, and the run goes on', () => {
    // No regular file: it is written straight.
    const r = run(fresh('prompt', '--save-at', 'hello', '/dev/full'), 'q');
    expect(r).toMatchObject({ status: 2, stdout: 'hello, name? q' });
    expect(r.stderr).toContain("cannot write snapshot '/dev/full': no space left on the device; the run goes on\n");
  });

  test('used wrongly is refused before the run', async () => {
    await refused(fresh('loop', '--save-at', '5'), 'wants two values, WHEN and FILE');
    await refused(fresh('loop', '--save-at', '5', 'a', 'b'), 'wants two values, WHEN and FILE');
    await refused(fresh('loop', '--save-at', 'hi', '--save-at', 'q.snap'), 'wants two values, WHEN and FILE');
    await refused(fresh('loop', '--save-at=hi', '--save-at=q.snap'), 'wants two values, WHEN and FILE');
    await refused(fresh('loop', '--save-at', '2.5sec', 'x'), "or text:2.5sec for a text on the console");
    await refused(fresh('loop', '--save-at', '0', 'x'), 'no time above zero');
    await refused(fresh('loop', '--save-at', '1e9', 'x'), '34 days');
    await refused(fresh('loop', '--save-at', '', 'x'), 'wants a time or a text');
    await refused(fresh('loop', '--save-at', 'text:', 'x'), 'wants a time or a text');
    await refused(fresh('loop', '--save-at', 'a', '-'), 'is no file');
    await refused(fresh('loop', '--save-at', 'a', 'loop'), "'loop' is the kernel; it would be overwritten");
    await refused(fresh('loop', '--disk', 'd', '--save-at', 'a', 'd'), "'d' is the disk; it would be overwritten");
    await refused(fresh('loop', '--save-at', 'a', 'nowhere/x'), "there is no folder 'nowhere'");
    await refused(fresh('loop', '--save-at', 'a', '.'), 'it is a directory');
    if (existsSync('/proc/self'))
      await refused(fresh('loop', '--save-at', '5us', '/proc/f.snap', '--until', '10us'), "no file can be made in '/proc'");
    await refused(fresh('loop', '--save-at', 'a', 'x', '--save-at', 'b', 'x'), "'x' is the file of --save-at, too");
    await refused(fresh('loop', '--save-at', 'a', 'x.trace', '--trace', 'x.trace'), "'x.trace' is the file of --trace, too");
    await refused(fresh('loop', '--save-at', 'a', './y', '--trace', 'y'), "'./y' is the file of --trace, too");
    await refused(fresh('loop', '--save-at', 'a', 'x', '--save-at', 'b', './x'), "'./x' is the file of --save-at, too");
    symlinkSync('x', p('link'));
    await refused(fresh('loop', '--save-at', 'a', 'x', '--save-at', 'b', 'link'), "'link' is the file of --save-at, too");
    await refused(fresh('loop', '--save-at', '5', 'x', '--until', '4'), 'the run ends (--until) before 5');
    await refused(fresh('loop', '--disk', 'd', '--write-disk', '--save-at', '5', 'x'), '--save-at beside --write-disk');
    await refused(['--load', 'prompt.snap', '--save-at', '1us', 'x'], 'of a later moment than 1us');
    await refused(['--load', 'prompt.snap', '--save-at', 'a', 'prompt.snap'], 'is the snapshot that is loaded');
  });
});

/** `script` from util-linux gives the program a terminal. */
const noTerminal = spawnSync('script', ['--version']).status !== 0;

describe('run --load', () => {
  test.skipIf(noTerminal)('on a terminal, how to see the prompt is told; elsewhere it is not', () => {
    const args = ['run', 'pc', '--load', 'prompt.snap', '--until', '20ms'];
    const line = [process.execPath, PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
    const shown = spawnSync('script', ['-qec', line, '/dev/null'], { cwd: files.folder, encoding: 'utf8' });
    expect(shown.stdout).toContain('northbridge: what was on the screen is not here; press Enter for a prompt');
    expect(run(args.slice(2)).stderr).not.toContain('press Enter');
  });

  test('options as then may be given; others are refused by name', async () => {
    const same = ['--memory', '16MiB', '--ide', 'piix3', '--processor-clock', '200MHz'];
    expect(run(['--load', 'prompt.snap', ...same], 'q')).toMatchObject({ status: 0, stdout: 'q' });
    await refused(['--load', 'prompt.snap', '--memory', '32MiB'], 'was made with memory 16MiB, not memory 32MiB');
    await refused(
      ['--load', 'prompt.snap', '--ide', 'piix4', '--processor-clock', '100MHz'],
      'was made with ide piix3, processor-clock 200MHz, not ide piix4, processor-clock 100MHz',
    );
    await refused(['--load', 'prompt.snap', '--forgive', 'all'], 'was made with no --forgive, not --forgive all; leave that out');
    await refused(['--load', 'prompt.snap', '--disk', 'd'], 'was made without a disk');
    await refused(['--load', 'prompt.snap', '--until', '1us'], "is not after the snapshot's moment");
    for (const [option, value] of [['--kernel', 'prompt'], ['--initrd', 'd'], ['--append', 'x']])
      await refused(['--load', 'prompt.snap', option, value], `${option} beside --load`);
  });

  test('what was decided then is kept: rules that are forgiven', () => {
    expect(run(fresh('prompt', '--forgive', 'all', '--save-at', 'name? ', 'f.snap'), 'q').status).toBe(0);
    expect(run(['--load', 'f.snap'], 'q').status).toBe(0);
    expect(run(['--load', 'f.snap', '--forgive', 'all'], 'q').status).toBe(0);
  });

  test('a disk is given again, and must be that of then', async () => {
    expect(run(fresh('prompt', '--disk', 'd', '--save-at', 'name? ', 'disk.snap'), 'q').status).toBe(0);
    cpSync(p('d'), p('moved'));
    expect(run(['--load', 'disk.snap', '--disk', 'moved'], 'q')).toMatchObject({ status: 0, stdout: 'q' });
    await refused(['--load', 'disk.snap'], "was made with the disk 'd'; give it with --disk FILE");
    writeFileSync(p('other'), Buffer.concat([DISK, DISK]));
    await refused(['--load', 'disk.snap', '--disk', 'other'], "disk 'other' has 131072 bytes; that of snapshot");
    const changed = Buffer.from(DISK);
    changed[40_000] ^= 1;
    writeFileSync(p('other'), changed);
    await refused(['--load', 'disk.snap', '--disk', 'other'], 'its contents differ');
    rmSync(p('other'));
    // What it writes is kept, and nothing is locked after a refusal.
    await refused(['--load', 'disk.snap', '--disk', 'd', '--write-disk', ...CARD], 'give --device as then');
    expect(run(['--load', 'disk.snap', '--disk', 'd', '--write-disk'], 'q').status).toBe(0);
  });

  test('devices are given again, in the slots and with the options of then', async () => {
    expect(run(fresh('prompt', ...CARD, '--save-at', 'name? ', 'card.snap'), 'q').status).toBe(0);
    expect(run(['--load', 'card.snap', ...CARD], 'q')).toMatchObject({ status: 0, stdout: 'q' });
    await refused(['--load', 'card.snap'], 'this machine has no device of its own; give --device as then');
    await refused(['--load', 'card.snap', '--device', `${CARD_FILE},slot=5`], 'in slot 4.0');
    await refused(['--load', 'prompt.snap', ...CARD], 'was made with no device of its own');
  });

  test('a file that is none, cut, damaged or of another version is refused', async () => {
    const good = readFileSync(p('prompt.snap'));
    const refusedFile = async (bytes: Uint8Array, words: string): Promise<void> => {
      writeFileSync(p('bad.snap'), bytes);
      await refused(['--load', 'bad.snap'], words);
    };
    await refused(['--load', 'missing.snap'], "cannot open snapshot 'missing.snap'");
    await refused(['--load', '.'], 'is no regular file');
    await refusedFile(DISK, "snapshot 'bad.snap' cannot be used: this is no snapshot file");
    await refusedFile(good.subarray(0, good.length - 1), `truncated: ${good.length - 1} bytes of ${good.length}`);
    const flipped = Buffer.from(good);
    flipped[good.length >> 1] ^= 0x10;
    await refusedFile(flipped, 'damaged: the checksum does not match');
    const older = Buffer.from(good);
    older[8] = 1;
    await refusedFile(older, 'version 1, this program reads version 3; make the snapshot anew');
    rmSync(p('bad.snap'));
  });

  test('what a file says reaches no terminal as more than words', async () => {
    const ESCAPE = '\x1b]0;x\x07\x9b2j\u202e';
    const forged = (change: (snapshot: Snapshot, recipe: SnapshotRecipe) => void): string[] => {
      const snapshot = decodeSnapshot(readFileSync(p('prompt.snap')));
      change(snapshot, snapshot.recipe as SnapshotRecipe);
      writeFileSync(p('bad.snap'), encodeSnapshot(snapshot));
      return ['--load', 'bad.snap'];
    };
    const r = run(forged((_, recipe) => { recipe.moment = `at ${ESCAPE}`; }), 'q');
    expect(r).toMatchObject({ status: 0, stdout: 'q' });
    expect(r.stderr).toMatch(/^northbridge: goes on from 'bad\.snap', at \?\]0;x\?\?2j\? \(/);
    const changes: ((snapshot: Snapshot, recipe: SnapshotRecipe) => void)[] = [
      (s) => { s.machine.board = ESCAPE; },
      (s) => { s.machine.config = ESCAPE; },
      (s) => { s.machine.components[ESCAPE] = {}; },
      (_, recipe) => { recipe.options['ide'] = ESCAPE; },
      (_, recipe) => { recipe.options[ESCAPE] = ''; },
      (_, recipe) => { recipe.disks = [{ name: ESCAPE, size: 512, sha256: '' }]; },
      (_, recipe) => { recipe.devices = [{ name: ESCAPE, slot: '', settings: '' }]; },
    ];
    for (const change of changes) await refused(forged(change), '?]0;x??2j?');
    await refused([...forged((_, recipe) => { recipe.forgiven = [ESCAPE]; }), '--forgive', 'all'], '?]0;x??2j?');
    rmSync(p('bad.snap'));
  });

  test('a trace begins at the moment of the load, and says so', () => {
    expect(run(['--load', 'prompt.snap', '--trace', 'l.ndjson'], 'q').status).toBe(0);
    const [, , first] = readFileSync(p('l.ndjson'), 'utf8').split('\n').map((line) => line && JSON.parse(line));
    expect(first).toMatchObject({ kind: 'mark', name: 'snapshot loaded' });
    expect(first.time).toBeGreaterThan(0);
  });

  test('the file is as large as what is in use', () => {
    expect(statSync(p('prompt.snap')).size).toBeLessThan(200_000);
  });
});
