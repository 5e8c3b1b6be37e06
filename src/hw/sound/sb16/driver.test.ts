import { beforeEach, expect, test } from 'vitest';
import { ms, us } from '../../../sim/time.ts';
import { IrqProbe } from '../../../testing/device-bench.ts';
import { IsaBench } from '../../../testing/isa-bench.ts';
import { Sb16 } from './sb16.ts';

const BASE = 0x220, BUFFER = 0x10000;
let bench: IsaBench, card: Sb16, irq: IrqProbe, played: number[];

/** A byte for the DSP, when it is ready. */
function dsp(...bytes: number[]): void {
  for (const byte of bytes) {
    expect(bench.until(() => bench.inb(BASE + 0xc) < 0x80, ms(1))).toBe(true);
    bench.outb(BASE + 0xc, byte);
    bench.run(us(4));
  }
}
const count = (name: string): number => card.counterRows.find((c) => c.name === name)!.value();

beforeEach(() => {
  bench = new IsaBench();
  played = [];
  card = new Sb16('sound', bench, { audio: { frame: (_time, _format, frame) => played.push(...frame) } });
  irq = new IrqProbe(card.irq);
  bench.mapIo(BASE + 4, 12, card.ports, 4);
  bench.wireDma(card.dma8, 1);
  bench.wireDma(card.dma16, 5);
  bench.resetDma(card);
  for (let i = 0; i < 4096; i++) bench.ram[BUFFER + i] = (i * 31) >> 3;
});

test('a driver finds the card, plays a block of 8 bits over channel 1, and acknowledges', () => {
  bench.outb(BASE + 6, 1);
  bench.run(us(3));
  bench.outb(BASE + 6, 0);
  expect(bench.until(() => bench.inb(BASE + 0xe) >= 0x80, ms(1))).toBe(true);
  expect(bench.inb(BASE + 0xa)).toBe(0xaa);
  bench.program(1, { address: BUFFER, bytes: 200, transfer: 'read' });
  const recording = bench.record();
  dsp(0x41, 0x56, 0x22, 0xc0, 0x00, 199, 0);
  expect(bench.until(() => irq.level, ms(100))).toBe(true);
  bench.run(ms(1));
  expect(played).toEqual([...bench.ram.subarray(BUFFER, BUFFER + 200)]);
  expect(recording.all({ initiator: 'dma.1' }).length).toBe(200);
  expect([bench.inb(8) & 2, count('soundUnderruns')]).toEqual([2, 0]);
});

test('auto-init of controller and DSP over channel 5: a double buffer, one interrupt for each half', () => {
  bench.program(5, { address: BUFFER, bytes: 2048, transfer: 'read', autoinit: true });
  dsp(0x41, 0xac, 0x44, 0xb6, 0x30, 0xff, 0x01);
  for (let half = 0; half < 5; half++) {
    expect(bench.until(() => irq.level, ms(20))).toBe(true);
    bench.inb(BASE + 0xf);
  }
  dsp(0xd9);
  bench.run(ms(20));
  const buffer = [...bench.ram.subarray(BUFFER, BUFFER + 2048)];
  expect(played).toEqual([...buffer, ...buffer, ...buffer]);
  expect([count('soundUnderruns'), count('soundInterrupts')]).toEqual([0, 6]);
});

test('masked in mid-transfer: underruns until it is unmasked, then everything goes on', () => {
  bench.program(1, { address: BUFFER, bytes: 1000, transfer: 'read' });
  dsp(0x41, 0x1f, 0x40, 0xc2, 0x00, 0xe7, 0x03);
  bench.run(ms(20));
  bench.outb(10, 5);
  bench.run(ms(20));
  const missed = count('soundUnderruns');
  expect(missed).toBeGreaterThan(80);
  bench.outb(10, 1);
  expect(bench.until(() => irq.level, ms(200))).toBe(true);
  bench.run(ms(20));
  expect(played).toEqual([...bench.ram.subarray(BUFFER, BUFFER + 1000)]);
  expect(count('soundUnderruns')).toBe(missed);
});

test('recording writes silence to memory', () => {
  bench.program(1, { address: BUFFER, bytes: 64, transfer: 'write' });
  dsp(0x41, 0x1f, 0x40, 0xca, 0x00, 63, 0);
  expect(bench.until(() => irq.level, ms(20))).toBe(true);
  expect([...bench.ram.subarray(BUFFER, BUFFER + 65)]).toEqual([...Array(64).fill(0x80), (64 * 31) >> 3 & 0xff]);
});
