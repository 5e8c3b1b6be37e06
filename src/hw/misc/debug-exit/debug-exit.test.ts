import { beforeEach, expect, test } from 'vitest';
import { DeviceBench } from '../../../testing/device-bench.ts';
import { DebugExit, qemuExitStatus } from './debug-exit.ts';

let bench: DeviceBench, values: number[];
beforeEach(() => {
  bench = new DeviceBench();
  values = [];
  const device = new DebugExit('debug-exit', bench, (value) => values.push(value));
  bench.mapIo(0xf4, 4, device.ports);
  bench.reset(device);
});

test('a write of any size is one value; a read is 0 and ends nothing', () => {
  bench.outb(0xf4, 0x10);
  bench.outw(0xf4, 0x1234);
  bench.outl(0xf4, 0xdeadbeef);
  expect(bench.inb(0xf4)).toBe(0);
  expect(bench.inl(0xf4)).toBe(0);
  expect(values).toEqual([0x10, 0x1234, 0xdeadbeef]);
});

test("QEMU's exit status is odd and has eight bits", () => {
  expect([0, 1, 0x10, 0x7f, 0x80, 0xffffffff].map(qemuExitStatus)).toEqual([1, 3, 33, 255, 1, 255]);
});
