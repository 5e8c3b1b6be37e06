import { BiosRom } from '../../../hw/misc/bios-rom/bios-rom.ts';
import { DEBUG_CONSOLE_PORT, DebugConsole } from '../../../hw/misc/debug-console/debug-console.ts';
import { FwCfg, littleEndian } from '../../../hw/misc/fw-cfg/fw-cfg.ts';
import { FW_CFG_PORT } from '../../../hw/misc/fw-cfg/spec.ts';
import type { RomBelow1MiB } from '../../../hw/pci/i440fx/shadow.ts';
import type { Mc146818 } from '../../../hw/rtc/mc146818/mc146818.ts';
import type { Board } from '../../board.ts';
import type { Surroundings } from '../../definition.ts';
import { checkBios, checkOptionRom } from '../../firmware/bios.ts';
import { setUpCmos } from '../../firmware/cmos.ts';
import type { Backbone } from './backbone.ts';

/** What the host bridge needs to know of a BIOS. */
export interface BiosSocket {
  readonly rom: RomBelow1MiB;
  readonly subsystem: { readonly vendor: number; readonly device: number };
}

/** QEMU's virtual machine: SeaBIOS asks the host bridge for it before it looks for `fw_cfg`. */
const QEMU_MACHINE = { vendor: 0x1af4, device: 0x1100 } as const;
const RAM_TYPE = 1;
/** Milliseconds until SeaBIOS resets the machine if nothing boots; all ones: never. */
const FOR_EVER = 2 ** 32 - 1;

/**
 * The BIOS in its socket, with what tells it about the board; null: there is none.
 * @throws LoadError if its image is none
 */
export function biosSocket(b: Board, bone: Backbone, { hosts }: Surroundings): BiosSocket | null {
  const { memory, io, isaBus } = bone, { bios } = hosts;
  if (bios === null) return null;
  const roms = bios.optionRoms ?? {};
  checkBios(bios.image);
  for (const [name, image] of Object.entries(roms)) checkOptionRom(name, image);
  if (bios.videoRom !== undefined) checkOptionRom('of the display card', bios.videoRom);
  const chip = b.add(new BiosRom('bios', b, bios.image));
  const region = { name: 'bios', bus: isaBus };
  b.map(memory, 2 ** 32 - bios.image.length, bios.image.length, chip.chip, { ...region, owner: chip });
  const fwCfg = b.add(new FwCfg('fw-cfg', b, {
    ramBytes: bone.ram.bytes.length, cpus: 1,
    files: {
      'etc/e820': memoryMap(bone.ram.bytes.length), 'etc/boot-fail-wait': littleEndian(FOR_EVER, 4), ...roms,
    },
  }));
  b.map(io, FW_CFG_PORT, 2, fwCfg.ports, { bus: isaBus });
  const log = b.add(new DebugConsole('debug-console', b, bios.onLog ?? (() => {})));
  b.map(io, DEBUG_CONSOLE_PORT, 1, log.ports, { bus: isaBus });
  return { rom: { memory: chip.chip, region }, subsystem: QEMU_MACHINE };
}

/** `etc/e820`: address and length of 8 bytes, type of 4 (QEMU, hw/i386/e820_memory_layout.h). */
function memoryMap(ramBytes: number): Uint8Array {
  const entry = new Uint8Array(20);
  entry.set(littleEndian(ramBytes, 8), 8);
  entry.set(littleEndian(RAM_TYPE, 4), 16);
  return entry;
}

/** What whoever set the PC up left in its CMOS RAM; the rest is the BIOS's work. */
export function setUpForBios(rtc: Mc146818, { ram }: Backbone, { hosts }: Surroundings): void {
  setUpCmos(rtc, {
    ramBytes: ram.bytes.length, boot: hosts.bios?.boot ?? [],
    diskSectors: hosts.disks.map((disk) => (disk === null ? 0 : disk.size / 512)),
  });
}
