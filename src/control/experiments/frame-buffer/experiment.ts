import { houseCard } from '../../../machine/cards.ts';
import { choice, count, flag, ParameterError, type ValuesOf } from '../../../sim/parameter.ts';
import { POST } from '../../guests/status.ts';
import { BURST, BUS_SHARE, DATA_AT, MEMORY_BYTES, PROCESSOR_TIME } from '../device-memory/device-memory.ts';
import { roundedRam } from '../disk/disk-job.ts';
import { bare, experiment, type EndedTrial, type JobOf, type Kit, type Measure, type Trial } from '../experiment.ts';
import {
  counted, CPU_BUSY, CPU_MMIO_ACCESSES, CPU_PORT_ACCESSES, DEVICE_BYTES, found, INSTRUCTIONS, INTERRUPTS, SECONDS,
} from '../measures.ts';
import { FRAME_BUFFER_BLOCK, FRAME_BUFFER_METHODS, type FrameBufferMethod } from './block.ts';
import { judge } from './judge.ts';
import { add, isPicture, nothingShown } from './shown.ts';
import { FRAME_BUFFER_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20;
/** Lines and columns of the planar mode. */
const PLANES = { width: 640, height: 480, bits: 4 } as const;

export const FRAME_BUFFER_PARAMETERS = {
  pictures: count(6, {
    doc: 'how many pictures to draw, one after the other; many for a machine that is looked at', source: 'a choice',
    minimum: 1, maximum: 1_000_000,
  }),
  width: count(PLANES.width, {
    doc: 'pixels of a line, a multiple of 32', source: 'a choice: the VGA\'s', minimum: 32, maximum: 1600,
  }),
  // A monitor wants 10,000 lines a second, and a mode has 60 pictures a second.
  height: count(PLANES.height, { doc: 'lines', source: 'a choice: the VGA\'s', minimum: 176, maximum: 1200 }),
  depth: choice(['8', '32'], '8', { doc: 'bits of a pixel; vga-planes has four planes of one bit' }),
  waitRetrace: flag(false, {
    doc: 'each picture waits for the beginning of a vertical retrace (Input Status 1) before it goes to the card',
  }),
  vram: choice(['dual', 'shared'], 'dual', {
    doc: 'dual: the beam has a port of its own to the memory; shared: beam and processor take turns at one port',
  }),
  snow: flag(false, { doc: 'shared memory only: the processor goes first and the beam shows what was on the bus' }),
  burst: BURST,
};

export type FrameBufferJob = JobOf<typeof FRAME_BUFFER_PARAMETERS>;

/** What does not fit together. @throws ParameterError */
function settle(job: FrameBufferJob): ValuesOf<typeof FRAME_BUFFER_PARAMETERS> {
  const { width, snow, vram, burst } = job.values;
  if (width % 32 !== 0) throw new ParameterError(`width: ${width} is no multiple of 32`);
  if (snow && vram !== 'shared') throw new ParameterError('snow: a memory of two ports shows none: --vram shared');
  if (Math.log2(burst) % 1 !== 0) throw new ParameterError(`burst: ${burst} is no power of two`);
  return job.values;
}

function fits(method: FrameBufferMethod, { values: { width, height } }: FrameBufferJob): string {
  return method === 'vga-planes' && (width !== PLANES.width || height !== PLANES.height)
    ? `vga-planes has ${PLANES.width} × ${PLANES.height} pixels, no others` : '';
}

function prepare(job: FrameBufferJob, method: string, kit: Kit): Trial {
  const { pictures, width, height, depth, waitRetrace, vram, snow, burst } = job.values;
  const pixels = width * height, bits = method === 'vga-planes' ? PLANES.bits : Number(depth);
  const bytes = (pixels * bits) / 8;
  const shown = nothingShown();
  return {
    machine: {
      options: { ram: roundedRam(DATA_AT + bytes, 32 * MiB) },
      devices: [
        houseCard('vga', 'pci 3', { size: MEMORY_BYTES.vga, memory: vram, snow }),
        houseCard('system-dma', 'pci 4', { fifo: burst }),
      ],
      pictures: { finished: (_output, picture, time) => add(shown, picture, time) },
    },
    software: bare(kit.guestImage('frame-buffer'), FRAME_BUFFER_BLOCK, {
      method: method as FrameBufferMethod, width, height, depth: Number(depth), pictures,
      waitRetrace: waitRetrace ? 1 : 0, buffer: DATA_AT,
    }),
    bytes: bytes * pictures,
    phases: ['setting the mode', 'drawing', 'showing the last picture'],
    limit: 20 + (pictures + 1) * (0.1 + bytes * 4e-6),
    posted: (code) => {
      if (code === POST.begin) shown.inside = true;
      else if (code === POST.end) shown.inside = false;
    },
    remembers: {
      save: () => ({ shown: { ...shown } }),
      mismatch: (saved) => (typeof saved['shown']?.['frames'] === 'number' ? '' : 'no count of frames'),
      load: (saved) => void Object.assign(shown, saved['shown']),
    },
    finish: ({ block, machine, failure }: EndedTrial) => {
      const answer = FRAME_BUFFER_BLOCK.decode(block);
      if (answer.drawn !== pictures) throw failure(`the guest drew ${answer.drawn} of ${pictures} pictures`);
      return {
        mode: null,
        matches: isPicture(machine.video?.picture() ?? null, pictures, width, height),
        found: {
          pixels: pixels * pictures, pictures, polls: answer.polls, frames: shown.frames, torn: shown.torn,
          tearLine: shown.firstTear < 0 ? null : shown.firstTear, tornAt: shown.firstTornAt,
          strayDots: shown.strayDots,
        },
      };
    },
  };
}

/** Of what was drawn, in each second. */
function rate(key: string, label: string, of: string, digits: number): Measure {
  return {
    key, label, unit: '', better: 'more', digits, of: ({ found: f, seconds }) => Number(f[of]) / seconds,
  };
}

/** Six ways into a picture, and a beam that passes by. */
export const FRAME_BUFFER = experiment({
  name: 'frame-buffer',
  place: 16,
  question: 'How does a picture get into a display card, and how does the card know that it has changed?',
  summary: 'Pictures into a display card by planes, bank, linear memory, or from RAM: pixels, bus, what the beam saw.',
  shows: ['R5', 'R6', 'R23'],
  statements: FRAME_BUFFER_STATEMENTS,
  parameters: FRAME_BUFFER_PARAMETERS,
  variants: FRAME_BUFFER_METHODS.map((method) => ({
    method, guest: 'bare' as const, boards: ['pc'], fits: (job: FrameBufferJob) => fits(method, job),
    carriers: [method === 'ram-dma' ? 'DMA controller' as const : 'processor' as const],
  })),
  measures: [
    rate('pixelRate', 'pixels a second', 'pixels', 0), rate('pictureRate', 'pictures a second', 'pictures', 1),
    BUS_SHARE, PROCESSOR_TIME, CPU_BUSY,
    found('frames', 'frames that the monitor showed meanwhile'),
    found('torn', '  torn: parts of two pictures', { better: 'less' }),
    found('tearLine', '  the first torn one at line'),
    counted('beamBytes', 'video memory that the beam fetched', { unit: 'B', better: '' }),
    counted('beamWaits', 'accesses that waited for the beam'),
    found('strayDots', 'dots of neither picture', { better: 'less' }),
    found('polls', 'reads of Input Status 1'),
    SECONDS, INSTRUCTIONS, CPU_MMIO_ACCESSES, CPU_PORT_ACCESSES, DEVICE_BYTES, INTERRUPTS,
  ],
  decides: ['ram'],
  settle,
  plots: [
    { x: 'width', y: 'pictureRate', series: 'method', log: 'y' },
    { x: 'depth', y: 'pixelRate', series: 'method', log: 'y' },
  ],
  blocks: [FRAME_BUFFER_BLOCK as never],
  checks: { right: 'the last picture is shown as it was meant', wrong: 'the last picture is wrong' },
  title: ({ values: { pictures, width, height, depth } }) =>
    `${pictures === 1 ? 'one picture' : `${pictures} pictures`} of ${width} × ${height}, ${depth} bits a pixel`,
  prepare,
  judge,
});
