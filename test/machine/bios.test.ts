import { expect, test } from 'vitest';
import { Transaction } from '../../src/mem/transaction.ts';
import { checkOptionRom, type Bios } from '../../src/machine/firmware/bios.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';

const KiB = 1024, MiB = 1024 * KiB;
const NOP = 0x90, HLT = 0xf4, CLI = 0xfa;

/** A chip whose reset vector jumps to `code` at F000:0000. */
function bios(code: readonly number[], size = 128 * KiB): Bios {
  const image = new Uint8Array(size).fill(NOP);
  image.set(code, size - 64 * KiB);
  image.set([0xea, 0x00, 0x00, 0x00, 0xf0], size - 16);
  return { image, boot: ['disk'] };
}

function machine(chip: Bios, log: number[] = []) {
  return new PcMachine({
    ramBytes: 4 * MiB, disk: null, onSerial: () => {}, onPost: (code) => log.push(code), bios: chip,
  });
}

/** Writes a byte to a register of the host bridge's configuration space, from real mode. */
const config = (register: number, value: number): number[] => [
  0x66, 0xb8, register & 0xfc, 0x00, 0x00, 0x80, // mov eax, 800000xxh
  0xba, 0xf8, 0x0c, 0x66, 0xef, // mov dx, 0cf8h; out dx, eax
  0xba, 0xfc + (register & 3), 0x0c, 0xb0, value, 0xee, // mov dx, 0cfch; mov al, value; out dx, al
];
const post = (value: number): number[] => [0xb0, value, 0xe6, 0x80];
/** Sends the byte at F000:8000 to port 80h. */
const told = [0xb8, 0x00, 0xf0, 0x8e, 0xd8, 0xa0, 0x00, 0x80, 0xe6, 0x80];
/** Stores a byte at F000:8000. */
const store = (value: number): number[] => [0xb8, 0x00, 0xf0, 0x8e, 0xd8, 0xc6, 0x06, 0x00, 0x80, value];

test('SDM vol. 3, 8.1.4: the first instruction is at FFFFFFF0h, in the ROM', () => {
  const codes: number[] = [];
  const m = machine(bios([...post(0x42), CLI, HLT]), codes);
  expect(m.run(3e6)).toBe('halted');
  expect(codes).toEqual([0x42]);
});

test('290549 §3.2.18: reads of the ROM while writes go nowhere, then to the RAM under it', () => {
  const codes: number[] = [];
  const m = machine(bios([
    ...store(1), ...told, // the ROM: a write is lost
    ...config(0x59, 0x20), ...store(2), ...told, // WE: the ROM is read
    ...config(0x59, 0x00),
    CLI, HLT,
  ]), codes);
  expect(m.run(3e7)).toBe('halted');
  expect(codes).toEqual([NOP, NOP]);
  expect([m.ram[0xf8000], m.ram[0xf0000]]).toEqual([2, 0]);
});

test('code goes on in the shadow, and there when it is write protected', () => {
  const codes: number[] = [];
  // Copies itself as a BIOS does: WE first, the ROM read and written back in place.
  const copy = [
    0xb8, 0x00, 0xf0, 0x8e, 0xd8, 0x8e, 0xc0, 0x31, 0xf6, 0x31, 0xff, 0xb9, 0x00, 0x80, 0xfc, 0xf3, 0xa5,
  ];
  const m = machine(bios([
    ...config(0x59, 0x20), ...copy, ...config(0x59, 0x30), ...store(3), ...told,
    ...config(0x59, 0x10), ...store(4), ...told, CLI, HLT,
  ]), codes);
  expect(m.run(3e9)).toBe('halted');
  expect(codes).toEqual([3, 3]);
});

test('a write to the ROM below 4 GiB is lost, and the ROM reads as it is', () => {
  const chip = bios([CLI, HLT], 256 * KiB), m = machine(chip), tx = new Transaction('test');
  const { memory } = m.parts.spaces;
  memory.write(0xfffc0000, 1, 0x55, tx);
  expect([memory.read(0xfffc0000, 1, tx), memory.read(0xfffffff0, 1, tx), memory.read(0xffff0, 1, tx)]).toEqual([
    NOP, 0xea, 0xea,
  ]);
});

test('a snapshot of another BIOS does not fit', () => {
  const m = machine(bios([CLI, HLT])), other = machine(bios([NOP, CLI, HLT]));
  expect(() => other.load(m.save())).toThrow(/BIOS/);
  m.load(m.save());
});

test('what is no BIOS and what is no option ROM is refused in a line', () => {
  const chip = (size: number, byte: number): Bios => ({ image: new Uint8Array(size).fill(byte), boot: [] });
  expect(() => machine(chip(1000, NOP))).toThrow('BIOS: it has 1000 bytes; a chip has 64, 128, 256, 512 KiB');
  expect(() => machine(chip(64 * KiB, 0xff))).toThrow('BIOS, offset 0xfff0: there is no instruction at the reset');
  expect(() => checkOptionRom('x', new Uint8Array(512))).toThrow('option ROM x, offset 0x0: it does not begin');
  expect(() => checkOptionRom('x', Uint8Array.of(0x55, 0xaa, 2))).toThrow('it says that it has 1024 bytes, and has 3');
  const rom = new Uint8Array(1024);
  rom.set([0x55, 0xaa, 2]);
  expect(() => checkOptionRom('x', rom)).toThrow('its bytes sum up to 1');
  rom[511] = 0xff;
  checkOptionRom('x', rom);
});

test('a machine with a BIOS takes no software', () => {
  const m = machine(bios([CLI, HLT]));
  expect(() => m.boot({ kind: 'program', image: new Uint8Array(4), commandLine: '' })).toThrow(/has a BIOS/);
});
