import { beforeEach, expect, test } from 'vitest';
import { DeviceBench } from '../../../testing/device-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { FwCfg } from './fw-cfg.ts';
import { FW_CFG_PORT, KEY } from './spec.ts';

const FILES = { 'etc/one': Uint8Array.of(1, 2, 3), 'vgaroms/two': new Uint8Array(300).fill(7) };
const items = { ramBytes: 2 ** 25, cpus: 1, files: FILES };
describeContract('FwCfg', () => new FwCfg('fw-cfg', new DeviceBench(), items));

let bench: DeviceBench;
beforeEach(() => {
  bench = new DeviceBench();
  const device = new FwCfg('fw-cfg', bench, items);
  bench.mapIo(FW_CFG_PORT, 2, device.ports);
  bench.reset(device);
});

function item(key: number, length: number): number[] {
  bench.outw(FW_CFG_PORT, key);
  return Array.from({ length }, () => bench.inb(FW_CFG_PORT + 1));
}
const number = (bytes: number[]): number => bytes.reduceRight((value, b) => value * 256 + b, 0);

test('fw_cfg.rst "Signature", "Revision / feature bitmap": QEMU, traditional interface only; 0 behind the end', () => {
  expect(String.fromCharCode(...item(KEY.SIGNATURE, 4))).toBe('QEMU');
  expect(item(KEY.ID, 6)).toEqual([1, 0, 0, 0, 0, 0]);
  expect(number(item(KEY.RAM_SIZE, 8))).toBe(2 ** 25);
  expect(item(0x7777, 2)).toEqual([0, 0]);
});

test('"Selector": choosing an item again begins at its first byte; a byte alone chooses nothing', () => {
  expect(item(KEY.SIGNATURE, 2)).toEqual([0x51, 0x45]);
  bench.outb(FW_CFG_PORT, KEY.ID);
  expect(bench.inb(FW_CFG_PORT + 1)).toBe(0x4d);
  expect(item(KEY.SIGNATURE, 1)).toEqual([0x51]);
  expect([bench.inb(FW_CFG_PORT), bench.inw(FW_CFG_PORT)]).toEqual([0xff, 0xffff]);
});

test('"File Directory": count, then size, key, name, big endian; the files stand at their keys', () => {
  const entries = item(KEY.FILE_DIRECTORY, 4 + 2 * 64);
  expect(entries.slice(0, 4)).toEqual([0, 0, 0, 2]);
  Object.entries(FILES).forEach(([name, bytes], n) => {
    const entry = entries.slice(4 + 64 * n, 4 + 64 * (n + 1));
    expect(number(entry.slice(0, 4).reverse())).toBe(bytes.length);
    expect(String.fromCharCode(...entry.slice(8)).replace(/\0+$/, '')).toBe(name);
    const key = number(entry.slice(4, 6).reverse());
    expect(item(key, bytes.length + 1)).toEqual([...bytes, 0]);
  });
});
