import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { bzImage, EXITING, multibootElf } from './kernels.ts';
import { northbridge, scratch } from './northbridge.ts';

const files = scratch();
afterAll(files.remove);

/** mov dx, port; mov eax, value; out dx, eax */
const out32 = (port: number, value: number): number[] => [
  0x66, 0xba, port & 0xff, port >> 8, 0xb8, ...[0, 8, 16, 24].map((n) => (value >>> n) & 0xff), 0xef,
];

/** Places BAR0 of PCI device 3 and reads the first register behind it, for ever. */
const READS_BAR0 = files.path('reads-bar0');
writeFileSync(READS_BAR0, bzImage([
  ...out32(0xcf8, 0x80001810), ...out32(0xcfc, 0xe8000000), ...out32(0xcf8, 0x80001804), ...out32(0xcfc, 2),
  0x8b, 0x1d, 0x00, 0x00, 0x00, 0xe8, 0xeb, 0xf8, // mov ebx, [E8000000h]; jmp back
]));

/** A device file whose class has this body besides configuration space with one BAR. */
function device(name: string, body: string, before = ''): string {
  const path = files.path(`${name}.ts`);
  writeFileSync(path, `import { headerRows, memoryBar, PciFunction, reg, regs, rw, size } from 'northbridge/device';
const ROWS = regs(32, {
  ...headerRows({ vendor: 0x1234, device: 1, revision: 0, classCode: 0xff0000 }), BAR0: memoryBar(0x10, 4096),
});
${before}
export default class Faulty extends PciFunction {
  readonly config = this.configSpace(ROWS);
${body}
}
`);
  return path;
}

function withDevice(spec: string, env: Record<string, string> = {}) {
  return northbridge(['run', 'pc', '--until', '1ms', '--kernel', READS_BAR0, '--device', spec], { env });
}

/** The register that the kernel reads; line 11 of the file is the hook's. */
const readHook = (body: string) => `
  readonly registers = this.regs('registers', regs(32, { A: reg(0, { V: rw(31, 0) }) }), { A: { get: { V: () => {
    ${body}
  } } } });
  constructor(name: string, sim: never) { super(name, sim); this.bar('BAR0', this.registers); }`;

describe('a card of the house', () => {
  test('goes into a slot by its name, with its options', () => {
    expect(withDevice('paths,slot=5,burst=32')).toMatchObject({ status: 0 });
  });

  test('a name that is none, and an option that it has not', () => {
    expect(withDevice('path,slot=5')).toMatchObject({ status: 2 });
    expect(withDevice('path,slot=5').stderr).toContain("unknown card 'path'; did you mean 'paths'?");
    expect(withDevice('paths,brust=4').stderr).toContain("did you mean 'burst'?");
  });
});

describe('a device from a file', () => {
  const example = fileURLToPath(new URL('../../examples/copy-engine/device.ts', import.meta.url));

  test('is found by software on the PCI bus, and takes its options', () => {
    const r = withDevice(`${example},slot=3,buffer=8KiB`);
    expect(r.stderr).toContain('stopped at the time asked for');
    expect(r.status).toBe(0);
  });

  test('stands beside an experiment', () => {
    const r = northbridge(
      ['compare', 'disk-read', '--bytes', '8KiB', '--methods', 'dma', '--json', '--device', `${example},slot=3`],
    );
    expect([r.stderr, r.status]).toEqual(['', 0]);
    expect(JSON.parse(r.stdout).runs[0].matches).toBe(true);
  });

  test('stands beside a test', () => {
    writeFileSync(files.path('passes.elf'), multibootElf(EXITING('ok', 0x10)));
    const r = northbridge(['test', files.path('passes.elf'), '--device', `${example},slot=3`]);
    expect([r.stderr, r.status]).toEqual(['', 0]);
    expect(northbridge(['test', files.path('passes.elf'), '--device', `${example},slot=1`]))
      .toMatchObject({ status: 2, stderr: 'northbridge: device copy-engine: PCI slot 1.0 is taken by piix3\n' });
  });

  test.each([
    ['run', 'pc', '--kernel', READS_BAR0], ['compare', 'disk-read'],
  ])('is not overwritten by the trace of %s', (...args) => {
    const path = device('kept', '');
    const text = readFileSync(path, 'utf8');
    const r = northbridge([...args, '--device', `${path},slot=3`, '--trace', path]);
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toContain("kept.ts' is the device; it would be overwritten, give another name");
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test.each([
    ['none.ts', '', "none.ts': there is no such file or directory"],
    ['syntax.ts', 'const a = 1;\nconst b = ;\n', "syntax.ts': Unexpected token (syntax.ts:2)"],
    ['throws.ts', 'type X = 1;\n\nnull.f;\n', "throws.ts': TypeError: Cannot read properties of null (reading 'f') (throws.ts:3)"],
    ['imports.ts', "import './nowhere.ts';\n", "imports.ts': Cannot find module './nowhere.ts' (imports.ts:1)"],
    ['empty.ts', 'const a = 1;\n', "empty.ts': it has no default export; export a device class, or { use: class"],
    ['number.ts', 'export default 5;\n', "number.ts': its default export is no device"],
    ['other.ts', 'export default class Other {}\n', "other.ts': Other does not extend PciFunction"],
    ['device.txt', 'export default 5;\n', "device.txt': a device file ends in .ts, .mts, .js or .mjs"],
    ['overlap.ts', "import { reg, regs } from 'northbridge/device';\nregs(32, { DATA: reg(0, {}), SUM: reg(2, {}) });\n",
      "overlap.ts': registers DATA (0x0-0x3) and SUM (0x2-0x5) overlap (overlap.ts:2)"],
    ['binary.ts', '\u0000\u0001\u0002', "binary.ts': "],
  ])('%s is refused in one line', (name, text, message) => {
    if (text !== '') writeFileSync(files.path(name), text);
    const r = withDevice(files.path(name));
    expect(r.stderr).toContain(message);
    expect(r.stderr.trim().split('\n')).toHaveLength(1);
    expect([r.status, r.stdout]).toEqual([2, '']);
  });

  test.each([
    [',slot=1', 'PCI slot 1.0 is taken by piix3'],
    [',slot=40', 'there is no PCI slot 40.0'],
    [',slot=x', 'slot=x is no slot; write slot=3 or slot=3.0'],
    [',buffer=1GiB', 'buffer: 1GiB is above the greatest, 64KiB'],
    [',buffer=many', "buffer: 'many' is no"],
    [',bufer=64', "unknown option 'bufer'; did you mean 'buffer'? (known of copy-engine: buffer, slot)"],
    [',buffer', "'buffer' is no option=value"],
    [',buffer=64,buffer=128', 'buffer is given twice'],
  ])('an option that cannot be: %s', (options, message) => {
    const r = withDevice(example + options);
    expect(r.stderr).toContain(message);
    expect(r.stderr.trim().split('\n')).toHaveLength(1);
    expect(r.status).toBe(2);
  });

  test('two devices in one slot', () => {
    const r = northbridge(
      ['run', 'pc', '--kernel', READS_BAR0, '--device', `${example},slot=3`, '--device', `${example},slot=3.0`],
    );
    expect(r.stderr).toContain('PCI slot 3.0 is taken by copy-engine');
    expect(r.status).toBe(2);
  });
});

describe('data sheets', () => {
  const example = fileURLToPath(new URL('../../examples/copy-engine/device.ts', import.meta.url));

  test('of a device of the program, with what is kept without effect', () => {
    const r = northbridge(['device', 'i8254']);
    expect(r.stdout).toContain('# i8254\n\n8254 programmable interval timer');
    expect(r.stdout).toContain('| 0x03 | CONTROL | 7:6 | SC | wo | 0x00 |');
    expect(r.status).toBe(0);
  });

  test('of a file, as JSON', () => {
    const sheet = JSON.parse(northbridge(['device', example, '--json']).stdout);
    expect(sheet).toMatchObject({
      schema: 'northbridge-device/1', name: 'copy-engine', lines: ['copy-engine.INTA#'],
      options: [{ name: 'buffer', kind: 'size', default: '4KiB' }], dma: [{ burst: 64, buffer: 4096 }],
    });
    expect(sheet.unmodelled[0]).toMatchObject({ bank: 'config', register: 'COMMAND' });
  });

  test('an unknown name', () => {
    const r = northbridge(['device', 'i8255']);
    expect(r.stderr).toContain("unknown device 'i8255'; did you mean 'i8254'?");
    expect(r.status).toBe(2);
  });
});

describe('a device at fault is named, with its line', () => {
  test.each([
    ['constructor', '  constructor(name: string, sim: never) { super(name, sim);\n throw new Error("no"); }',
      'device faulty: it could not be made: no (constructor.ts:9)'],
    ['unknown', "  readonly mmio = this.regs('mmio', regs(32, { DATA: reg(0, {}) }), { DATO: {} } as object);",
      'device faulty: it could not be made: faulty.mmio: there is a hook for DATO, but no such register ' +
        '(did you mean DATA?) (unknown.ts:8)'],
    ['timer', '  override resetExit() { super.resetExit(); setTimeout(() => { throw new Error("late"); }, 0); }',
      "device 'PATH': nobody caught its error: late (timer.ts:8)"],
    ['hook', readHook('throw new TypeError("bad hook");'),
      'device faulty threw in its read of faulty.registers at 0x0: bad hook (hook.ts:10)'],
    ['event', '  tick = this.event("tick", () => { throw new Error("too late"); });\n' +
      '  override resetExit() { super.resetExit(); this.tick.after(3000); }',
      'device faulty threw in its event faulty.tick: too late (event.ts:8)'],
    ['reset', '  override resetHold() { throw new Error("no reset"); }',
      'device faulty threw in its resetHold: no reset (reset.ts:8)'],
    ['outputs', '  override outputs() { throw new Error("no level"); }',
      'device faulty threw in its outputs: no level (outputs.ts:8)'],
    ['exit', '  constructor(name: string, sim: never) { super(name, sim);\n process.exit(0); }',
      "device 'PATH' ended the process (exit.ts:9); the run is given up"],
    ['promise', '  override resetExit() { super.resetExit(); void Promise.reject(new Error("lost")); }',
      "device 'PATH': nobody caught its error: lost (promise.ts:8)"],
    ['again', '  tick = this.event("tick", () => this.tick.after(0));\n' +
      '  override resetExit() { super.resetExit(); this.tick.after(3000); }',
      'device faulty: event faulty.tick goes off without end at one simulated time (3000 ticks); ' +
        'it schedules itself again without a delay'],
  ])('it goes wrong by: %s', (name, body, message) => {
    const path = device(name, body);
    const r = withDevice(`${path},slot=3`);
    expect(r.stderr.trim().split('\n').at(-1)).toBe(`northbridge: ${message.replace('PATH', path)}`);
    expect(r.status).toBe(2);
  });

  test('it waits for ever while it is loaded', () => {
    const path = device('waits', '', 'await new Promise(() => {});');
    const message = `northbridge: device '${path}': it waits for what never comes (await)\n`;
    expect(withDevice(path)).toMatchObject({ status: 2, stdout: '', stderr: message });
  });

  test.each([
    ['never-hook', readHook('for (;;);'), ''],
    ['never-loads', '', 'for (;;);'],
  ])('it never returns: %s', (name, body, before) => {
    const r = withDevice(`${device(name, body, before)},slot=3`, { NORTHBRIDGE_DEVICE_PATIENCE: '1' });
    const who = before === '' ? 'faulty' : 'never-loads.ts';
    expect(r.stderr).toContain(`northbridge: device ${who} did not return`);
    expect(r.status).toBe(2);
  });
});
