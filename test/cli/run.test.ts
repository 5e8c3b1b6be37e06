import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  bzImage, diskWriting, ECHO, ECHO_THREE_WIRES, HALTED, LOOP, multibootElf, printing, TRIPLE_FAULT, WANTS_PAE,
} from './kernels.ts';
import { northbridge, PROGRAM, scratch, type Result } from './northbridge.ts';

const files = scratch();
const p = files.path;
const DISK = Buffer.alloc(64 * 1024, 0x5a);

beforeAll(() => {
  writeFileSync(p('hello'), printing('hello\n'));
  writeFileSync(p('echo'), ECHO);
  writeFileSync(p('echo3'), ECHO_THREE_WIRES);
  writeFileSync(p('loop'), LOOP);
  writeFileSync(p('halted'), HALTED);
  writeFileSync(p('triple'), TRIPLE_FAULT);
  writeFileSync(p('wants-pae'), WANTS_PAE);
  writeFileSync(p('writer'), diskWriting(3, 'halt'));
  writeFileSync(p('endless'), diskWriting(3, 'loop'));
});
afterAll(() => files.remove());

function run(kernel: string, more: readonly string[] = [], input = ''): Result {
  return northbridge(['run', 'pc', '--memory', '16MiB', '--kernel', kernel, ...more], { cwd: files.folder, input });
}
function changedDisk(kernel: string): Buffer {
  const changed = Buffer.from(DISK);
  readFileSync(p(kernel)).copy(changed, 3 * 512, 1024, 1536);
  return changed;
}

describe('run pc', () => {
  test('the console is on stdout, the end on stderr', () => {
    const r = run('hello');
    expect(r).toMatchObject({ status: 0, stdout: 'hello\n' });
    expect(r.stderr).toMatch(/^northbridge: the processor halted with interrupts off after [^\n]+\n$/);
  });

  test('--json: one object on stdout, the console on stderr', () => {
    const r = run('hello', ['--json']);
    expect(r).toMatchObject({ status: 0, stderr: 'hello\n' });
    const o = JSON.parse(r.stdout);
    expect(Object.keys(o)).toEqual([
      'schema', 'board', 'options', 'reason', 'exitValue', 'seconds', 'instructions', 'cpuBusy', 'cpuPortAccesses', 'cpuMmioAccesses',
      'deviceBytes', 'deviceTransfers', 'interrupts', 'diskBytesRewritten', 'notes',
    ]);
    expect(o).toMatchObject({ board: 'pc', reason: 'halted', diskBytesRewritten: 0 });
    expect(o.options).toMatchObject({ ram: '16MiB', kernelEntry: 'decompressor' });
  });

  test('--until ends a guest that does not', () => {
    const r = run('loop', ['--until', '20ms', '--json']);
    expect(r.status).toBe(0);
    expect(JSON.parse(r.stdout)).toMatchObject({ reason: 'until', seconds: 0.02 });
  });

  test('input from a pipe is typed, all of it, and its end does not stop the run', () => {
    const text = 'The quick brown fox jumps over the lazy dog. '.repeat(8).replaceAll('q', 'Q');
    expect(run('echo', [], `${text}q`)).toMatchObject({ status: 0, stdout: `${text}q` });
    expect(JSON.parse(run('echo', ['--until', '50ms', '--json'], 'abc').stdout)).toMatchObject({ reason: 'until' });
  });

  test('input reaches a guest that leaves the modem lines alone, without an overrun', () => {
    const text = 'no handshake at all';
    expect(run('echo3', [], `${text}q`)).toMatchObject({ status: 0, stdout: `${text}q` });
  });

  test('input that no guest took is told', () => {
    const r = run('loop', ['--until', '30ms'], 'abc');
    expect(r.stderr).toContain('3 characters of the input were never typed');
  });

  test('a guest that halts at once and in silence has not run well', () => {
    const r = run('halted');
    expect(r).toMatchObject({ status: 1, stdout: '' });
    expect(r.stderr).toContain('the guest gave up at once, without a character on COM1');
  });

  test('nor has one that halts in silence later', () => {
    writeFileSync(p('late'), bzImage([0xb9, 0, 0, 0x30, 0, 0xe2, 0xfe, 0xfa, 0xf4])); // mov ecx; loop $; cli; hlt
    const r = run('late', ['--json']);
    expect(r).toMatchObject({ status: 1, stderr: expect.stringContaining('halted for good without a character') as string });
    expect((JSON.parse(r.stdout) as { seconds: number }).seconds).toBeGreaterThan(0.001);
  });

  test('a triple fault is told, status 1', () => {
    const r = run('triple');
    expect(r.status).toBe(1);
    expect(r.stderr).toContain('triple fault');
  });

  test('a triple fault of a kernel that wants what the processor lacks says what', () => {
    const r = run('wants-pae');
    expect(r.status).toBe(1);
    expect(r.stderr).toContain('triple fault');
    expect(r.stderr).toContain('the last #GP was a write of CR4 with PAE, which this processor lacks');
  });

  test('a vmlinux is refused, and the bzImage is named', () => {
    writeFileSync(p('vmlinux'), multibootElf([...Buffer.from('Linux version 6.1')]).fill(0, 0x54, 0x58));
    const r = run('vmlinux');
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toBe("northbridge: kernel 'vmlinux' cannot be used: it is an unpacked Linux kernel (vmlinux); " +
      'give its bzImage, the vmlinuz that it lies beside\n');
    // As guest prepare keeps it: entered at a physical address that is no program's.
    const kept = multibootElf([...Buffer.from('Linux version 6.1')]).fill(0, 0x54, 0x58);
    kept.writeUInt32LE(0x1000000, 24);
    writeFileSync(p('vmlinux'), kept);
    expect(run('vmlinux')).toEqual(r);
    expect(northbridge(
      ['compare', 'disk-read', '--guest', 'debian', '--kernel', 'vmlinux', '--initrd', 'hello'], { cwd: files.folder },
    )).toEqual(r);
  });

  test('a kernel that does not fit into memory', () => {
    writeFileSync(p('large-initrd'), Buffer.alloc(20 * 1024 * 1024, 1));
    const r = run('hello', ['--initrd', 'large-initrd']);
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toMatch(/^northbridge: [^\n]*initrd[^\n]*the machine has 16 MiB \(--memory\)\n$/);
  });
});

describe('run pc --disk', () => {
  test('forgets what the guest writes', () => {
    writeFileSync(p('d'), DISK);
    expect(run('writer', ['--disk', 'd'])).toMatchObject({ status: 0, stdout: 'w' });
    expect(readFileSync(p('d')).equals(DISK)).toBe(true);
  });

  test('keeps it with --write-disk', () => {
    writeFileSync(p('d'), DISK);
    const r = run('writer', ['--disk', 'd', '--write-disk']);
    expect(r).toMatchObject({ status: 0, stdout: 'w' });
    expect(r.stderr).toContain('4,096 bytes of the disk were rewritten');
    expect(readFileSync(p('d')).equals(changedDisk('writer'))).toBe(true);
  });

  test('an image that somebody else wrote is left, told, and costs the run its result nothing', () => {
    writeFileSync(p('d'), DISK);
    writeFileSync(p('meddler.ts'), `import { appendFileSync } from 'node:fs';
      import { headerRows, PciFunction, regs } from 'northbridge/device';
      const ROWS = regs(32, headerRows({ vendor: 0x1234, device: 1, revision: 0, classCode: 0xff0000 }));
      export default class Meddler extends PciFunction {
        readonly config = this.configSpace(ROWS);
        constructor(name, sim) { super(name, sim); appendFileSync('d', 'x'); }
      }`);
    const r = run('writer', ['--disk', 'd', '--write-disk', '--json', '--device', 'meddler.ts']);
    expect(r.status).toBe(2);
    expect(r.stderr).toContain('was not written, it is as somebody else has left it');
    expect(JSON.parse(r.stdout)).toMatchObject({ reason: 'halted', diskBytesRewritten: 0 });
    expect(readdirSync(files.folder).filter((n) => n.includes('northbridge-'))).toEqual([]);
  });

  test('a second writer is refused at its start; the first one keeps what it wrote', async () => {
    writeFileSync(p('d'), DISK);
    const args = ['run', 'pc', '--memory', '16MiB', '--write-disk', '--disk', p('d'), '--kernel'];
    const child = spawn(process.execPath, [PROGRAM, ...args, p('endless')]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const second = northbridge([...args, p('writer')]);
    expect(second).toMatchObject({ status: 2, stdout: '' });
    expect(second.stderr).toContain(`is being written by process ${child.pid}`);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    expect(northbridge([...args, p('writer')]).status).toBe(0);
    expect(readFileSync(p('d')).equals(changedDisk('writer'))).toBe(true);
    expect(readdirSync(files.folder).filter((n) => n.includes('northbridge-'))).toEqual([]);
  });

  test('an interrupted run leaves the image as it was, and no copy', async () => {
    writeFileSync(p('d'), DISK);
    const child = spawn(process.execPath, [
      PROGRAM, 'run', 'pc', '--memory', '16MiB', '--kernel', p('endless'), '--disk', p('d'), '--write-disk',
    ]);
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => { stderr += data.toString(); });
    child.stdout.once('data', () => child.kill('SIGINT'));
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect(status).toBe(130);
    expect(stderr).toContain('interrupted (SIGINT)');
    expect(stderr).toContain('is as it was');
    expect(readFileSync(p('d')).equals(DISK)).toBe(true);
    expect(readdirSync(files.folder).filter((n) => n.includes('northbridge-'))).toEqual([]);
  });
});

/** `script` from util-linux gives the program a terminal. */
const noTerminal = spawnSync('script', ['--version']).status !== 0;
test.skipIf(noTerminal)('on a terminal: keys reach the guest raw, Ctrl-C too, and Ctrl-A x leaves', async () => {
  const child = spawn('script', [
    '-qec',
    `'${process.execPath}' '${PROGRAM}' run pc --memory 16MiB --kernel '${p('echo')}'`,
    '/dev/null',
  ]);
  let text = '';
  const typed = ['a\x03\x01\x01b', '\x01x'];
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString('latin1');
    if (text.includes('[Ctrl-A x leaves') && typed.length === 2) child.stdin.write(typed.shift());
    if (text.includes('a\x03\x01b') && typed.length === 1) child.stdin.write(typed.shift());
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  expect(text).toContain('a\x03\x01b');
  expect(text).toContain('northbridge: left after');
  expect(status).toBe(0);
});
