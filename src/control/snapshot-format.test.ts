import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MachineState } from '../machine/snapshot.ts';
import { crc32 } from '../bits/crc32.ts';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from './snapshot-format.ts';

function sample(): Snapshot {
  const ram = new Uint8Array(3 * 4096 + 100);
  ram.set([1, 2, 3], 4096);
  ram[ram.length - 1] = 9;
  const machine: MachineState = {
    board: 'pc',
    config: 'ram 16 MiB',
    scheduler: { now: 2 ** 52 + 1, sequence: 7, events: [{ name: 'pit.tick', time: 2 ** 52 + 5, sequence: 3 }] },
    buses: { pci: 12 },
    components: {
      ram: { contents: { bytes: ram } },
      cpu0: {
        state: {
          words: new Uint32Array([1, 0xffffffff]),
          doubles: new Float64Array([-0, NaN, 1e300]),
          halted: true,
          mode: 'näme',
          minus: -0, far: Infinity,
          half: new Uint16Array(0),
          signed: new Int32Array([-1]),
        },
      },
    },
    lines: { 'pic.intr': true, 'pit.out': false },
    notes: [{ source: 'com1', what: 'uart-write-before-thre', detail: 'thr 0x41', count: 12 }],
  };
  return {
    machine,
    attachments: {
      disk: { overlay: { size: 512, numbers: new Float64Array([0]), bytes: new Uint8Array(4096).fill(5) } },
    },
  };
}

test('CRC-32 of the check string (ISO 3309) is CBF43926h, whole or in parts', () => {
  const text = new TextEncoder().encode('123456789');
  expect(crc32(text)).toBe(0xcbf43926);
  expect(crc32(text.subarray(4), crc32(text.subarray(0, 4)))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test('CRC-32 is that of its definition, bit by bit, for any bytes anywhere in a buffer', () => {
  const bitwise = (bytes: Uint8Array): number => {
    let c = 0xffffffff;
    for (const byte of bytes) {
      c ^= byte;
      for (let n = 0; n < 8; n++) c = (c >>> 1) ^ ((c & 1) * 0xedb88320);
    }
    return ~c >>> 0;
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(5), (bytes, skew) => {
    const there = new Uint8Array(bytes.length + skew).subarray(skew);
    there.set(bytes);
    expect(crc32(there)).toBe(bitwise(bytes));
  }));
});

describe('a snapshot file', () => {
  test('gives back what was put in, and the same bytes for the same state', () => {
    const file = encodeSnapshot(sample());
    expect(decodeSnapshot(file)).toEqual(sample());
    expect(encodeSnapshot(decodeSnapshot(file))).toEqual(file);
    expect(file.length).toBeLessThan(12_000); // zero pages are left out
  });

  test('with any one bit flipped is refused', () => {
    const file = encodeSnapshot(sample());
    fc.assert(fc.property(fc.nat(file.length * 8 - 1), (bit) => {
      const damaged = file.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(() => decodeSnapshot(damaged)).toThrow(/^snapshot: /);
    }));
  });

  test('cut at any length is refused', () => {
    const file = encodeSnapshot(sample());
    fc.assert(fc.property(fc.nat(file.length - 1), (length) => {
      expect(() => decodeSnapshot(file.subarray(0, length))).toThrow(/^snapshot: /);
    }));
  });

  test('is refused by name: no snapshot, other version, longer', () => {
    const file = encodeSnapshot(sample());
    expect(() => decodeSnapshot(new Uint8Array(100))).toThrow('no snapshot file');
    const newer = file.slice();
    newer[8] = 4;
    expect(() => decodeSnapshot(newer)).toThrow('version 4, this program reads version 3; make the snapshot anew');
    const longer = new Uint8Array(file.length + 1);
    longer.set(file);
    expect(() => decodeSnapshot(longer)).toThrow('the header says');
  });

  test('with a right checksum and a wrong structure is refused too', () => {
    const rebuild = (change: (json: string) => string): Uint8Array => {
      const file = encodeSnapshot(sample());
      const view = new DataView(file.buffer);
      const length = view.getUint32(0x18, true);
      const json = new TextDecoder().decode(file.subarray(0x20, 0x20 + length));
      const changed = change(json);
      expect(changed).not.toBe(json);
      expect(changed.length).toBe(json.length);
      file.set(new TextEncoder().encode(changed), 0x20);
      view.setUint32(0x1c, crc32(file.subarray(0x20, 0x20 + length)), true);
      view.setUint32(file.length - 4, crc32(file.subarray(0, file.length - 4)), true);
      return file;
    };
    expect(() => decodeSnapshot(rebuild((j) => j.replace('"n":12388', '"n":92388')))).toThrow('an array');
    expect(() => decodeSnapshot(rebuild((j) => j.replace('"Uint32Array"', '"Uint33Array"')))).toThrow(
      'unknown type Uint33Array',
    );
    expect(() => decodeSnapshot(rebuild((j) => j.replace('"events":[', '"evehts":[')))).toThrow('events are missing');
    expect(() => decodeSnapshot(rebuild((j) => j.replace('{"machine"', '["machine"')))).toThrow('no JSON');
    expect(() => decodeSnapshot(rebuild((j) => j.replace('ram 16 MiB', 'ram 32 MiB')))).toThrow('of the header');
  });
});
