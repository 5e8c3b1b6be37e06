/** Bus masters aimed at each other's registers: work goes on by events, never by recursion. */
import { describe, expect, test } from 'vitest';
import { ms, us } from '../../sim/time.ts';
import { PciBench } from '../../testing/pci-bench.ts';
import { Camera } from '../camera/camera.ts';
import { CAMERA_REGISTERS } from '../camera/spec.ts';
import { EduDevice } from '../misc/edu/edu.ts';
import { EDU_BUFFER, EDU_REGISTERS } from '../misc/edu/spec.ts';
import { RaidController } from '../raid/raid.ts';

const EDU = EDU_REGISTERS.registers, CAMERA = CAMERA_REGISTERS.registers;
const RUN = 1, TO_MEMORY = 2;

test('two masters that start each other go on for ever, a transfer at a time, and stop with Bus Master Enable', () => {
  const b = new PciBench();
  const [one, two] = ['edu', 'other'].map((name) => b.plug((sim) => new EduDevice(name, sim, { dmaBits: 32 })));
  for (const [own, other] of [[one, two], [two, one]] as const) {
    const set = (register: { offset: number }, value: number): void =>
      b.writeMemory(own.at['BAR0'] + register.offset, value);
    // What goes out is the command that starts the other one.
    b.writeMemory(0x100, RUN | TO_MEMORY);
    set(EDU.DMA_SOURCE, 0x100);
    set(EDU.DMA_DESTINATION, EDU_BUFFER);
    set(EDU.DMA_COUNT, 4);
    set(EDU.DMA_COMMAND, RUN);
    b.run(us(10));
    set(EDU.DMA_SOURCE, EDU_BUFFER);
    set(EDU.DMA_DESTINATION, other.at['BAR0'] + EDU.DMA_COMMAND.offset);
  }
  b.writeMemory(one.at['BAR0'] + EDU.DMA_COMMAND.offset, RUN | TO_MEMORY);
  const before = one.device.mem.counters.bursts + two.device.mem.counters.bursts;
  const events = b.scheduler.executed, end = b.scheduler.now + ms(1);
  b.run(ms(1));
  const hops = one.device.mem.counters.bursts + two.device.mem.counters.bursts - before;
  expect(b.scheduler.now).toBe(end);
  expect(hops).toBeGreaterThan(1000);
  expect(b.scheduler.executed - events).toBeLessThan(4 * hops);
  b.pci.write(two.devfn, 4, 2, 2);
  b.run(us(10));
  const last = one.device.mem.counters.bursts;
  b.run(ms(1));
  expect(one.device.mem.counters.bursts).toBe(last);
});

/** A camera of 64 × 128 whose one buffer is the page at `page`, then one in memory. */
function cameraAt(b: PciBench, page: number) {
  const camera = b.plug((sim) => new Camera('camera', sim, { width: 64, height: 128, frameRate: 1000 }));
  const set = (register: { offset: number }, value: number): void =>
    b.writeMemory(camera.at['BAR0'] + register.offset, value);
  b.writeMemory(0x1000, 0x2000);
  b.writeMemory(0x2000, page);
  b.writeMemory(0x2004, 0x2_0000);
  set(CAMERA.RING, 0x1000);
  set(CAMERA.SIZE, 1);
  return { ...camera, set };
}
const error = (c: Camera): number => c.registers.r.STATUS.ERROR;

describe('a camera whose page is another card', () => {
  test('pixels in its registers: bounded, and the other one stays usable', () => {
    const b = new PciBench();
    const edu = b.plug((sim) => new EduDevice('edu', sim));
    const camera = cameraAt(b, edu.at['BAR0']);
    camera.set(CAMERA.CONTROL, RUN);
    const events = b.scheduler.executed;
    b.run(ms(5));
    expect(b.scheduler.executed - events).toBeLessThan(2000);
    expect([error(camera.device), camera.device.registers.r.PRODUCER.FRAMES]).toEqual([0, 1]);
    b.reset(edu.device);
    b.pci.write(edu.devfn, 0x10, edu.at['BAR0']);
    b.pci.write(edu.devfn, 4, 6, 2);
    expect(b.readMemory(edu.at['BAR0'])).toBe(0x010000ed);
  });

  test('whose range moves away in mid-frame: a master abort, nothing more is written (PCI 2.2 §3.3.3.1)', () => {
    const b = new PciBench();
    const edu = b.plug((sim) => new EduDevice('edu', sim));
    const camera = cameraAt(b, edu.at['BAR0']);
    camera.set(CAMERA.CONTROL, RUN);
    b.run(ms(1.3));
    expect(error(camera.device)).toBe(0);
    b.pci.write(edu.devfn, 0x10, 0xf800_0000);
    b.run(ms(1));
    const { bursts } = camera.device.mem.counters;
    b.run(ms(5));
    expect([error(camera.device), camera.device.mem.counters.bursts]).toEqual([5, bursts]);
    expect(b.trace.noteCount('camera', 'camera-stopped')).toBe(1);
  });
});

test('an array whose mailbox is a camera stops with an error, and the camera goes on', () => {
  const b = new PciBench();
  const camera = cameraAt(b, 0x3000);
  const raid = b.plug((sim) => new RaidController('raid', sim, { stripe: 4096, driveBytes: 1 << 20 }));
  b.pci.write(raid.devfn, 0x44, camera.at['BAR0']);
  b.pci.write(raid.devfn, 0x48, 1);
  camera.set(CAMERA.CONTROL, RUN);
  const events = b.scheduler.executed;
  b.run(ms(5));
  expect(b.scheduler.executed - events).toBeLessThan(3000);
  // The 32 bytes are registers of the camera: no ring is as long as its STATUS says.
  expect([(b.pci.read(raid.devfn, 0x4c) >> 4) & 15, error(camera.device)]).toEqual([1, 0]);
});

test('stripes into a camera\'s registers end, and the array takes the next command', () => {
  const b = new PciBench();
  const camera = cameraAt(b, 0x3000);
  const raid = b.plug((sim) => new RaidController('raid', sim, { stripe: 4096, driveBytes: 1 << 20, seek: us(100) }));
  [1, 0x5000, 8, 0, 0, 0, 0].forEach((v, k) => b.writeMemory(0x4000 + 4 * k, v));
  [1, 0, 16, camera.at['BAR0'], 0, 0].forEach((v, k) => b.writeMemory(0x5000 + 4 * k, v));
  b.pci.write(raid.devfn, 0x44, 0x4000);
  b.pci.write(raid.devfn, 0x48, 1);
  b.run(ms(5));
  expect(b.readMemory(0x5010) & 0x7f).toBeGreaterThan(0);
  [1, 8, 1, 0x6000, 0, 0].forEach((v, k) => b.writeMemory(0x5020 + 4 * k, v));
  b.writeMemory(0x4000, 2);
  b.run(ms(5));
  expect([b.readMemory(0x4040), b.readMemory(0x5030)]).toEqual([2, 1]);
});
