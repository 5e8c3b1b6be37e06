import { houseCard } from '../../../machine/cards.ts';
import { DISPLAY_MODES } from '../../../machine/firmware/display-mode.ts';
import type { Machine } from '../../../machine/machine.ts';
import { choice } from '../../../sim/parameter.ts';
import { POST } from '../../guests/status.ts';
import { tellMapping } from '../../trace/mappings.ts';
import { BUS_BYTES, BUS_SHARE, BUS_TRANSFERS, MEMORY_BYTES } from '../device-memory/device-memory.ts';
import { experiment, type EndedTrial, type JobOf, type Kit, type Measure, type Trial } from '../experiment.ts';
import { CPU_BUSY, CPU_MMIO_ACCESSES, found, INSTRUCTIONS, INTERRUPTS, SECONDS } from '../measures.ts';
import { judge } from './judge.ts';
import { BTERM, fbDrawJob, FB_DRAW_METHODS, POST_SHOWN, type FbDrawMethod } from './linux.ts';
import { pageOf, wrongDots } from './page.ts';
import { FB_DRAW_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20;
/** Palettes are the programs' own. */
const MODES = DISPLAY_MODES.filter((mode) => mode !== 'text' && !mode.endsWith('x8'));

export const FB_DRAW_PARAMETERS = {
  mode: choice(MODES, '640x480x32', {
    doc: 'pixels of a line, lines, bits of a pixel: how firmware has left the display card', source: 'a choice',
  }),
};

type FbDrawJob = JobOf<typeof FB_DRAW_PARAMETERS>;

/** The range of the card's memory, which vesafb gives to those who map /dev/fb0. */
function tellFrameBuffer({ sim, board }: Machine, bytes: number): void {
  const region = board.spaces.find((s) => s.name === 'memory')?.mapped
    .find((r) => r.enabled && r.size === MEMORY_BYTES.vga && r.name.startsWith('vga'));
  if (region === undefined) return;
  tellMapping(sim.trace, sim.scheduler.now, {
    space: 'memory', first: region.base, last: region.base + bytes - 1, name: '/dev/fb0', linear: -1, entry: '',
  });
}

function prepare({ values: { mode } }: FbDrawJob, methodName: string, kit: Kit): Trial {
  const method = methodName as FbDrawMethod, page = pageOf(mode), maps = method === 'mmap' || method === 'mmap-uc';
  const pixels = page.width * page.height, bytes = (pixels * page.bits) / 8;
  const seen = { wrong: pixels };
  return {
    machine: {
      options: { ram: 256 * MiB, displayMode: mode },
      devices: [houseCard('vga', 'pci 3', { size: MEMORY_BYTES.vga })],
    },
    software: fbDrawJob(kit, method, page),
    bytes,
    phases: ['booting Linux', 'drawing', 'showing it'],
    limit: 600,
    posted: (code, machine) => {
      if (code === POST.begin && maps) tellFrameBuffer(machine, bytes);
      else if (code === POST_SHOWN) seen.wrong = wrongDots(machine.video?.picture() ?? null, page);
    },
    remembers: {
      save: () => ({ seen: { ...seen } }),
      mismatch: (saved) => (typeof saved['seen']?.['wrong'] === 'number' ? '' : 'no count of wrong dots'),
      load: (saved) => void Object.assign(seen, saved['seen']),
    },
    finish: ({ lines, failure }: EndedTrial) => {
      const [driver = ''] = lines.section('fb') ?? [];
      if (!driver.includes('VESA')) throw failure(`/dev/fb0 is not vesafb's: '${driver}'`);
      const [head = '', flags = ''] = lines.section('mapping') ?? [];
      if (maps && !head.includes('/dev/fb0')) throw failure('bterm has not mapped /dev/fb0');
      const combined = (lines.section('mtrr') ?? []).some((line) => line.includes('write-combining'));
      return {
        mode: null, matches: seen.wrong === 0,
        found: {
          pixels, wrong: seen.wrong, memoryType: combined ? 'WC' : 'UC', mapping: maps ? '/dev/fb0' : null,
          special: maps ? [[' io', 'VM_IO'], [' pf', 'VM_PFNMAP']].filter(([flag]) => flags.includes(flag))
            .map(([, name]) => name).join(', ') : null,
        },
      };
    },
  };
}

const PIXEL_RATE: Measure = {
  key: 'pixelRate', label: 'pixels a second', unit: '', better: 'more', digits: 0,
  of: ({ found: f, seconds }) => Number(f['pixels']) / seconds,
};
const PER_PIXEL: Measure = {
  key: 'instructionsPerPixel', label: 'instructions for a pixel', unit: '', better: 'less', digits: 1,
  of: ({ found: f, counters }) => counters.instructions / Number(f['pixels']),
};
const PER_TRANSFER: Measure = {
  key: 'bytesPerTransfer', label: '  bytes of a transfer', unit: '', better: 'more', digits: 1,
  of: ({ counters }) => (counters['pciBytes'] ?? 0) / (counters['pciTransfers'] ?? 1),
};

/** Programs that nobody wrote for this simulator, and a display card's memory. */
export const FB_DRAW = experiment({
  name: 'fb-draw',
  question: 'How does a program draw on a display card under Linux?',
  summary: 'A page of text on /dev/fb0 under Debian: by the kernel, by write, by a program that maps the card.',
  shows: ['R24', 'R23', 'R2'],
  statements: FB_DRAW_STATEMENTS,
  parameters: FB_DRAW_PARAMETERS,
  variants: FB_DRAW_METHODS.map((method) =>
    ({ method, guest: 'debian', boards: ['pc'], carriers: ['processor'] }) as const),
  linuxJobs: true,
  debianFiles: BTERM,
  measures: [
    PIXEL_RATE, found('memoryType', 'memory type', { unit: 'word' }), BUS_TRANSFERS, BUS_BYTES, PER_TRANSFER, BUS_SHARE,
    PER_PIXEL, found('mapping', 'the program has mapped', { unit: 'word' }),
    found('special', '  the kernel says of it', { unit: 'word' }), found('wrong', 'wrong dots', { better: 'less' }),
    SECONDS, INSTRUCTIONS, CPU_MMIO_ACCESSES, CPU_BUSY, INTERRUPTS,
  ],
  blocks: [],
  place: 165,
  decides: ['ram', 'displayMode'],
  checks: { right: 'the monitor shows the page, dot by dot', wrong: 'the monitor shows something else' },
  title: ({ values: { mode } }) => `a page of text on ${mode}`,
  prepare,
  judge,
});
