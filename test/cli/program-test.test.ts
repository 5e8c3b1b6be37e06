import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXITING, LOOP, multibootElf, SAYING } from './kernels.ts';
import { northbridge, refusal, scratch, type Result } from './northbridge.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/forgotten-busy/', import.meta.url));
const files = scratch();
const p = files.path;
beforeAll(() => {
  writeFileSync(p('passes.elf'), multibootElf(EXITING('all is <well> & good', 0x10)));
  writeFileSync(p('fails.elf'), multibootElf(EXITING('panic', 1)));
  writeFileSync(p('says.elf'), multibootElf(SAYING('panic')));
  writeFileSync(p('loops.elf'), multibootElf([0xeb, 0xfe]));
  writeFileSync(p('halts.elf'), multibootElf([0xfa, 0xf4]));
  writeFileSync(p('faults.elf'), multibootElf([0x0f, 0x01, 0x1d, 0, 0, 0, 0, 0xcc])); // lidt [0]; int3
  writeFileSync(p('linux'), LOOP);
  writeFileSync(p('disk'), Buffer.alloc(64 * 1024));
  const arm = Buffer.from(multibootElf([0xf4]));
  arm[18] = 40;
  writeFileSync(p('arm.elf'), arm);
  const high = multibootElf(EXITING('', 0x10));
  for (const at of [24, 52 + 8, 52 + 12]) high.writeUInt32LE(high.readUInt32LE(at) + 0x8000000, at); // entry, addresses
  writeFileSync(p('high.elf'), high);
  const long = Buffer.from(arm);
  long[4] = 2;
  long[18] = 62;
  writeFileSync(p('long.elf'), long);
  writeFileSync(p('cut.elf'), arm.subarray(0, 40));
});
afterAll(() => files.remove());

const run = (...args: string[]): Result => northbridge(['test', '--memory', '16MiB', ...args], { cwd: files.folder });

describe('the verdict', () => {
  test('a pass code passes, anything else does not', () => {
    expect(run('passes.elf')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^ok +passes\.elf/) });
    const r = run('fails.elf', 'passes.elf');
    expect(r).toMatchObject({ status: 1, stderr: 'northbridge: 1 of 2 tests failed\n' });
    expect(r.stdout).toContain('FAIL  fails.elf');
    expect(r.stdout).toContain('it ended with 0x1 at the exit port (status 3 of QEMU), wanted 0x10');
    expect(r.stdout).toMatch(/last lines on COM1:\n +panic\n/);
    expect(r.stdout).toContain('cpu0 writes io f4h debug-exit.ports: 01h');
    expect(run('fails.elf', '--pass-code', '0,1').status).toBe(0);
  });

  test.each([
    ['a halt', 'halts.elf', [], 'it halted with interrupts off and never wrote to the exit port'],
    ['a triple fault', 'faults.elf', [], 'it ended in a triple fault'],
    ['the timeout', 'loops.elf', ['--timeout', '2ms'], 'it was not done in time'],
    ['a text that must not come', 'passes.elf', ['--fail-text', 'well'], "the console says 'well'"],
    ['a text that does not come', 'passes.elf', ['--expect-text', 'bad'], "it ended well and never said 'bad'"],
  ] as [string, string, string[], string][])('%s fails', (_name, program, more, reason) => {
    const r = run(program, ...more);
    expect(r.status).toBe(1);
    expect(r.stdout).toContain(reason);
  });

  test('a program linked above RAM is told what helps', () => {
    const r = run('high.elf');
    expect(r.status).toBe(2);
    expect(r.stderr).toMatch(/not that much RAM; the machine has 16 MiB; .*--memory 256MiB.*-Ttext-segment=0x100000/);
  });

  test('the board has its options', () => {
    const seconds = (...more: string[]): number => JSON.parse(run('passes.elf', '--json', ...more).stdout).tests[0].seconds;
    expect(seconds('--isa-divisor', '8')).toBeGreaterThan(seconds());
  });

  test('all texts pass at once, unless an exit is asked for', () => {
    const texts = ['--expect-text', 'pan', '--expect-text', 'ic'];
    expect(run('says.elf', ...texts).status).toBe(0);
    expect(run('says.elf', ...texts, '--pass-code', '0x10', '--timeout', '5ms').status).toBe(1);
  });
});

describe('reports', () => {
  test('--junit', () => {
    const r = run('passes.elf', 'fails.elf', '--junit', 'report.xml', '--quiet');
    expect(r.status).toBe(1);
    const xml = readFileSync(p('report.xml'), 'utf8');
    expect(xml).toContain('<testsuite name="northbridge" tests="2" failures="1"');
    expect(xml).toContain('all is &lt;well&gt; &amp; good');
    expect(xml).toMatch(/<failure message="it ended with 0x1 [^"]*">last lines on COM1/);
    expect(readdirSync(files.folder).filter((n) => n.includes('northbridge'))).toEqual([]);
  });

  test('--json is the same every time', () => {
    const once = run('passes.elf', 'fails.elf', '--json');
    const o = JSON.parse(once.stdout);
    expect(o).toMatchObject({ schema: 'northbridge-test/1', passed: false });
    expect(o.tests[0]).toMatchObject({ program: 'passes.elf', passed: true, exitValue: 16, console: 'all is <well> & good' });
    expect(run('passes.elf', 'fails.elf', '--json').stdout).toBe(once.stdout);
  });
});

describe('bad input: one line, status 2, nothing written', () => {
  test.each([
    ['another machine', ['arm.elf'], "program 'arm.elf' cannot be used: ELF, offset 0x12: it is for Arm, wanted IA-32"],
    ['64 bits', ['long.elf'], '(64 bit) for x86-64, wanted 1 (32 bit)'],
    ['truncated', ['cut.elf'], '40 bytes are less than a header'],
    ['a kernel', ['linux'], 'it is no ELF file and has no multiboot header'],
    ['none', [], 'missing required argument'],
    ['a rule', ['passes.elf', '--forgive', 'ata-data'], "unknown rule 'ata-data'; did you mean 'ata-data-before-drq'?"],
    ['a code', ['passes.elf', '--pass-code', 'ok'], "--pass-code 'ok' is no list of values"],
    ['a report in no folder', ['passes.elf', '--junit', 'no/r.xml'], "there is no folder 'no'"],
    ['a report over the program', ['passes.elf', '--junit', 'passes.elf'], "--junit 'passes.elf' is the program"],
    ['a report over the disk', ['passes.elf', '--disk', 'disk', '--junit', 'disk'], "--junit 'disk' is the disk"],
    ['a board that is not', ['passes.elf', '--ide', 'piix5'], "--ide 'piix5' is none of piix3, piix4"],
    ['memory by two names', ['passes.elf', '--ram', '32MiB'], '--memory and --ram are the same option; give one'],
    ['later in the list', ['passes.elf', 'arm.elf', '--junit', 'none.xml'], 'for Arm'],
  ] as [string, string[], string][])('%s', async (_name, args, message) => {
    const r = await refusal(['test', '--memory', '16MiB', ...args], files.folder);
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toMatch(/^northbridge: [^\n]+\n$/);
    expect(r.stderr).toContain(message);
    expect(existsSync(p('none.xml'))).toBe(false);
  });
});

describe('run takes programs too', () => {
  test("the exit status is QEMU's", () => {
    const r = northbridge(['run', 'pc', '--memory', '16MiB', '--kernel', 'passes.elf'], { cwd: files.folder });
    expect(r).toMatchObject({ status: 33, stdout: 'all is <well> & good' });
    expect(r.stderr).toContain('the guest wrote 0x10 to the exit port');
  });

  test('one that halts at once has done what it wanted', () => {
    const r = northbridge(['run', 'pc', '--ram', '16MiB', '--kernel', 'halts.elf'], { cwd: files.folder });
    expect(r).toMatchObject({ status: 0, stdout: '' });
    expect(r.stderr).toMatch(/^northbridge: the processor halted with interrupts off[^\n]*\n$/);
  });
});

describe('examples/forgotten-busy', () => {
  const example = (name: string, ...more: string[]): Result => run(`${EXAMPLE}${name}.elf`, '--disk', 'disk', ...more);

  test('the driver that does not wait fails here, with the reason', () => {
    const r = example('forgotten-busy');
    expect(r.status).toBe(1);
    expect(r.stdout).toContain('ide ata-data-before-drq: primary: data were written while DRQ was clear (ATA-6');
  });
  test('stops at the first such act when asked', () => {
    const r = example('forgotten-busy', '--fail-note', 'ata-data-before-drq');
    expect(r.stdout).toMatch(/^FAIL .*: ide ata-data-before-drq: primary: data were written/);
    expect(r.stdout).toMatch(/^ +1 × ide ata-data-before-drq/m);
    expect(r.stdout).toMatch(/1f7h ide.primary.command: 30h\n.* note: ide .*\n.* cpu0 writes io 1f0h [^\n]*\n$/);
  });
  test('forgiven, it passes, and what was forgiven is told', () => {
    const r = example('forgotten-busy', '--forgive', 'all');
    expect(r.status).toBe(0);
    expect(r.stdout).toMatch(/ata-data-before-drq.*; forgiven/);
  });
  test('the one that waits passes without a note', () => {
    expect(example('waits')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^ok [^\n]*\n$/) });
  });

  const noQemu = spawnSync('qemu-system-i386', ['--version']).status !== 0;
  test.skipIf(noQemu)('passes on QEMU: what the page says of it', () => {
    const args = [
      '-display', 'none', '-serial', 'stdio', '-no-reboot', '-kernel', `${EXAMPLE}forgotten-busy.elf`,
      '-drive', `file=${p('disk')},format=raw,if=ide,snapshot=on`, '-device', 'isa-debug-exit,iobase=0xf4,iosize=4',
    ];
    expect(spawnSync('qemu-system-i386', args, { encoding: 'utf8' })).toMatchObject({
      status: 33,
      stdout: expect.stringContaining('the sector has the data that were written'),
    });
  });
});
