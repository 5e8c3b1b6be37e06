import { beforeEach, describe, expect, test } from 'vitest';
import type { AudioFormat } from '../../../host/audio.ts';
import { TICKS_PER_SECOND, ms, us } from '../../../sim/time.ts';
import { DeviceBench, IrqProbe } from '../../../testing/device-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import type { DmaRequester } from '../../dma/isa-dma.ts';
import { SB16_REGISTERS, SB16_FIRST_PORT, SB16_PORTS } from './spec.ts';
import { Sb16, type Sb16Options } from './sb16.ts';

const MIXER = Object.entries(SB16_REGISTERS.registers).filter(([, r]) => r.options.page !== undefined);

describeContract('Sb16', () => new Sb16('sound', new DeviceBench()), {
  select: Object.fromEntries(MIXER.map(([name, r]) => [
    `ports.${name}`, ({ banks }) => {
      banks.get('ports')!.r['MIXER_ADDRESS'].value = r.options.page as number;
    },
  ])),
});

const BASE = 0x220;

/** A channel of a controller that serves a request after `delay`, from and into an array. */
class Channel {
  readonly taken: number[] = [];
  /** What the device gets; ones when it is used up. */
  given: readonly number[] = [];
  masked = false;
  private at = 0;
  constructor(bench: DeviceBench, requester: DmaRequester, size: 1 | 2, input: () => boolean, delay = us(1)) {
    const cycle = bench.scheduler.event(`${requester.dreq.name}.cycle`, () => {
      if (!requester.dreq.level || this.masked) return;
      if (input()) this.taken.push(requester.dack.dackRead(size, false));
      else requester.dack.dackWrite(size, this.given[this.at++] ?? 0xffff, false);
      if (requester.dreq.level) cycle.after(delay);
    });
    const irqLevel = (_input: number, level: boolean): void => {
      if (level && !cycle.pending) cycle.after(delay);
    };
    requester.dreq.connect({ irqLevel }, 0);
  }
}

let bench: DeviceBench, card: Sb16, irq: IrqProbe, channel8: Channel, channel16: Channel;
let played: number[], times: number[], formats: AudioFormat[], input: boolean;

function make(options: Sb16Options = {}): void {
  bench = new DeviceBench();
  played = [];
  times = [];
  formats = [];
  input = false;
  const audio = {
    frame: (time: number, format: AudioFormat, frame: Uint8Array): void => {
      played.push(...frame);
      times.push(time);
      if (formats.at(-1) !== format) formats.push(format);
    },
  };
  card = new Sb16('sound', bench, { audio, ...options });
  irq = new IrqProbe(card.irq);
  channel8 = new Channel(bench, card.dma8, 1, () => input);
  channel16 = new Channel(bench, card.dma16, 2, () => input);
  bench.mapIo(BASE + SB16_FIRST_PORT, SB16_PORTS, card.ports, SB16_FIRST_PORT);
  bench.reset(card);
}
const rd = (port: number): number => bench.inb(BASE + port);
const wr = (port: number, value: number): void => bench.outb(BASE + port, value);
/** Writes bytes to the DSP as software does: each when it is ready. */
function dsp(...bytes: number[]): void {
  for (const byte of bytes) {
    expect(bench.until(() => (rd(0xc) & 0x80) === 0, ms(1))).toBe(true);
    wr(0xc, byte);
    bench.run(us(4));
  }
}
function answer(): number {
  expect(rd(0xe) & 0x80).toBe(0x80);
  return rd(0xa);
}
function mixer(index: number, value?: number): number {
  wr(4, index);
  if (value !== undefined) wr(5, value);
  return rd(5);
}
const count = (name: string): number => card.counterRows.find((c) => c.name === name)!.value();
const ramp = (n: number): number[] => Array.from({ length: n }, (_, i) => (i * 7 + 3) & 0xff);

beforeEach(() => make());

describe('guide, chapter 4, 81h: samples of 16 bits over the 8-bit channel', () => {
  test.each([
    ['with the FIFO', 0xb2, 0x00], ['without, mono', 0xb0, 0x10], ['without, stereo', 0xb0, 0x30],
  ] as const)('%s: every byte is asked for and heard', (_how, command, mode) => {
    mixer(0x81, 0x02);
    channel8.given = ramp(32);
    dsp(0x41, 0x1f, 0x40, command, mode, 15, 0);
    bench.run(ms(20));
    expect(irq.level).toBe(true);
    expect(played).toEqual(ramp(32));
  });
});

describe('guide, chapter 2: the DSP', () => {
  test('reset: 1, 0, and the answer AAh about 100 µs later', () => {
    wr(6, 1);
    bench.run(us(3));
    wr(6, 0);
    expect(rd(0xe) & 0x80).toBe(0);
    expect(rd(0xc) & 0x80).toBe(0x80);
    bench.run(us(100));
    expect(answer()).toBe(0xaa);
    expect(rd(0xe) & 0x80).toBe(0);
    expect(rd(0xc) & 0x80).toBe(0);
  });

  test('a byte that is written while it is busy is lost and noted', () => {
    wr(0xc, 0xe1);
    expect(rd(0xc) & 0x80).toBe(0x80);
    wr(0xc, 0xe1);
    expect(bench.trace.noteCount('sound', 'sound-write-while-busy')).toBe(1);
    bench.run(us(3));
    expect([answer(), answer()]).toEqual([4, 5]);
    expect(rd(0xe) & 0x80).toBe(0);
  });

  test('E0h, E3h, E4h and E8h, D1h, D3h and D8h, 20h', () => {
    dsp(0xe0, 0x3c);
    expect(answer()).toBe(0xc3);
    dsp(0xe3);
    let text = '';
    for (let c = answer(); c !== 0; c = answer()) text += String.fromCharCode(c);
    expect(text).toMatch(/^COPYRIGHT \(C\) CREATIVE/);
    dsp(0xe4, 0x5a, 0xe8);
    expect(answer()).toBe(0x5a);
    dsp(0xd1, 0xd8, 0xd3, 0xd8);
    expect([answer(), answer()]).toEqual([0xff, 0]);
    dsp(0x20);
    expect(answer()).toBe(0x80);
  });

  test('an unknown command is noted; arguments of commands that are not modelled are taken', () => {
    dsp(0x04, 0xe1, 0x07, 0xe1);
    expect(bench.trace.noteCount('sound', 'sound-command')).toBe(2);
    expect([answer(), answer()]).toEqual([4, 5]);
  });

  test('F2h and F3h: interrupts, their status in mixer register 82h, and their acknowledgement', () => {
    dsp(0xf2);
    expect(irq.level).toBe(true);
    expect(mixer(0x82)).toBe(0x21);
    rd(0xf);
    expect(irq.level).toBe(true);
    rd(0xe);
    expect(irq.level).toBe(false);
    dsp(0xf3);
    expect(mixer(0x82)).toBe(0x22);
    rd(0xe);
    expect(irq.level).toBe(true);
    rd(0xf);
    expect(irq.level).toBe(false);
    expect(mixer(0x82)).toBe(0x20);
  });

  test('80h: an interrupt after so many samples', () => {
    dsp(0x41, 0x1f, 0x40, 0x80, 7, 0);
    bench.run(us(990));
    expect(irq.level).toBe(false);
    bench.run(us(20));
    expect(irq.level).toBe(true);
  });
});

describe('guide, chapter 4: the mixer', () => {
  test('the registers of the CT1345 show the upper bits of the new ones, and set them', () => {
    expect(mixer(0x22)).toBe(0xcc);
    mixer(0x30, 0xf8);
    expect(mixer(0x22)).toBe(0xfc);
    mixer(0x22, 0x84);
    expect([mixer(0x30), mixer(0x31)]).toEqual([0x80, 0x40]);
    mixer(0x3a, 0xa0);
    expect(mixer(0x0a)).toBe(5);
  });

  test('index 0 resets volumes and leaves lines; an index without a register reads ones', () => {
    mixer(0x36, 0xf8);
    mixer(0x81, 0x21);
    mixer(0x00, 0);
    expect([mixer(0x36), mixer(0x28), mixer(0x81)]).toEqual([0, 0, 0x21]);
    expect(mixer(0x99)).toBe(0xff);
  });

  test('80h and 81h: a line that is not connected is noted, and nothing comes of it', () => {
    expect([mixer(0x80), mixer(0x81)]).toEqual([0xf2, 0x22]);
    expect(mixer(0x80, 4)).toBe(0xf4);
    dsp(0xf2);
    expect(irq.level).toBe(false);
    expect(bench.trace.noteCount('sound', 'sound-line')).toBe(1);
    mixer(0x80, 2);
    expect(irq.level).toBe(true);
    make({ irq: 7, dma8: 3, dma16: 6 });
    expect([mixer(0x80), mixer(0x81)]).toEqual([0xf4, 0x48]);
  });
});

describe('guide, chapter 3: DMA transfers', () => {
  const RATE_8000 = [0x41, 0x1f, 0x40];

  test('14h: a single block of unsigned bytes at the rate of the time constant, one interrupt', () => {
    const data = ramp(20);
    channel8.given = data;
    dsp(0x40, 256 - 125, 0x14, 19, 0);
    expect(bench.until(() => irq.level, ms(10))).toBe(true);
    bench.run(ms(2));
    expect(played).toEqual(data);
    expect(formats).toEqual([{ rate: 8000, channels: 1, bits: 8, signed: false }]);
    expect(times[19] - times[0]).toBe(19 * TICKS_PER_SECOND / 8000);
    expect([count('soundFrames'), count('soundUnderruns'), count('soundInterrupts')]).toEqual([20, 0, 1]);
    rd(0xe);
    bench.run(ms(10));
    expect([played.length, irq.level]).toEqual([20, false]);
  });

  test('B6h: 16 bits, stereo, signed, auto-init, with FIFO: blocks without a gap, D9h ends with one', () => {
    const words = ramp(64).map((b, i) => b << 8 | i);
    channel16.given = words;
    dsp(0x41, 0xac, 0x44, 0xb6, 0x30, 15, 0);
    expect(bench.until(() => irq.level, ms(10))).toBe(true);
    expect(mixer(0x82)).toBe(0x22);
    rd(0xf);
    expect(bench.until(() => irq.level, ms(10))).toBe(true);
    rd(0xf);
    dsp(0xd9);
    bench.run(ms(10));
    expect(played).toEqual(words.slice(0, 48).flatMap((w) => [w & 0xff, w >> 8]));
    expect(count('soundUnderruns')).toBe(0);
    expect(formats).toEqual([{ rate: 44100, channels: 2, bits: 16, signed: true }]);
    times.forEach((t, i) => expect(Math.abs(t - times[0] - i * TICKS_PER_SECOND / 44100)).toBeLessThan(2));
  });

  test('C0h: a single block that follows in time goes on with the sample clock; too late, there is a gap', () => {
    channel8.given = ramp(100);
    const block = [0xc2, 0x00, 31, 0];
    dsp(...RATE_8000, ...block);
    for (let n = 0; n < 2; n++) {
      expect(bench.until(() => irq.level, ms(20))).toBe(true);
      rd(0xe);
      dsp(...block);
    }
    bench.until(() => irq.level, ms(20));
    bench.run(ms(30));
    expect(played).toEqual(ramp(96));
    expect(times[95] - times[0]).toBe(95 * TICKS_PER_SECOND / 8000);
    dsp(...block);
    bench.run(ms(10));
    expect(times[96] - times[95]).toBeGreaterThan(ms(9));
  });

  test('without the FIFO a frame is asked for at a time', () => {
    channel8.given = ramp(8);
    dsp(...RATE_8000, 0xc0, 0x00, 7, 0);
    bench.run(us(130));
    channel8.masked = true;
    bench.run(ms(5));
    expect(played.length).toBe(1);
  });

  test('a single command while auto-init runs takes over at the end of the block', () => {
    channel8.given = ramp(200);
    dsp(...RATE_8000, 0xc6, 0x00, 99, 0);
    bench.run(us(130));
    dsp(0xc2, 0x00, 7, 0);
    bench.run(ms(20));
    expect(played).toEqual(ramp(108));
    expect(count('soundInterrupts')).toBe(2);
  });

  test('D0h at once after a command, as drivers do: nothing is asked for before D4h', () => {
    dsp(...RATE_8000, 0xc6, 0x00, 15, 0, 0xd0);
    bench.run(ms(10));
    expect([card.dma8.dreq.level, channel8.taken.length, count('soundUnderruns')]).toEqual([false, 0, 0]);
    channel8.given = ramp(20);
    dsp(0xd4);
    bench.run(ms(2));
    expect(played.length).toBeGreaterThan(10);
  });

  test('D0h stops requests: what is in the FIFO is still played; D4h goes on', () => {
    channel8.given = ramp(200);
    dsp(...RATE_8000, 0xc2, 0x00, 199, 0);
    bench.run(ms(1));
    dsp(0xd0);
    const before = played.length;
    bench.run(ms(30));
    expect(played).toEqual(ramp(before + 64));
    expect(card.dma8.dreq.level).toBe(false);
    dsp(0xd4);
    bench.run(ms(30));
    expect(played).toEqual(ramp(200));
    expect(count('soundUnderruns')).toBe(0);
  });

  test('45h: auto-init that was to end goes on', () => {
    channel8.given = ramp(200);
    dsp(...RATE_8000, 0xc6, 0x00, 15, 0);
    bench.run(ms(1));
    dsp(0xda, 0x45);
    bench.run(ms(10));
    expect(played.length).toBeGreaterThan(64);
  });

  test('1Ch and 48h, and the commands of high speed', () => {
    for (const [command, auto] of [[0x1c, true], [0x90, true], [0x91, false]] as const) {
      make();
      channel8.given = ramp(256);
      dsp(...RATE_8000, 0x48, 15, 0, command);
      bench.run(ms(6));
      expect(count('soundInterrupts') > 1).toBe(auto);
      expect(played).toEqual(ramp(played.length));
    }
  });

  test('without a 16-bit channel, samples of 16 bits go over the 8-bit channel (chapter 4, 81h)', () => {
    mixer(0x81, 0x02);
    expect(bench.trace.noteCount('sound', 'sound-line')).toBe(1);
    channel8.given = ramp(16);
    dsp(...RATE_8000, 0xb2, 0x10, 7, 0);
    bench.run(ms(5));
    expect(played).toEqual(ramp(16));
    expect(mixer(0x82)).toBe(0x22);
  });

  test('B8h and C8h record silence', () => {
    input = true;
    dsp(...RATE_8000, 0xca, 0x00, 7, 0);
    bench.run(ms(5));
    expect(channel8.taken).toEqual(Array(8).fill(0x80));
    expect(irq.level).toBe(true);
    dsp(0xba, 0x00, 7, 0);
    bench.run(ms(5));
    expect(channel16.taken).toEqual(Array(8).fill(0x8000));
    expect(played).toEqual([]);
  });

  test('rates are held within 5 and 45 kHz; a time constant counts the samples of both channels', () => {
    for (const [set, mode, rate] of [
      [[0x41, 0x00, 0x10], 0x00, 5000], [[0x41, 0xff, 0xff], 0x00, 45000], [[0x40, 256 - 50], 0x20, 10000],
    ] as const) {
      make();
      dsp(...set, 0xc2, mode, 15, 0);
      bench.run(ms(2));
      expect(formats[0].rate).toBe(rate);
    }
  });
});

describe('direct mode (10h)', () => {
  const PERIOD = TICKS_PER_SECOND / 8000;

  function directly(delays: readonly number[]): void {
    dsp(0x41, 0x1f, 0x40);
    const start = bench.scheduler.now + ms(1);
    delays.forEach((late, i) => {
      bench.scheduler.runUntil(start + i * PERIOD + late - us(8));
      dsp(0x10, 10 + i);
    });
    bench.run(ms(5));
  }

  test('samples that come at their time, more or less, are heard once each', () => {
    directly([0, 0, us(50), us(20), 0, us(-50), 0]);
    expect(played).toEqual([10, 11, 12, 13, 14, 15, 16]);
    expect([count('soundUnderruns'), count('soundLost')]).toEqual([0, 0]);
    expect(times[6] - times[0]).toBe(6 * PERIOD);
  });

  test('late by more: the one before is heard twice, and one is never heard', () => {
    directly([0, 0, us(100), 0, 0]);
    expect(played).toEqual([10, 11, 11, 13, 14]);
    expect([count('soundUnderruns'), count('soundLost')]).toEqual([1, 1]);
  });

  test('after a long pause a sound begins anew', () => {
    dsp(0x41, 0x1f, 0x40, 0x10, 1);
    bench.run(ms(300));
    dsp(0x10, 2);
    bench.run(ms(300));
    expect([played, count('soundUnderruns')]).toEqual([[1, 2], 0]);
  });
});
