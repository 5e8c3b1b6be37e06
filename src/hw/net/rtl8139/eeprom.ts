import { EEPROM_WORDS } from '../serial-eeprom/serial-eeprom.ts';

/** Words of the 93C46 (§6): where CONFIG0 and CONFIG1 are, and the station address. */
export const EEPROM_CONFIG0 = 10, EEPROM_MAC = 7;

/** Contents of a 93C46 as on a card (§6, table of the EEPROM's contents). */
export function eepromOf(mac: Uint8Array): Uint16Array {
  const words = new Uint16Array(EEPROM_WORDS);
  // The mark, vendor, device, subsystem vendor, subsystem, MNGNT and MXLAT, MSR and CONFIG3.
  words.set([0x8129, 0x10ec, 0x8139, 0x10ec, 0x8139, 0x4020, 0x0010]);
  for (let k = 0; k < 3; k++) words[EEPROM_MAC + k] = mac[2 * k] | (mac[2 * k + 1] << 8);
  words[EEPROM_CONFIG0] = 0x0c00;
  return words;
}
