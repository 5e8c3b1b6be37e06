import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MachinePlan } from '../../protocol/machine.ts';
import { PACES, type Selection } from '../state/moment.ts';
import { addressFrom, addressText, AddressError, NOWHERE, type Address } from './address.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
/** As the page keeps them: a text that is not given is not there. */
const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const plan: fc.Arbitrary<MachinePlan> = fc.record({
  experiment: name, method: name, guest: fc.constantFrom('bare', 'debian'),
  texts: fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true }), memory: fc.constant(true),
}, { requiredKeys: ['experiment', 'method', 'guest', 'texts'] });
const moment = fc.record({ time: fc.nat(), record: fc.nat(), beat: fc.nat(63) });
const selected: fc.Arbitrary<Selection> = fc.oneof(
  fc.constant({ kind: 'none' } as const),
  fc.record({ kind: fc.constant('record'), id: fc.nat() }), fc.record({ kind: fc.constant('part'), name }),
  fc.record({ kind: fc.constant('memory'), space: name, address: fc.nat(2 ** 40) }),
);
const address: fc.Arbitrary<Address> = fc.array(plan, { minLength: 1, maxLength: 2 }).chain((plans) => fc.record({
  view: fc.constantFrom('workbench', 'embedded'), plans: fc.constant(plans),
  moments: fc.tuple(...plans.map(() => moment)), active: fc.constant(plans.length > 1 ? 1 : 0),
  selection: selected, pace: fc.constantFrom(...PACES), side: fc.constantFrom('', 'own', 'lesson/dma-and-mmio'),
}));

/** Words that are known, with values that may not be. */
const pairs = fc.array(fc.tuple(
  fc.constantFrom('e', 'm', 'g', 't', 'p.bytes', 'b.m', 'b.t', 'view', 'on', 'sel', 'pace', 'side'),
  fc.string({ maxLength: 12 }),
)).map((list) => list.map(([name, text]) => `${name}=${text}`).join('&'));

describe('an address of the lab', () => {
  test('says all of what it was made from, in less than 2 kB', () => {
    fc.assert(fc.property(address, (a) => {
      const text = addressText(a);
      expect(addressFrom(text)).toEqual(a);
      expect(text.length).toBeLessThan(2048);
    }));
  });

  test('of nothing is empty', () => {
    expect(addressText(NOWHERE)).toBe('');
    expect(addressFrom('')).toEqual(NOWHERE);
  });

  test('reads as a person would write it', () => {
    expect(addressText({
      ...NOWHERE, view: 'workbench',
      plans: ['port-pio', 'device-dma'].map((method): MachinePlan =>
        ({ experiment: 'paths', method, guest: 'bare', texts: { bytes: '64KiB' } })),
      moments: [{ time: 1500, record: 12, beat: 0 }],
    })).toBe('view=workbench&e=paths&m=port-pio&p.bytes=64KiB&t=1500.12.0&b.m=device-dma');
  });

  test.each([
    ['e=paths', 'it names no experiment and method'],
    ['e=paths&m=dma&t=now', "'now' is no moment"],
    ['e=paths&m=dma&t=1.2.3.4', "'1.2.3.4' is no moment"],
    ['e=<script>&m=dma', "'<script>' is no experiment"],
    ['e=paths&m=dma&pace=slow', "'slow' is no pace; there are beat, burst, transaction, command, interrupt, full"],
    ['e=paths&m=dma&sel=memory.ram', "'memory.ram' is nothing that can be selected"],
    ['colour=red', "nobody knows 'colour'"],
    ['e=paths&m=dma&g=beos', "'beos' is no guest"],
    [`e=${'x'.repeat(9000)}`, 'it is 9002 characters long'],
  ])('%s is refused in words', (text, why) => {
    expect(() => addressFrom(text)).toThrow(new AddressError(why));
  });

  test('whatever it is, it is read or refused in words', () => {
    const words = fc.oneof(fc.string({ maxLength: 80 }), pairs);
    fc.assert(fc.property(words, (text) => {
      try {
        addressFrom(text);
      } catch (error) {
        expect(error).toBeInstanceOf(AddressError);
      }
    }));
  });
});
