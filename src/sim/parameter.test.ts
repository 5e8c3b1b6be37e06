import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { choice, count, duration, flag, frequency, ParameterError, size, valuesOf } from './parameter.ts';
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
