import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { choice, choices, count, duration, flag, frequency, ParameterError, size, valuesOf } from './parameter.ts';
import { ns, us } from './time.ts';

describe('parameters', () => {
  const rows = {
    bytes: size(2 ** 20, { doc: 'Length', minimum: 512, maximum: 2 ** 30, step: 512 }),
    latency: duration(ns(60), { doc: 'Latency', maximum: us(100) }),
    clock: frequency(200e6, { doc: 'Clock' }),
    mode: choice(['pio', 'dma'], 'pio', { doc: 'Mode' }),
    irq: flag(true, { doc: 'Interrupts' }),
    sectors: count(8, { doc: 'Sectors', minimum: 1, maximum: 128 }),
  };

  test('what a user writes is read in the units that people use', () => {
    expect(rows.bytes.parse('64KiB')).toBe(65536);
    expect(rows.bytes.parse('1m')).toBe(2 ** 20);
    expect(rows.latency.parse('1.5us')).toBe(us(1) * 1.5);
    expect(rows.clock.parse('1.8432MHz')).toBe(1_843_200);
    expect(rows.irq.parse('off')).toBe(false);
    expect(rows.sectors.parse('0x10')).toBe(16);
  });

  test('format and parse are inverse', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (n) => {
      expect(rows.bytes.parse(rows.bytes.format(n))).toBe(n);
      expect(rows.latency.parse(rows.latency.format(n))).toBe(n);
      expect(rows.clock.parse(rows.clock.format(n))).toBe(n);
    }));
  });

  test.each([
    ['66.6MHz', 66_600_000], ['33.333333MHz', 33_333_333], ['0.29GHz', 290_000_000], ['1.1e3kHz', 1_100_000],
    ['16.1MB', 16_100_000], ['4.35GB', 4_350_000_000],
  ])('a decimal that is a whole number of the unit is taken: %s', (text, value) => {
    const row = text.endsWith('Hz') ? rows.clock : size(0, { doc: 'x' });
    expect([row.parse(text), row.refusal(value)]).toEqual([value, '']);
  });

  test.each([
    ['1.5Hz', '1.5Hz is not a whole number of Hz'], ['0.0000001kHz', '0.0001Hz is not'], ['1e50Hz', 'not a whole'],
    ['1e999999999Hz', 'not a whole'],
  ])('one that is none is refused: %s', (text, said) => {
    expect(rows.clock.refusal(rows.clock.parse(text))).toContain(said);
  });

  test('a time is rounded to the nearest tick, and none to nothing', () => {
    expect(['33.33ns', '0.3ns', '0ns'].map((text) => rows.latency.parse(text))).toEqual([100, 1, 0]);
    expect(() => rows.latency.parse('0.1ns')).toThrow("'0.1ns' is shorter than simulated time, 1/3 ns, tells");
  });

  test('of several words none, some or all can be named', () => {
    const modes = choices(['pio', 'dma'], [], { doc: 'Modes' });
    for (const list of [[], ['dma'], ['pio', 'dma']] as const) expect(modes.parse(modes.format(list))).toEqual(list);
    expect(() => modes.parse(' , ')).toThrow("' , ' names none; known: pio, dma");
  });

  test('a refusal says what is wrong', () => {
    expect(() => rows.bytes.parse('many')).toThrow("'many' is no size; write 512, 64KiB or 16MiB");
    expect(rows.bytes.refusal(700)).toBe('700B is no multiple of 512B');
    expect(rows.sectors.refusal(0)).toBe('0 is below the least, 1');
    expect(rows.sectors.refusal(129)).toBe('129 is above the greatest, 128');
    expect(() => rows.mode.parse('mmio')).toThrow("'mmio' is none of pio, dma");
  });

  test('values: defaults, unknown names, refusals with the name', () => {
    expect(valuesOf(rows, { bytes: 1024 })).toEqual({
      bytes: 1024, latency: ns(60), clock: 200e6, mode: 'pio', irq: true, sectors: 8,
    });
    expect(() => valuesOf(rows, { bytes: 1 })).toThrow('bytes: 1B is below the least, 512B');
    expect(() => valuesOf(rows, { byte: 1 } as never)).toThrow(ParameterError);
  });
});
