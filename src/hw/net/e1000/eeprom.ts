import { EEPROM_WORDS } from '../serial-eeprom/serial-eeprom.ts';

/** Where APM is enabled (§5.6.18: control word 3, bit 10). */
export const EEPROM_CONTROL3 = 0x24, APM_ENABLE = 0x0400;
/** The sum of all words up to the checksum (§5.6.20). */
const SUM = 0xbaba, CHECKSUM = 0x3f;

/** Contents of the 93C46 of a card (§5.6): station address, identity, APM enabled as cards come. */
export function eepromOf(mac: Uint8Array): Uint16Array {
  const words = new Uint16Array(EEPROM_WORDS);
  for (let k = 0; k < 3; k++) words[k] = mac[2 * k] | (mac[2 * k + 1] << 8);
  // Lamps as they are by default; control word 1, subsystem, device and vendor, control word 2.
  words[0x04] = 0xffff;
  words.set([0x4408, 0x001e, 0x8086, 0x100e, 0x8086, 0x3040], 0x0a);
  words[EEPROM_CONTROL3] = APM_ENABLE;
  let sum = 0;
  for (let k = 0; k < CHECKSUM; k++) sum += words[k];
  words[CHECKSUM] = SUM - sum;
  return words;
}
