import type { AudioBackend } from '../host/audio.ts';
import type { BlockBackend } from '../host/block.ts';
import type { FrameTap } from '../host/frames.ts';
import type { PictureTap } from '../host/video.ts';
import type { JitOptions } from '../jit/compiler/jit-options.ts';
import type { EngineKind } from '../jit/engine-kind.ts';
import type { ValuesOf } from '../sim/parameter.ts';
import type { RuleName } from '../sim/forgive.ts';
import { pc, type PcParts } from './boards/pc/pc.ts';
import { PC_OPTIONS } from './boards/pc/options.ts';
import type { Bios } from './firmware/bios.ts';
import { withVideoRom } from './cards.ts';
import { GUEST_BLOCK_ADDRESS } from './loader/guest-program.ts';
import { Machine } from './machine.ts';
import type { LinuxSoftware } from './software.ts';
import type { UserDevice } from './user-devices.ts';

export interface PcMachineOptions {
  /** Bytes of RAM: a multiple of 1 MiB, from 4 MiB to 1 GiB. */
  ramBytes: number;
  /** Primary master. */
  disk: BlockBackend | null;
  /** The disc of a CD-ROM drive as secondary master (`medium: 'cd'`); null: there is none. */
  cd?: BlockBackend | null;
  /** All drives, in place of `disk` and `cd`: primary master and slave, secondary ones. */
  drives?: readonly (BlockBackend | null)[];
  /** Floppy disks in drives A and B. */
  floppies?: readonly (BlockBackend | null)[];
  /** Short for the option of that name. */
  ide?: 'piix3' | 'piix4';
  /** A character has left COM1. */
  onSerial: (byte: number) => void;
  /** Software wrote a POST code to port 80h. */
  onPost: (code: number) => void;
  /** Where sound goes. */
  audio?: AudioBackend | null;
  /** Who looks at the wires of network cards. */
  frames?: FrameTap | null;
  /** Who gets the pictures of display cards. */
  pictures?: PictureTap | null;
  /** The BIOS that the machine starts by; without one, software is loaded into it. */
  bios?: Bios | null;
  /** Further board options. */
  options?: Partial<ValuesOf<typeof PC_OPTIONS>>;
  devices?: readonly UserDevice[];
  forgive?: readonly RuleName[];
  exitPort?: boolean;
  engine?: EngineKind;
  jit?: JitOptions;
}

export const PC_RAM = {
  minimum: PC_OPTIONS.ram.minimum ?? 0, maximum: PC_OPTIONS.ram.maximum ?? Infinity, step: PC_OPTIONS.ram.step ?? 1,
} as const;

function cardsOf(devices: readonly UserDevice[], bios: Bios | null): readonly UserDevice[] {
  return bios?.videoRom === undefined ? devices : withVideoRom(devices, bios.videoRom);
}

/** `Machine` of the board `pc` with one disk and a console, as most callers want it. */
export class PcMachine extends Machine<typeof PC_OPTIONS, PcParts> {
  constructor(o: PcMachineOptions) {
    super(pc, {
      options: { ...o.options, ram: o.ramBytes, ...(o.ide === undefined ? {} : { ide: o.ide }) },
      hosts: {
        disks: o.drives ?? [o.disk, null, o.cd ?? null], floppies: o.floppies ?? [],
        serial: [{ transmit: o.onSerial }], onPost: o.onPost,
        audio: o.audio ?? null,
        frames: o.frames ?? null,
        pictures: o.pictures ?? null,
        bios: o.bios ?? null,
      },
      ...(o.devices === undefined ? {} : { devices: cardsOf(o.devices, o.bios ?? null) }),
      ...(o.forgive === undefined ? {} : { forgive: o.forgive }),
      ...(o.exitPort === undefined ? {} : { exitPort: o.exitPort }),
      ...(o.engine === undefined ? {} : { engine: o.engine }),
      ...(o.jit === undefined ? {} : { jit: o.jit }),
    });
  }

  get cpu(): PcParts['cpu'] {
    return this.parts.cpu;
  }
  get ide(): PcParts['ide'] {
    return this.parts.ide;
  }

  /**
   * Loads one of our guest programs with its parameter block; returns the block's physical address.
   * @throws LoadError
   */
  loadGuest(image: Uint8Array, block: Uint8Array): number {
    this.boot({ kind: 'guest', image, block });
    return GUEST_BLOCK_ADDRESS;
  }

  /** Loads a Linux kernel by the 32-bit boot protocol. @throws LoadError */
  loadLinux(boot: Omit<LinuxSoftware, 'kind'>): void {
    this.boot({ kind: 'linux', ...boot });
  }
}
