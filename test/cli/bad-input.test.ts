import { chmodSync, existsSync, linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { northbridge, refusal, scratch } from './northbridge.ts';

const files = scratch();
const p = files.path;

/** The setup header of a kernel that is whole: boot sector, one setup sector, 32 bytes of code. */
function smallKernel(): Buffer {
  const k = Buffer.alloc(2 * 512 + 32);
  k[0x1f1] = 1;
  k.writeUInt32LE(2, 0x1f4);
  k.writeUInt16LE(0xaa55, 0x1fe);
  k[0x201] = 0x66;
  k.write('HdrS', 0x202);
  k.writeUInt16LE(0x20f, 0x206);
  k[0x211] = 1;
  k.writeUInt32LE(0x7fffffff, 0x22c);
  k.writeUInt32LE(2047, 0x238);
  return k;
}

beforeAll(() => {
  writeFileSync(p('odd.img'), Buffer.alloc(1000));
  writeFileSync(p('empty.img'), '');
  writeFileSync(p('small.img'), Buffer.alloc(64 * 1024, 7));
  writeFileSync(p('qcow2.img'), Buffer.concat([Buffer.from([0x51, 0x46, 0x49, 0xfb]), Buffer.alloc(508)]));
  writeFileSync(p('kernel'), smallKernel());
  writeFileSync(p('truncated'), smallKernel().subarray(0, 2 * 512 + 8));
  writeFileSync(p('text'), 'this is no kernel\n'.repeat(100));
  linkSync(p('small.img'), p('link.img'));
});
afterAll(() => files.remove());

/** One line on stderr, nothing on stdout, status 2. */
async function refused(args: readonly string[]): Promise<string> {
  const r = await refusal(args, files.folder);
  expect.soft(r.stdout, 'standard output').toBe('');
  expect.soft(r.status, `exit status; ${r.stderr}`).toBe(2);
  expect(r.stderr).toMatch(/^northbridge: [^\n]+\n$/);
  return r.stderr.slice('northbridge: '.length, -1);
}

const COMPARE = ['compare', 'disk-read'];
const RUN = ['run', 'pc', '--kernel'];

describe('bad input is refused in one line that says what to do, with status 2', () => {
  const cases: [string, string[], string | RegExp][] = [
    ['unknown command', ['compar', 'disk-read'], "unknown command 'compar'; did you mean 'compare'?"],
    ['unknown option', [...COMPARE, '--method', 'dma'], "unknown option '--method'; did you mean '--methods'?"],
    ['no argument', ['compare'], 'missing required argument'],
    ['argument too many', [...COMPARE, 'more'], 'too many arguments'],
    ['unknown experiment', ['compare', 'disk-raed'], "unknown experiment 'disk-raed'; did you mean 'disk-read'?"],
    ['unknown board', ['run', 'pcc'], "unknown board 'pcc'; did you mean 'pc'?"],
    ['unknown guest', [...COMPARE, '--guest', 'debain'], "unknown guest 'debain'; did you mean 'debian'?"],
    [
      'unknown method', [...COMPARE, '--methods', 'dma,pio-poled'],
      "unknown method 'pio-poled'; did you mean 'pio-polled'?",
    ],
    [
      'method of the other guest',
      [...COMPARE, '--guest', 'debian', '--methods', 'pio-irq'],
      "unknown method 'pio-irq'",
    ],
    ['no methods', [...COMPARE, '--methods', ','], '--methods is empty'],
    ['unknown mode', [...COMPARE, '--mode', 'udma9'], "--mode 'udma9' is none of pio0,"],
    ['mode for no method', [...COMPARE, '--methods', 'dma', '--mode', 'pio4'], 'fits none of the methods dma'],
    ['mode that the controller has not', [...COMPARE, '--mode', 'udma2'], 'a PIIX3 has no Ultra DMA; give --ide piix4'],
    ['unknown engine', [...COMPARE, '--engine', 'jitt'], "unknown engine 'jitt'"],
    ['size in words', [...COMPARE, '--bytes', 'many'], "--bytes 'many' is no size; write"],
    ['negative size', [...COMPARE, '--bytes=-512'], "--bytes '-512' is no size"],
    ['half a byte', [...COMPARE, '--bytes', '0.3KiB'], 'not a whole number of bytes'],
    ['no bytes', [...COMPARE, '--bytes', '0'], "--bytes '0': 0B is below the least, 512B"],
    ['bytes no multiple of 512', [...COMPARE, '--bytes', '1000'], '1000B is no multiple of 512B'],
    [
      'more bytes than the disk has',
      [...COMPARE, '--bytes', '64.5KiB', '--disk', 'small.img'],
      'the disk has only 65536 bytes (64KiB)',
    ],
    ['more bytes than fit into memory', [...COMPARE, '--bytes', '16GiB'], "do not fit into the machine's memory"],
    ['missing disk', [...COMPARE, '--disk', 'nowhere.img'], "cannot open disk 'nowhere.img': there is no such file"],
    ['disk is a folder', [...COMPARE, '--disk', '.'], 'is no regular file'],
    ['empty disk', [...COMPARE, '--disk', 'empty.img'], 'is empty'],
    ['disk of half a sector', [...COMPARE, '--disk', 'odd.img'], 'has 1000 bytes, which is no multiple of 512'],
    ['qcow2 disk', [...COMPARE, '--disk', 'qcow2.img'], 'qemu-img convert'],
    ['trace in no folder', [...COMPARE, '--trace', 'no/trace'], "there is no folder 'no'"],
    ['trace is a folder', [...COMPARE, '--trace', '.'], 'it is a directory'],
    [
      'trace is the disk',
      [...COMPARE, '--disk', 'small.img', '--trace', 'link.img'],
      'is the disk; it would be overwritten',
    ],
    ['filter without trace', [...COMPARE, '--trace-target', 'ide'], 'give --trace FILE too'],
    ['address range', [...COMPARE, '--trace', 't', '--trace-address', '5-3'], "--trace-address '5-3' is no range"],
    ['kernel for the bare guest', [...COMPARE, '--kernel', 'kernel'], 'are for --guest debian'],
    ['no kernel', ['run', 'pc'], 'give a Linux kernel with --kernel FILE'],
    ['missing kernel', [...RUN, 'nowhere'], "cannot open kernel 'nowhere': there is no such file"],
    ['kernel is a folder', [...RUN, '.'], 'is no regular file'],
    ['empty kernel', [...RUN, 'empty.img'], 'is empty'],
    ['no kernel at all', [...RUN, 'text'], /offset 0x1fe: boot flag 0x[0-9a-f]+, wanted 0xaa55; give a bzImage/],
    ['truncated kernel', [...RUN, 'truncated'], 'truncated: 1032 bytes'],
    ['missing initrd', [...RUN, 'kernel', '--initrd', 'nowhere'], "cannot open initrd 'nowhere'"],
    ['too much memory', [...RUN, 'kernel', '--memory', '1T'], '--memory 1T does not fit: the machine has at most'],
    ['too little memory', [...RUN, 'kernel', '--memory', '1MiB'], 'is too little'],
    ['odd memory', [...RUN, 'kernel', '--memory', '20.5MiB'], 'no whole number of MiB'],
    ['time', [...RUN, 'kernel', '--until', 'soon'], "--until 'soon' is no time"],
    ['too long a time', [...RUN, 'kernel', '--until', '1e9h'], /no time|34 days/],
    ['write without disk', [...RUN, 'kernel', '--write-disk'], 'give --disk FILE too'],
    ['trace is the kernel', [...RUN, 'kernel', '--trace', 'kernel'], 'is the kernel; it would be overwritten'],
    ['unknown distribution', ['guest', 'prepare', 'redhat'], "unknown guest 'redhat'"],
  ];
  test.each(cases)('%s', async (_name, args, message) => {
    const line = await refused(args);
    if (typeof message === 'string') expect(line).toContain(message);
    else expect(line).toMatch(message);
  });

  test('and every input is as it was, and nothing else was made', () => {
    expect(readdirSync(files.folder).sort()).toEqual([
      'empty.img', 'kernel', 'link.img', 'odd.img', 'qcow2.img', 'small.img', 'text', 'truncated',
    ]);
    expect(readFileSync(p('small.img')).equals(Buffer.alloc(64 * 1024, 7))).toBe(true);
    expect(readFileSync(p('kernel')).equals(smallKernel())).toBe(true);
  });

  test.skipIf(process.getuid?.() === 0)('files without permission', async () => {
    writeFileSync(p('secret'), smallKernel());
    chmodSync(p('secret'), 0);
    expect(await refused([...RUN, 'secret'])).toContain('permission denied');
  });
});

describe('what needs no machine', () => {
  test('help has examples and status 0', () => {
    const r = northbridge(['--help']);
    expect(r).toMatchObject({ status: 0, stderr: '' });
    expect(r.stdout).toContain('northbridge compare disk-read --guest debian');
    expect(northbridge(['run', '--help']).stdout).toContain('Ctrl-A x leaves');
  });
  test('version, boards, experiments', () => {
    expect(northbridge(['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(northbridge(['boards'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^pc {2}/) });
    expect(northbridge(['experiments'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('pio-polled, pio-irq, dma'),
    });
  });
  test('no arguments: the help, on stderr, status 2', () => {
    const r = northbridge([]);
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toContain('Usage: northbridge');
  });
  test('the program is built', () => expect(existsSync('dist/apps/cli/main.js')).toBe(true));
});
