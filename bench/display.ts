import { houseCard } from '../src/machine/cards.ts';
import { PcMachine } from '../src/machine/pc-machine.ts';
import { Transaction } from '../src/mem/transaction.ts';
import { measure, seconds, type Figure } from './measure.ts';

const WRITES = 500_000, LOOKS = 50, FRAMES = 30;
const FRAME_TICKS = 50_000_000;
/** Between two writes of a processor to a card on PCI: simulated time, in ticks of 1/3 ns. */
const WRITE_TICKS = 1080;
const RESOLUTIONS: readonly (readonly [bits: number, width: number, height: number])[] = [
  [32, 640, 480], [16, 640, 480], [8, 640, 480],
];

export const DISPLAY_NOTE =
  'Wall time at the display card, without a processor: a write to its memory as the address space makes it, the\n' +
  'beam\'s lines included; what the beam takes for a picture; a look at a screen on which nothing is written.\n';

interface Screen {
  readonly machine: PcMachine;
  readonly memory: number;
  out(port: number, value: number): void;
}

/** A PC with the card in text mode, and where its memory stands. */
function screen(): Screen {
  const machine = new PcMachine({
    ramBytes: 4 * 2 ** 20, disk: null, onSerial: () => {}, onPost: () => {}, devices: [houseCard('vga')],
  });
  const { spaces } = machine.parts, tx = new Transaction('bench');
  return {
    machine, out: (port, value) => spaces.io.write(port, 2, value, tx),
    memory: spaces.memory.mapped.find((r) => r.name === 'vga.memory')!.base,
  };
}

/** A PC whose card shows a linear mode. */
export function linear(bits: number, width: number, height: number): Screen {
  const s = screen();
  for (const [index, value] of [[1, width], [2, height], [3, bits], [4, 0x41]]) {
    s.out(0x1ce, index);
    s.out(0x1d0, value);
  }
  return s;
}

export function displayFigures(runs: number): Figure[] {
  const { machine, memory } = linear(32, 640, 480), { scheduler } = machine.board;
  const tx = new Transaction('bench'), space = machine.parts.spaces.memory;
  return [
    measure('write of 4 bytes, 32 bits, beam running', 'ns', runs, () => seconds(() => {
      for (let n = 0; n < WRITES; n++) {
        scheduler.now += WRITE_TICKS;
        space.write(memory + 4 * (n % (640 * 480)), 4, n, tx);
      }
    }) * 1e9 / WRITES),
    ...RESOLUTIONS.map(([bits, width, height]) => {
      const s = linear(bits, width, height);
      const name = `picture of ${width} × ${height}, ${bits} bits, fetched and looked at`;
      return measure(name, 'ms', runs, () => seconds(() => {
        for (let n = 0; n < FRAMES; n++) {
          s.machine.board.scheduler.now += FRAME_TICKS;
          s.machine.video?.picture();
        }
      }) * 1e3 / FRAMES);
    }),
    measure('text screen, looked at once a second', 'ms', runs, () => {
      const s = screen();
      return seconds(() => {
        for (let n = 0; n < LOOKS; n++) {
          s.machine.board.scheduler.now += 60 * FRAME_TICKS;
          s.machine.video?.picture();
        }
      }) * 1e3 / LOOKS;
    }),
  ];
}
