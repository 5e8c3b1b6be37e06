import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EEPROM_WORDS, SerialEeprom, serialEepromCells } from './serial-eeprom.ts';

/** A 93C46 and a master that drives its wires. */
function chip(words: Uint16Array = new Uint16Array(EEPROM_WORDS)) {
  const eeprom = new SerialEeprom(serialEepromCells(words));
  const bits = (value: number, count: number): void => {
    for (let k = count - 1; k >= 0; k--) {
      const data = ((value >> k) & 1) === 1;
      eeprom.drive(true, false, data);
      eeprom.drive(true, true, data);
    }
  };
  const end = (): void => eeprom.drive(false, false, false);
  const out = (): number => {
    eeprom.drive(true, false, false);
    eeprom.drive(true, true, false);
    return +eeprom.out;
  };
  const word = (): number => Array.from({ length: 16 }, out).reduce((v, b) => (v << 1) | b, 0);
  /** Start bit, opcode, address. */
  const command = (opcode: number, address: number): void => {
    eeprom.drive(true, false, false);
    bits((4 | opcode) * EEPROM_WORDS + address, 9);
  };
  return { eeprom, bits, end, word, command };
}

describe('93C46 (DS21749 §2)', () => {
  test('READ: a dummy 0, sixteen bits, and the next word if the clock goes on', () => {
    const words = Uint16Array.from({ length: EEPROM_WORDS }, (_, n) => n * 1021);
    const { eeprom, command, word } = chip(words);
    command(2, 63);
    expect(eeprom.out).toBe(false);
    expect([word(), word()]).toEqual([63 * 1021 & 0xffff, 0]);
  });

  test('WRITE, ERASE and the two for all words need EWEN; EWDS takes it back', () => {
    const { eeprom, command, bits, end } = chip();
    const write = (address: number, value: number): void => {
      command(1, address);
      bits(value, 16);
      end();
    };
    write(5, 0x1234);
    expect(eeprom.words[5]).toBe(0);
    command(0, 0x30);
    end();
    write(5, 0x1234);
    expect(eeprom.words[5]).toBe(0x1234);
    command(3, 5);
    end();
    expect(eeprom.words[5]).toBe(0xffff);
    command(0, 0x10);
    bits(0xabcd, 16);
    end();
    expect([...new Set(eeprom.words)]).toEqual([0xabcd]);
    command(0, 0x20);
    end();
    expect([...new Set(eeprom.words)]).toEqual([0xffff]);
    command(0, 0x00);
    end();
    write(5, 1);
    expect(eeprom.words[5]).toBe(0xffff);
  });

  test('a command that CS ends early does nothing', () => {
    const { eeprom, command, bits, end } = chip();
    command(0, 0x30);
    end();
    command(1, 7);
    bits(0x7f, 7);
    end();
    expect(eeprom.words[7]).toBe(0);
  });

  test('any levels on the wires: words change only after EWEN, and a reading goes on to work', () => {
    fc.assert(fc.property(fc.array(fc.nat(7), { maxLength: 300 }), (levels) => {
      const { eeprom, command, word, end } = chip(new Uint16Array(EEPROM_WORDS).fill(0x5aa5));
      for (const l of levels) eeprom.drive((l & 4) !== 0, (l & 2) !== 0, (l & 1) !== 0);
      end();
      command(2, 9);
      expect(word()).toBe(eeprom.words[9]);
    }), { numRuns: 200, seed: 93 });
  });
});
