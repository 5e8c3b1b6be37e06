import { Ram } from '../../../mem/ram.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { Device } from '../../device.ts';

/** The chip in the BIOS socket, on the south bridge's X-bus. What it holds is no state. */
export class BiosRom extends Device {
  readonly chip: Ram;

  constructor(name: string, sim: Simulation, image: Uint8Array) {
    super(name, sim);
    this.chip = this.target(new Ram(name, image.slice(), true));
  }

  override describe(): Identity {
    return {
      compatible: 'jedec,rom', title: 'BIOS ROM below 4 GiB and below 1 MiB',
      datasheet: 'Intel 290550-002 (PIIX3), BIOSCS#',
      absent: ['flash programming: the chip is read only', 'XBCS: all of the chip is decoded'],
    };
  }
}
