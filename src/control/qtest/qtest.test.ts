import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { pc } from '../../machine/boards/pc/pc.ts';
import { Machine } from '../../machine/machine.ts';
import { generatedDisk } from '../image-disk.ts';
import type { RuleName } from '../../sim/forgive.ts';
import { DiskOverlay } from '../disk-overlay.ts';
import { Qtest } from './qtest.ts';
import { base64Of, bytesOfBase64, bytesOfHex, cNumber, hexOf } from './words.ts';

const MiB = 2 ** 20;
let qtest: Qtest, machine: Machine<never, never>;
const say = (line: string): string[] => qtest.command(line);
const reply = (line: string): string => say(line).at(-1) as string;

beforeEach(() => {
  machine = new Machine(pc, {
    options: { ram: 4 * MiB }, hosts: { disks: [new DiskOverlay(generatedDisk(MiB))] }, firmware: false,
  }) as never;
  qtest = new Qtest(machine as never);
});

describe('words of the protocol', () => {
  test.each([
    ['10', 10n], ['0x10', 16n], ['010', 8n], ['0', 0n], ['0XfF', 255n], ['18446744073709551615', 2n ** 64n - 1n],
    ['18446744073709551616', null], ['0x10000000000000000', null], ['-1', null], ['', null], ['1x', null], ['08', null],
    ['0b1', null], ['1e3', null],
  ])('%s', (text, value) => expect(cNumber(text)).toBe(value));

  test('bytes go through both forms unchanged, as Node writes them', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      expect(hexOf(bytes)).toBe(Buffer.from(bytes).toString('hex'));
      expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(bytesOfHex(`0x${hexOf(bytes)}`)).toEqual(bytes);
      expect(bytesOfBase64(base64Of(bytes))).toEqual(bytes);
    }), { seed: 9 });
  });

  test.each(['0x1', '12', '0xgg', ''])('%s is no hexadecimal data', (text) => expect(bytesOfHex(text)).toBeNull());
  test.each(['A', 'AAA', 'A===', '=AAA', 'AA-A'])('%s is no base 64', (text) => expect(bytesOfBase64(text)).toBeNull());
});

describe('commands', () => {
  test('memory, of every width', () => {
    expect(say('writeq 0x1000 0x1122334455667788')).toEqual(['OK']);
    expect(reply('readb 0x1000')).toBe('OK 0x0000000000000088');
    expect(reply('readw 0x1000')).toBe('OK 0x0000000000007788');
    expect(reply('readl 0x1004')).toBe('OK 0x0000000011223344');
    expect(reply('readq 0x1000')).toBe('OK 0x1122334455667788');
    say('writew 0x1002 0xabcdef');
    expect(reply('read 4096 8')).toBe('OK 0x8877efcd44332211');
  });

  test('blocks: what is missing is zero, what is too much is left out', () => {
    say('memset 0x2000 8 0xaa');
    say('write 0x2000 4 0x0102');
    say('write 0x2006 1 0x0708');
    expect(reply('read 0x2000 8')).toBe('OK 0x01020000aaaa07aa');
    say('b64write 0x2000 3 AQID');
    expect(reply('b64read 0x2000 4')).toBe('OK AQIDAA==');
    expect(reply('read 0x2000 0')).toBe('OK 0x');
  });

  test('beyond the address space there are ones, and nothing is written', () => {
    expect(reply('readl 0xfffffffff')).toBe('OK 0x00000000ffffffff');
    expect(reply('readq 0xfffffffffffffff8')).toBe('OK 0xffffffffffffffff');
    expect(reply('writel 0xfffffffffffffffc 1')).toBe('OK');
    expect(reply('write 0xfffffffe 4 0x01020304')).toBe('OK');
    expect(reply('read 0x100000000 2')).toBe('OK 0xffff');
  });

  test('ports: the configuration mechanism answers as after reset', () => {
    say('outl 0xcf8 0x80000920');
    expect(reply('inl 0xcfc')).toBe('OK 0x0001');
    expect(reply('inw 0xcfc')).toBe('OK 0x0001');
    expect(reply('endianness')).toBe('OK little');
  });

  test('interrupts are told where they are intercepted, each edge before the reply', () => {
    for (const line of ['outb 0x43 0x34', 'outb 0x40 0xe8', 'outb 0x40 3']) say(line);
    expect(say('clock_step 2000000')).toHaveLength(1);
    expect(say('irq_intercept_in ioapic')).toEqual(['OK']);
    expect(say('irq_intercept_in ioapic')).toEqual(['OK']);
    const [lower, raise, last] = say('clock_step 840000');
    expect([lower, raise]).toEqual(['IRQ lower 0', 'IRQ raise 0']);
    expect(last).toMatch(/^OK 38\d{5}$/);
    expect(reply('irq_intercept_out ide')).toBe('FAIL IRQ intercept already enabled');
  });

  test('a command to a drive has ended when the next one is read; a timer waits for the clock', () => {
    say('irq_intercept_in ioapic');
    say('outl 0xcf8 0x80000904');
    say('outw 0xcfc 1');
    for (const [port, value] of [[0x1f2, 1], [0x1f3, 3], [0x1f4, 0], [0x1f5, 0], [0x1f6, 0xe0]])
      say(`outb ${port} ${value}`);
    expect(say('outb 0x1f7 0x20')).toEqual(['IRQ raise 14', 'OK']);
    expect(say('inb 0x1f7')).toEqual(['IRQ lower 14', 'OK 0x0058']);
    let sector = '';
    for (let i = 0; i < 256; i++) {
      const word = parseInt(reply('inw 0x1f0').slice(5), 16);
      sector += hexOf(Uint8Array.of(word & 0xff, word >> 8));
    }
    const disk = new Uint8Array(512);
    generatedDisk(MiB).read(3 * 512, disk, 0, 512);
    expect(sector).toBe(hexOf(disk));
    const before = reply('clock_step 0');
    expect(reply('clock_step 0')).toBe(before);
  });

  test.each([
    ['', /^FAIL Unknown command ''/], ['reset', /^FAIL Unknown/], ['constructor', /^FAIL Unknown/],
    ['outb', /^FAIL a number is missing/], ['outb 1', /^FAIL a number is missing/],
    ['inb -1', /^FAIL '-1' is no number/],
    ['read 0', /missing/], ['read 0 0x7fffffff', /too many/], ['memset 0 99999999999 1', /too many/],
    ['write 0 1 zz', /not in the form/], ['b64write 0 1 A', /not in the form/], ['clock_step x', /no number/],
    ['clock_step 99999999999999999', /the clock goes to/], ['clock_set 99999999999999999', /the clock goes to/],
    ['irq_intercept_in', /^FAIL Unknown device/], ['irq_intercept_in cpu', /^FAIL Unknown device cpu/],
  ])('%s is refused in the reply', (line, why) => expect(reply(line)).toMatch(why));

  test('whatever comes, a line has one reply, and the machine goes on', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'inb', 'inw', 'inl', 'outb', 'outw', 'outl', 'readb', 'readl', 'readq', 'writeb', 'writew', 'writeq', 'read',
        'write', 'memset', 'b64read', 'b64write', 'clock_step', 'clock_set', 'irq_intercept_in', 'endianness',
      ),
      fc.string({ maxLength: 12 }),
    );
    const value = fc.oneof(
      fc.nat(0xffff).map(String), fc.nat(0xffffffff).map((n) => `0x${n.toString(16)}`), fc.string({ maxLength: 9 }),
      fc.constantFrom('0xffffffffffffffff', '0', '0x1f7', '0xcf8', '0x3f5', '0xc000', '0x80000904'),
    );
    const line = fc.tuple(word, fc.array(value, { maxLength: 3 })).map(([w, v]) => [w, ...v].join(' '));
    fc.assert(fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      for (const l of lines) {
        const answer = say(l.replaceAll('\n', ' '));
        expect(answer.at(-1)).toMatch(/^(OK|FAIL)( |$)/);
        expect(answer.slice(0, -1).every((a) => /^IRQ (raise|lower) \d+$/.test(a))).toBe(true);
      }
      expect(reply('endianness')).toBe('OK little');
    }), { seed: 9, numRuns: 150 });
  });

  test('a reset from outside gives the registers of power on; memory stays', () => {
    say('write 0x5000 2 0xbeef');
    say('outl 0xcf8 0x80000904');
    say('outw 0xcfc 5');
    qtest.reset();
    say('outl 0xcf8 0x80000904');
    expect(reply('inw 0xcfc')).toBe('OK 0x0000');
  });
});

describe('what suites for an emulator expect of the IDE controller', () => {
  const start = (forgive: readonly RuleName[]): void => {
    machine = new Machine(pc, {
      options: { ram: 4 * MiB }, hosts: { disks: [new DiskOverlay(generatedDisk(MiB))] }, firmware: false, forgive,
    }) as never;
    qtest = new Qtest(machine as never);
    for (const line of ['outl 0xcf8 0x80000920', 'outl 0xcfc 0xc001', 'outl 0xcf8 0x80000904', 'outw 0xcfc 7'])
      say(line);
  };
  /** READ DMA of some sectors into one region; bus master status, then the drive's. */
  const read = (sectors: number, bytes: number): string[] => {
    for (const line of [
      'outb 0xc000 0', 'outb 0xc002 4', 'outl 0xc004 0x100000', 'writel 0x100000 0x200000',
      `writel 0x100004 ${0x80000000 + bytes}`, 'outb 0x1f6 0x40', `outb 0x1f2 ${sectors}`, 'outb 0x1f7 0xc8',
      'outb 0xc000 9',
    ]) say(line);
    return [reply('inb 0xc002'), reply('inb 0x3f6')];
  };

  test.each([[2, 512, '0x0000'], [2, 1024, '0x0004'], [2, 2048, '0x0005']])(
    'interface 1.0 §Status register: %i sectors, a table of %i bytes', (sectors, bytes, status) => {
      start(['ide-table-short']);
      expect(read(sectors, bytes)).toEqual([`OK ${status}`, 'OK 0x0050']);
      // And the next command is as any other.
      expect(read(1, 512)).toEqual(['OK 0x0004', 'OK 0x0050']);
    },
  );

  test('a drive whose table is short waits, if nothing is forgiven', () => {
    start([]);
    expect(read(2, 512)).toEqual(['OK 0x0000', 'OK 0x0058']);
  });

  test('Bus Master Enable off: the command ends and nothing is written; strictly, it waits', () => {
    for (const [forgive, answers] of [
      [['ide-bus-master-off'], ['OK 0x0005', 'OK 0x0050']], [[], ['OK 0x0001', 'OK 0x0058']],
    ] as const) {
      start(forgive);
      say('outl 0xcf8 0x80000904');
      say('outw 0xcfc 3');
      expect(read(1, 512)).toEqual(answers);
      expect(reply('readl 0x200000')).toBe('OK 0x0000000000000000');
    }
  });

  test('290549 §3.2.18: PAM registers decide who reads and who writes C0000h-FFFFFh', () => {
    const pam = (register: number, value: number): void => {
      say(`outl 0xcf8 ${0x80000000 + (register & ~3)}`);
      say(`outb ${0xcfc + (register & 3)} ${value}`);
    };
    for (const [register, shift, base, size] of [[0x59, 4, 0xf0000, 0x10000], [0x5a, 0, 0xc0000, 0x4000],
      [0x5f, 4, 0xec000, 0x4000]] as const) {
      const area = (): string => {
        const data = reply(`read ${base} ${size}`).slice(5);
        return data === data.slice(0, 2).repeat(size) ? data.slice(0, 2) : 'mixed';
      };
      expect(area()).toBe('ff');
      pam(register, 1 << shift);
      expect(area()).toBe('00');
      say(`memset ${base} ${size} 0x11`);
      expect(area()).toBe('00');
      pam(register, 3 << shift);
      say(`memset ${base} ${size} 0x42`);
      expect(area()).toBe('42');
      pam(register, 2 << shift);
      say(`memset ${base} ${size} 0x82`);
      expect(area()).toBe('ff');
      pam(register, 3 << shift);
      expect(area()).toBe('82');
      pam(register, 0);
      expect(area()).toBe('ff');
    }
  });

  test('290549 §3.2: the host bridge after a reset', () => {
    const byte = (register: number): number => {
      say(`outl 0xcf8 ${0x80000000 + (register & ~3)}`);
      return Number(reply(`inb ${0xcfc + (register & 3)}`).slice(3));
    };
    expect([0x52, 0x54, 0x59, 0x5f, 0x68, 0x70, 0x72, 0x90, 0x93].map(byte)).toEqual([0, 0, 0, 0, 0, 0, 2, 0, 0]);
  });
});
