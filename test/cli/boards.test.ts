import { describe, expect, test } from 'vitest';
import { northbridge } from './northbridge.ts';

function json(args: readonly string[]): Record<string, unknown> {
  const r = northbridge([...args, '--json']);
  expect([r.status, r.stderr]).toEqual([0, '']);
  return JSON.parse(r.stdout) as Record<string, unknown>;
}

describe('boards', () => {
  test('as a list, in words and as JSON', () => {
    expect(northbridge(['boards']).stdout).toMatch(/^pc {2}A PC of 1996.*\n(.*\n)*.*8254 programmable interval timer/);
    expect(json(['boards'])).toEqual({
      schema: 'northbridge-boards/1', boards: [{ name: 'pc', summary: expect.stringContaining('PC of 1996') }],
    });
  });

  test('one of them, read from its graph', () => {
    const text = northbridge(['boards', 'pc']).stdout;
    for (const row of [
      /^ {2}03f8-03ff {2}com1\.ports +on isa$/m, /^ {2}com1\.irq +→ irq4$/m, /^ {2}ide\.primary +→ memory over pci$/m,
      /^ {2}1\.1 {2}ide$/m, /^ {2}--memory-latency 0ns /m, /^pci-config, 24 bits, behind pci0/m,
    ]) expect(text).toMatch(row);
    const board = json(['boards', 'pc']);
    expect(board['schema']).toBe('northbridge-board/1');
    expect(board['slots']).toContainEqual({ bridge: 'pci0', device: 1, function: 1, component: 'ide' });
  });
});

describe('options of a board', () => {
  const compare = ['compare', 'disk-read', '--methods', 'dma', '--bytes', '64KiB'];
  const seconds = (args: readonly string[]): number =>
    (json([...compare, ...args])['runs'] as { seconds: number }[])[0].seconds;

  test('reach the machine, and stand in the result', () => {
    expect(seconds(['--drive-command', '5ms'])).toBeGreaterThan(seconds([]) + 0.004);
    expect(json([...compare, '--drive-command', '5ms'])['parameters']).toMatchObject({
      driveCommand: '5ms', processorClock: 200e6,
    });
  });

  test.each([
    [['--pci-clock-period', '1ns'], "--pci-clock-period '1ns': 1ns is below the least, 5ns"],
    [['--processor-clock', 'fast'], "--processor-clock 'fast' is no"],
    [['--cycles-per-instruction', '0'], "--cycles-per-instruction '0': 0 is below the least, 1"],
    [['--ide', 'piix5'], "--ide 'piix5'"],
  ])('%j is refused in one line', (args, message) => {
    const r = northbridge([...compare, ...args]);
    expect([r.status, r.stdout]).toEqual([2, '']);
    expect(r.stderr).toMatch(/^northbridge: [^\n]*\n$/);
    expect(r.stderr).toContain(message);
  });
});

test('run takes the options of its board, too', () => {
  const r = northbridge(['run', 'pc', '--kernel', 'none', '--interrupt-entry', '0']);
  expect([r.status, r.stderr]).toEqual([
    2, "northbridge: --interrupt-entry '0': 0 is below the least, 1\n",
  ]);
  expect(northbridge(['run', '--help']).stdout).toMatch(/Board pc:\n(.*\n)* +--memory-latency <time>/);
});
