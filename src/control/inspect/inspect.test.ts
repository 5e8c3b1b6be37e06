import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { PcMachine } from '../../machine/pc-machine.ts';
import { us } from '../../sim/time.ts';
import type { TraceRecord, TransactionRecord } from '../../sim/trace.ts';
import { DISK_READ_BLOCK } from '../experiments/disk-read/block.ts';
import { ImageDisk, pseudoRandomImage } from '../image-disk.ts';
import { DiskOverlay } from '../disk-overlay.ts';
import { changesOfCore, changesOfMemory, changesOfPart } from './changes.ts';
import { describeRecord } from './describe-record.ts';
import { BYTE, lookAtMemory } from './memory.ts';
import { memoryMap, placeAt } from './memory-map.ts';
import { lookAtPart } from './part.ts';
import { codeAt, lookAtProcessor, walkOf } from './processor.ts';
import { memoryText, processorText, registersText } from './text.ts';

const records: TraceRecord[] = [];
let machine: PcMachine;

beforeAll(() => {
  const guest = readFileSync(new URL('../../../guest/images/disk-read.elf', import.meta.url));
  machine = new PcMachine({
    ramBytes: 32 * 2 ** 20, disk: new DiskOverlay(new ImageDisk('d', pseudoRandomImage(2 ** 20))),
    onSerial: () => {}, onPost: () => {},
  });
  machine.loadGuest(guest, DISK_READ_BLOCK.encode({
    method: 'dma', byteCount: 16 * 1024, sectorsPerCommand: 8, skipSha256: true,
  }));
  machine.sim.trace.listen((r) => void records.push(r));
});

/** Runs on until the disk's bus master is at work. */
function untilTransfer(): void {
  for (let n = 0; n < 4000 && lookAtPart(machine, 'ide')?.dma.some((d) => d.active) !== true; n++)
    machine.run(machine.sim.scheduler.now + us(1));
}

describe('a part', () => {
  test('shows registers by field, the request under way and the lines', () => {
    const before = lookAtPart(machine, 'ide')!;
    untilTransfer();
    const ide = lookAtPart(machine, 'ide')!;
    expect(ide.title).toContain('IDE');
    const bank = ide.banks.find((b) => b.name === 'busmaster')!;
    expect(bank.places).toEqual([{ space: 'io', base: 0xc000 }]);
    const command = bank.registers.find((r) => r.name.startsWith('BMICP') || r.name.startsWith('BMIC'))!;
    expect(command.fields.map((f) => f.access)).toContain('read and write');
    expect(changesOfPart(before, ide).size).toBeGreaterThan(3);
    expect(changesOfPart(ide, ide).size).toBe(0);
    expect(ide.dma.find((d) => d.active)).toMatchObject({ space: 'memory' });
    const text = registersText(ide);
    expect(text).toContain('busmaster at io 0xc000');
    expect(text).toContain('write 1 to clear');
    expect(lookAtPart(machine, 'none')).toBe(null);
  });

  test('says which registers a read would change', () => {
    const rtc = lookAtPart(machine, 'com1')!;
    const reading = rtc.banks[0].registers.filter((r) => r.readChanges).map((r) => r.name);
    expect(reading).toContain('RBR');
    expect(registersText(rtc, 'RBR')).toContain('a read would change it');
  });
});

describe('memory', () => {
  test('is what the processor would read, and says who is there', () => {
    const look = lookAtMemory(machine, 'memory', 0x100000, 64)!;
    expect([...look.bytes]).toEqual([...machine.ram.subarray(0x100000, 0x100040)]);
    expect(look.regions).toEqual([{ from: 0, name: 'ram' }]);
    const far = lookAtMemory(machine, 'memory', 2 ** 32 - 4, 64)!;
    expect([...far.kinds]).toEqual([BYTE.NOBODY, BYTE.NOBODY, BYTE.NOBODY, BYTE.NOBODY]);
    expect(lookAtMemory(machine, 'nowhere', 0, 1)).toBe(null);
  });

  test('marks ports whose read would have an effect', () => {
    const look = lookAtMemory(machine, 'io', 0x3f8, 8)!;
    expect(look.kinds[0]).toBe(BYTE.READ_CHANGES);
    expect(look.kinds[3]).toBe(BYTE.PLAIN);
    expect(memoryText(look)).toContain('* a read by software would change the device');
    expect(memoryText(lookAtMemory(machine, 'memory', 0x20000000, 4)!)).toContain('-- -- -- --');
  });

  test('bytes that differ from an earlier look are found where the two overlap', () => {
    const before = lookAtMemory(machine, 'memory', 0x1000, 16)!;
    const after = { ...before, address: 0x1008, bytes: before.bytes.slice(8) };
    after.bytes[1]++;
    expect(changesOfMemory(before, after)).toEqual(new Set([0x1009]));
  });

  test('the map says who decodes what, and what is hidden or off', () => {
    const map = memoryMap(machine);
    expect(map.map((s) => s.name)).toEqual(['memory', 'io', 'pci-config']);
    const ide = map[1].regions.find((r) => r.name === 'ide.busmaster')!;
    expect(ide).toMatchObject({ base: 0xc000, owner: 'ide', holds: 'registers', decodes: [[0xc000, 0xc00f]] });
    expect(placeAt(machine, 'io', 0x1f7)).toMatchObject({
      owner: 'ide', offset: 7, registers: [{ register: 'STATUS' }, { register: 'COMMAND' }],
    });
  });
});

describe('the processor', () => {
  test('shows registers by name, flags by bit, and the code at hand', () => {
    const p = lookAtProcessor(machine)!;
    expect(p.core?.mode).toContain('32-bit protected mode');
    expect(p.core?.groups.map((g) => g.name)).toEqual(['general', 'flags', 'segments', 'control', 'x87', 'debug']);
    const flags = p.core?.groups[1].registers[0];
    expect(flags?.fields.find((f) => f.name === 'IF')?.value).toBe((parseInt(flags?.digits ?? '', 16) >> 9) & 1);
    expect(processorText(p)).toContain('EAX');
    const code = codeAt(machine, 16)!;
    expect(code.codeBits).toBe(32);
    expect([...code.bytes]).toEqual([...machine.ram.subarray(code.address, code.address + 16)]);
    expect(changesOfCore(p.core, lookAtProcessor(machine)!.core!).size).toBe(0);
  });

  test('an address is translated as the tables say', () => {
    expect(walkOf(machine, 0x123456)).toMatchObject({ address: 0x123456, physical: 0x123456 });
  });
});

describe('a record in words', () => {
  test('names the register and its fields', () => {
    untilTransfer();
    machine.sim.trace.flush();
    const write = records.find((r): r is TransactionRecord =>
      r.kind === 'transaction' && r.write && r.target === 'ide.busmaster' && r.size === 1 && (r.value & 1) === 1)!;
    const { sentence, registers, from, to } = describeRecord(machine.board, write);
    expect([from, to]).toEqual(['cpu0', 'ide']);
    expect(registers[0]).toMatchObject({ part: 'ide', bank: 'busmaster' });
    expect(sentence).toMatch(/^cpu0 writes 1 byte to ide\.busmaster, BMIC\w* = 0x09: /);
    const before = describeRecord(machine.board, write, { ...write, value: write.value & ~1 });
    expect(before.sentence).toMatch(/0→1/);
    const through = describeRecord(machine.board, write, null, { name: 'ioperm', linear: -1, entry: '' });
    expect(through.sentence).toBe(`${sentence}, by ioperm`);
  });

  test('every record has a sentence', () => {
    for (const r of records) expect(describeRecord(machine.board, r).sentence, r.kind).not.toBe('');
  });
});

test('what is written to a register has no value before of another one at the same address', () => {
  const access = (write: boolean, value: number): TransactionRecord => ({
    kind: 'transaction', id: 1, parent: 0, space: 'io', initiator: 'cpu0', target: 'ide.primary.command',
    address: 0x1f7, size: 1, write, value, secure: true, privileged: true, memoryType: '', start: 0, end: 1,
    status: 'ok', pc: -1,
  });
  const before = (r: TransactionRecord, old: TransactionRecord): (number | null)[] =>
    describeRecord(machine.board, r, old).registers.flatMap((x) => x.fields.map((f) => f.before));
  expect(new Set(before(access(true, 0xc8), access(false, 0x50)))).toEqual(new Set([null]));
  expect(new Set(before(access(false, 0x58), access(true, 0xc8)))).toEqual(new Set([null]));
  expect(before(access(false, 0x58), access(false, 0x50))).not.toContain(null);
});
