import { Camera } from '../hw/camera/camera.ts';
import { Uart16550 } from '../hw/char/uart16550/uart16550.ts';
import type { Device } from '../hw/device.ts';
import { I8237Pair } from '../hw/dma/i8237/pair.ts';
import { I82077aa } from '../hw/floppy/i82077aa/i82077aa.ts';
import { PatternSource } from '../hw/dma/pattern-source/pattern-source.ts';
import { I8259Pair } from '../hw/intc/i8259/pair.ts';
import { BiosRom } from '../hw/misc/bios-rom/bios-rom.ts';
import { DebugConsole } from '../hw/misc/debug-console/debug-console.ts';
import { DebugExit } from '../hw/misc/debug-exit/debug-exit.ts';
import { FwCfg } from '../hw/misc/fw-cfg/fw-cfg.ts';
import { Port92 } from '../hw/misc/port92/port92.ts';
import { PostLatch } from '../hw/misc/post/post.ts';
import { I440FX } from '../hw/pci/i440fx/i440fx.ts';
import { Piix3Ide } from '../hw/pci/piix3/piix3-ide.ts';
import { Piix3Isa } from '../hw/pci/piix3/piix3-isa.ts';
import { IDE_VARIANTS, type IdeVariant } from '../hw/pci/piix3/spec-ide.ts';
import { I8042 } from '../hw/ps2/i8042/i8042.ts';
import { Ps2Keyboard } from '../hw/ps2/keyboard/keyboard.ts';
import { Ps2Mouse } from '../hw/ps2/mouse/mouse.ts';
import { RaidController } from '../hw/raid/raid.ts';
import { Mc146818 } from '../hw/rtc/mc146818/mc146818.ts';
import { Sb16 } from '../hw/sound/sb16/sb16.ts';
import { I8254 } from '../hw/timer/i8254/i8254.ts';
import { valuesOf } from '../sim/parameter.ts';
import { Board } from './board.ts';
import { CARDS } from './cards.ts';

type Make = (name: string, board: Board) => Device;

/** Every device model of the house, by the chip's name: one of each, on a board of its own. */
const DEVICES: Readonly<Record<string, Make>> = {
  i8254: (name, board) => new I8254(name, board),
  i8237: (name, board) => new I8237Pair(name, board, { memory: board.space('memory', { bits: 32 }) }),
  'pattern-source': (name, board) => new PatternSource(name, board),
  i8259: (name, board) => new I8259Pair(name, board),
  mc146818: (name, board) => new Mc146818(name, board),
  i8042: (name, board) => new I8042(name, board),
  'ps2-keyboard': (name, board) => new Ps2Keyboard(name, board),
  'ps2-mouse': (name, board) => new Ps2Mouse(name, board),
  uart16550: (name, board) => new Uart16550(name, board, { transmit: () => {} }),
  i82077aa: (name, board) => new I82077aa(name, board),
  port92: (name, board) => new Port92(name, board),
  post: (name, board) => new PostLatch(name, board),
  'debug-exit': (name, board) => new DebugExit(name, board, () => {}),
  'fw-cfg': (name, board) => new FwCfg(name, board, { ramBytes: 2 ** 24, cpus: 1, files: {} }),
  'debug-console': (name, board) => new DebugConsole(name, board, () => {}),
  'bios-rom': (name, board) => new BiosRom(name, board, new Uint8Array(0x20000)),
  i440fx: (name, board) => {
    const memory = board.space('memory', { bits: 32 }), io = board.space('io', { bits: 16 });
    return new I440FX(name, board, { memory, io });
  },
  'piix3-isa': (name, board) => new Piix3Isa(name, board),
  'piix4-isa': (name, board) => new Piix3Isa(name, board, { variant: 'piix4' }),
  ...Object.fromEntries(
    (Object.keys(IDE_VARIANTS) as IdeVariant[]).map((variant): [string, Make] => [
      `${variant}-ide`, (name, board) => new Piix3Ide(name, board, { variant, drives: [] }),
    ]),
  ),
  ...Object.fromEntries(Object.entries(CARDS).map(([card, { use, options }]): [string, Make] => [
    card, (name, board) => use(name, board, valuesOf(options, {}) as never),
  ])),
  sb16: (name, board) => new Sb16(name, board),
  camera: (name, board) => new Camera(name, board),
  raid: (name, board) => new RaidController(name, board),
};

/** Names of the device models, in the order in which they are listed. */
export const DEVICE_NAMES: readonly string[] = Object.keys(DEVICES);

/** One device of a model, or null if there is no such model. */
export function deviceOf(name: string): Device | null {
  return DEVICES[name]?.(name, new Board('bench')) ?? null;
}
