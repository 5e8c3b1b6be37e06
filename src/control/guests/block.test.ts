import { describe, expect, test } from 'vitest';
import { DISK_READ_BLOCK } from '../experiments/disk-read/block.ts';
import { block, BlockError } from './block.ts';
import { cHeader } from './c-header.ts';
import { CPU_LOOP } from './cpu-loop.ts';
import { FAULTS } from './faults.ts';
import { digest, i32, u32, word } from './fields.ts';
import { PROTOCOL } from './status.ts';

describe('parameter blocks', () => {
  test('disk-read: fields at the offsets that the prebuilt image knows', () => {
    const block = DISK_READ_BLOCK.encode({
      method: 'dma', byteCount: 0x100000, lba: 7, sectorsPerCommand: 128, blockSectors: 8, portWidth: 32,
      transferMode: 0x22, prdBytes: 4096, skipSha256: true, pollDma: true,
    });
    const view = new DataView(block.buffer);
    const at = (o: number): number => view.getUint32(o, true);
    expect(block).toHaveLength(0x90);
    expect([at(0), at(4), at(8), at(0x10)]).toEqual([PROTOCOL.BLOCK_MAGIC, 1, 0, 5]);
    expect([0x14, 0x18, 0x1c, 0x20, 0x24, 0x28, 0x2c, 0x30, 0x34].map(at)).toEqual([
      2, 0x100000, 0x1000000, 7, 128, 8, 32, 0x22, 4096,
    ]);
    const other = DISK_READ_BLOCK.encode({ method: 'pio-irq', byteCount: 512 });
    expect(new DataView(other.buffer).getInt32(0x30, true)).toBe(-1);
  });

  test('disk-read: results', () => {
    const block = DISK_READ_BLOCK.encode({ method: 'pio-polled', byteCount: 512 });
    const view = new DataView(block.buffer);
    view.setUint32(8, 1, true);
    for (let o = 0x40; o <= 0x68; o += 4) view.setUint32(o, o, true);
    block.fill(0xab, 0x70, 0x90);
    expect(DISK_READ_BLOCK.decode(block)).toEqual({
      status: 1, detail: 0, ataStatus: 0x40, ataError: 0x44, bmStatus: 0x48, interrupts: 0x4c, spurious: 0x50,
      commands: 0x54, polls: 0x58, bytesDone: 0x5c, pciId: 0x60, bmBase: 0x64, diskSectors: 0x68,
      sha256: 'ab'.repeat(32),
    });
  });

  test('cpu-loop and faults', () => {
    const loop = CPU_LOOP.encode({ kind: 'calls', iterations: 9 });
    new DataView(loop.buffer).setUint32(0x40, 0xdeadbeef, true);
    expect(CPU_LOOP.decode(loop)).toMatchObject({ checksum: 0xdeadbeef });
    expect([loop.length, loop[0x14], loop[0x18]]).toEqual([0x48, 3, 9]);
    const fault = FAULTS.encode({ which: 'no-end', polls: 5 });
    expect([fault.length, fault[0x14], fault[0x20]]).toEqual([0x64, 4, 5]);
    fault[0x60] = 1;
    expect(FAULTS.decode(fault).recovered).toBe(true);
  });

  test('another program\'s block, a short one and an overwritten one are refused', () => {
    expect(() => DISK_READ_BLOCK.decode(CPU_LOOP.encode({ kind: 'mix' }))).toThrow(BlockError);
    const short = DISK_READ_BLOCK.encode({ method: 'dma', byteCount: 512 }).subarray(0, 40);
    expect(() => DISK_READ_BLOCK.decode(short)).toThrow(BlockError);
    expect(() => FAULTS.decode(new Uint8Array(0x64))).toThrow(BlockError);
  });
});

describe('a block of its own', () => {
  const TOY = block('toy-copy', 77, {
    about: 'A toy.',
    flags: { slow: 'one byte at a time', loud: '' },
    in: {
      way: word('', ['up', 'down'], { first: 5 }),
      count: u32('', { minimum: 4, maximum: 64, multiple: 4 }),
      offset: i32('', { initial: -3 }),
    },
    out: { sum: u32('of all'), check: digest('') },
    statuses: [{ code: 0xa0, name: 'NO_TOY', doc: '', words: 'there is no toy (looked for {detail})' }],
  });

  test('either byte order', () => {
    const little = TOY.encode({ way: 'down', count: 8, loud: true }), big = TOY.encode(
      { way: 'down', count: 8, loud: true }, { order: 'big' });
    expect([...little.subarray(0x10, 0x20)]).toEqual([2, 0, 0, 0, 6, 0, 0, 0, 8, 0, 0, 0, 0xfd, 255, 255, 255]);
    expect([...big.subarray(0x10, 0x20)]).toEqual([0, 0, 0, 2, 0, 0, 0, 6, 0, 0, 0, 8, 255, 255, 255, 0xfd]);
    expect(TOY.decode(big, 'big')).toMatchObject({ status: 0, sum: 0 });
    expect(() => TOY.decode(big)).toThrow('magic');
  });

  test('a value that the program would refuse is refused before, by its name', () => {
    expect(TOY.refusal({ way: 'up', count: 3 })).toBe('count: 3 is not between 4 and 64');
    expect(TOY.refusal({ way: 'up', count: 6 })).toBe('count: 6 is no multiple of 4');
    expect(TOY.refusal({ way: 'off' as 'up', count: 8 })).toBe("way: 'off' is none of up, down");
    expect(TOY.refusal({ way: 'up' } as never)).toBe('count is missing');
    expect(TOY.refusal({ way: 'up', count: 8, size: 1 } as never)).toBe('there is no parameter size');
    expect(() => TOY.encode({ way: 'up', count: 3 })).toThrow(BlockError);
    expect(TOY.encode({ way: 'up', count: 3 }, { check: false })[0x18]).toBe(3);
  });

  test('statuses in words: shared ones, its own, a refused parameter by its name', () => {
    expect(TOY.explain(0x84, 0xca)).toBe('the drive ended command 0xca with an error');
    expect(TOY.explain(0xa0, 9)).toBe('there is no toy (looked for 0x9)');
    expect(TOY.explain(0x81, 0x18)).toBe('it refused parameter count');
    expect(TOY.explain(0x81, 0x99)).toBe('it refused the parameter at offset 0x99');
    expect(TOY.explain(0x8a, 0x1d)).toBe('processor exception 29');
    expect(TOY.explain(0xdf, 1)).toBe('status 0xdf, detail 0x1');
  });

  test('in C: names, places, gaps', () => {
    const c = cHeader(TOY as never).replace(/ +/g, ' ');
    for (const line of [
      '#define NB_PROGRAM_TOY_COPY 77u', '#define WAY_UP 5u', '#define WAY_DOWN 6u', '#define WAY_COUNT 2u',
      '#define FLAG_SLOW 1u /* one byte at a time */', '#define FLAG_LOUD 2u', '#define NB_STATUS_NO_TOY 0xa0u',
      'i32 offset; /* 1c in */', 'u32 reserved[8]; /* 20 zero */', 'u32 sum; /* 40 out of all */',
      'u32 reserved1[3]; /* 44 zero */', 'u8 check[32]; /* 50 out */',
      '_Static_assert(sizeof(struct toy_copy) == 0x70',
    ]) expect(c).toContain(line);
  });
});
