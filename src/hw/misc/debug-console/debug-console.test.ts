import { expect, test } from 'vitest';
import { DeviceBench } from '../../../testing/device-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { DEBUG_CONSOLE_PORT, DebugConsole } from './debug-console.ts';

describeContract('DebugConsole', () => new DebugConsole('debug-console', new DeviceBench(), () => {}));

test('SeaBIOS, docs/Debugging.md: E9h says that somebody listens, characters go to the host', () => {
  const bench = new DeviceBench(), heard: number[] = [];
  const device = new DebugConsole('debug-console', bench, (byte) => heard.push(byte));
  bench.mapIo(DEBUG_CONSOLE_PORT, 1, device.ports);
  bench.reset(device);
  expect(bench.inb(DEBUG_CONSOLE_PORT)).toBe(0xe9);
  for (const c of 'ok') bench.outb(DEBUG_CONSOLE_PORT, c.charCodeAt(0));
  expect(heard).toEqual([0x6f, 0x6b]);
});
