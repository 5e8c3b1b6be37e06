import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  BLOCK_MAGIC, BOOT_MAGIC, decodeCpuLoop, decodeDiskRead, decodeFaults, encodeCpuLoop, encodeDiskRead,
  encodeFaults,
} from './guest-block.ts';
import { GUEST_BLOCK_ADDRESS, planGuest } from './guest-program.ts';
import { LoadError } from './load-error.ts';

const MAP = [{ base: 0, size: 0x9fc00, type: 1 }, { base: 0x100000, size: 31 * 2 ** 20, type: 1 }];
const image = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../guest/images/${name}.elf`, import.meta.url)));

describe('parameter blocks', () => {
  test('disk-read: fields at the offsets of guest/disk-read/params.h', () => {
    const block = encodeDiskRead({
      method: 'dma', byteCount: 0x100000, lba: 7, sectorsPerCommand: 128, blockSectors: 8, portWidth: 32,
      transferMode: 0x22, prdBytes: 4096, skipSha256: true, pollDma: true,
    });
    const view = new DataView(block.buffer);
    const at = (o: number): number => view.getUint32(o, true);
    expect(block).toHaveLength(0x90);
    expect([at(0), at(4), at(8), at(0x10)]).toEqual([BLOCK_MAGIC, 1, 0, 5]);
    expect([0x14, 0x18, 0x1c, 0x20, 0x24, 0x28, 0x2c, 0x30, 0x34].map(at)).toEqual([
      2, 0x100000, 0x1000000, 7, 128, 8, 32, 0x22, 4096,
    ]);
    expect(new DataView(encodeDiskRead({ method: 'pio-irq', byteCount: 512 }).buffer).getInt32(0x30, true)).toBe(-1);
  });

  test('disk-read: results', () => {
    const block = encodeDiskRead({ method: 'pio-polled', byteCount: 512 });
    const view = new DataView(block.buffer);
    view.setUint32(8, 1, true);
    for (let o = 0x40; o <= 0x68; o += 4) view.setUint32(o, o, true);
    block.fill(0xab, 0x70, 0x90);
    expect(decodeDiskRead(block)).toEqual({
      status: 1, detail: 0, ataStatus: 0x40, ataError: 0x44, bmStatus: 0x48, interrupts: 0x4c, spurious: 0x50,
      commands: 0x54, polls: 0x58, bytesDone: 0x5c, pciId: 0x60, bmBase: 0x64, diskSectors: 0x68,
      sha256: 'ab'.repeat(32),
    });
  });

  test('cpu-loop and faults', () => {
    const loop = encodeCpuLoop({ kind: 'calls', iterations: 9 });
    new DataView(loop.buffer).setUint32(0x40, 0xdeadbeef, true);
    expect(decodeCpuLoop(loop)).toMatchObject({ checksum: 0xdeadbeef });
    expect([loop.length, loop[0x14], loop[0x18]]).toEqual([0x48, 3, 9]);
    const fault = encodeFaults({ which: 'no-end', polls: 5 });
    expect([fault.length, fault[0x14], fault[0x20]]).toEqual([0x64, 4, 5]);
    fault[0x60] = 1;
    expect(decodeFaults(fault).recovered).toBe(true);
  });

  test('another program\'s block, a short one and an overwritten one are refused', () => {
    expect(() => decodeDiskRead(encodeCpuLoop({ kind: 'mix' }))).toThrow(LoadError);
    expect(() => decodeDiskRead(encodeDiskRead({ method: 'dma', byteCount: 512 }).subarray(0, 40))).toThrow(LoadError);
    expect(() => decodeFaults(new Uint8Array(0x64))).toThrow(LoadError);
  });
});

describe('guest programs', () => {
  test.each(['disk-read', 'cpu-loop', 'faults'])('%s is planned at 1 MiB with EAX and EBX set', (name) => {
    const block = encodeDiskRead({ method: 'dma', byteCount: 512 });
    const plan = planGuest(image(name), block, MAP);
    expect(plan.registers).toMatchObject({ eax: BOOT_MAGIC, ebx: GUEST_BLOCK_ADDRESS });
    expect(plan.entry).toBeGreaterThanOrEqual(0x100000);
    expect(plan.segments.find((s) => s.name === 'parameter block')).toMatchObject({
      address: GUEST_BLOCK_ADDRESS, bytes: block,
    });
    expect(plan.segments.find((s) => s.name === 'segment 0')!.address).toBe(0x100000);
  });

  test('a program that the RAM does not hold is refused', () => {
    expect(() =>
      planGuest(image('disk-read'), new Uint8Array(4), [MAP[0], { base: 0x100000, size: 4096, type: 1 }]),
    ).toThrow(/not that much RAM/);
    expect(() => planGuest(image('disk-read'), new Uint8Array(4097), MAP)).toThrow(/limit/);
  });
});
