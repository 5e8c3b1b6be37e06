import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FAULTS, faultOption, formatFaults, parseFaults } from './rows.ts';

const option = faultOption();

describe('faults as they are written', () => {
  test('what is as by default is left out, several stand with +', () => {
    expect(parseFaults('')).toEqual([]);
    expect(option.parse('dma-drop')).toBe('dma-drop');
    expect(option.parse(' dma-drop , seed=1, rate=0.5 + irq-lost,of=ide.irq14 '))
      .toBe('dma-drop,rate=0.5+irq-lost,of=ide.irq14');
    expect(option.parse('drive-late,time=2s,from=1.5ms,rate=1e-3')).toBe('drive-late,rate=0.001,time=2s,from=1500us');
  });

  test.each([
    ['dma-dorp', "there is no fault 'dma-dorp'; did you mean 'dma-drop'?"],
    ['constructor', "there is no fault 'constructor'"],
    ['dma-drop,', "there is no parameter '' of dma-drop"],
    ['dma-drop,sede=1', "there is no parameter 'sede' of dma-drop; did you mean 'seed'?"],
    ['dma-drop,seed', 'dma-drop: give seed a value, seed=1'],
    ['dma-drop,seed=1,seed=2', 'dma-drop: seed is given twice'],
    ['dma-drop,rate=often', "'often' is no chance; write 0.01 or 1e-5"],
    ['dma-drop,rate=0', 'dma-drop: rate: 0 is not between 1e-9 and 1'],
    ['dma-drop,of=a b', "dma-drop: of: 'a b' is no name of a component"],
    ['dma-drop+', "there is no fault ''"],
  ])('%s is refused', (text, why) => {
    expect(() => parseFaults(text)).toThrow(why);
    expect(option.refusal(text)).toContain(why);
  });

  test('whatever is read is written so that it is read again alike; nothing else is thrown', () => {
    const parts = ['rate', 'seed', 'of', '=', ',', '+', '0.5', '1e-5', '7', 'ide', 'x'];
    const word = fc.constantFrom(...Object.keys(FAULTS), ...parts);
    fc.assert(fc.property(fc.array(word).map((words) => words.join('')), (text) => {
      if (option.refusal(text) !== '') return;
      const faults = parseFaults(text);
      expect(parseFaults(formatFaults(faults))).toEqual(faults);
    }));
  });
});
