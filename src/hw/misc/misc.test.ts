import { beforeEach, expect, test } from 'vitest';
import { describeContract } from '../../testing/vitest.ts';
import { DeviceBench, IrqProbe } from '../../testing/device-bench.ts';
import { us } from '../../sim/time.ts';
import { Port92 } from './port92/port92.ts';
import { PostLatch } from './post/post.ts';

describeContract('Port92', () => new Port92('port92', new DeviceBench()));
describeContract('PostLatch', () => new PostLatch('post', new DeviceBench()));

let bench: DeviceBench;
beforeEach(() => {
  bench = new DeviceBench();
});

test('System Control Port A: A20 follows bit 1, bit 0 initializes once for each change from 0 to 1', () => {
  const port = new Port92('port92', bench);
  const a20 = new IrqProbe(port.a20), init = new IrqProbe(port.init);
  bench.mapIo(0x92, 1, port.ports);
  bench.reset(port);
  expect(a20.level).toBe(false);
  bench.outb(0x92, 0x02);
  expect(a20.level).toBe(true);
  bench.outb(0x92, 0x03);
  expect([init.level, init.rising]).toEqual([true, 1]);
  bench.run(us(6));
  bench.outb(0x92, 0x03);
  expect([init.level, init.rising, bench.inb(0x92)]).toEqual([false, 1, 0x03]);
  bench.outb(0x92, 0x02);
  bench.outb(0x92, 0x03);
  expect(init.rising).toBe(2);
});

test('POST codes go to the host and read back', () => {
  const codes: number[] = [];
  const post = new PostLatch('post', bench, (c) => codes.push(c));
  bench.mapIo(0x80, 1, post.ports);
  bench.reset(post);
  for (const c of [0x01, 0x55, 0xff]) bench.outb(0x80, c);
  expect(codes).toEqual([0x01, 0x55, 0xff]);
  expect([bench.inb(0x80), post.code]).toEqual([0xff, 0xff]);
});
