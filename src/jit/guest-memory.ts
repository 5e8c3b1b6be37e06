/** Linear memory of a machine's cores and their RAM (`ir/layout.ts`). */
import { CodePages } from '../ir/code-pages.ts';
import type { EngineMemory } from '../ir/engine-memory.ts';
import { MAP, WINDOW } from '../ir/layout.ts';

const PAGE = 0x10000;

/** What the first core sees, and RAM. */
export interface GuestMemory extends EngineMemory {
  /** What each core sees; the first is this. */
  readonly cores: readonly EngineMemory[];
  /** Guest RAM alone; physical address 0 is index 0. */
  readonly ram: Uint8Array;
  readonly ramBytes: number;
}

/**
 * Linear memory for `ramBytes` (a multiple of 64 KiB) of guest RAM, all zero, with 64 KiB of slack
 * behind it, and for so many cores.
 */
export function createGuestMemory(ramBytes: number, cores = 1): GuestMemory {
  if (ramBytes % PAGE !== 0) throw new RangeError('RAM size must be a multiple of 64 KiB');
  const ramBase = Math.max(MAP.RAM, cores * WINDOW);
  const pages = (ramBase + ramBytes) / PAGE + 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { buffer } = memory;
  const host = { bytes: new Uint8Array(buffer), words: new Int32Array(buffer), view: new DataView(buffer) };
  const codePages = new CodePages(buffer.byteLength);
  const windows = Array.from({ length: cores }, (_, n): EngineMemory => {
    if (n === 0) return { memory, window: 0, host, ramBase, codePages, ...host };
    const window = n * WINDOW;
    return {
      memory, window, host, ramBase, codePages,
      bytes: new Uint8Array(buffer, window, WINDOW),
      words: new Int32Array(buffer, window, WINDOW / 4),
      view: new DataView(buffer, window, WINDOW),
    };
  });
  return { ...windows[0], cores: windows, ramBytes, ram: new Uint8Array(buffer, ramBase, ramBytes) };
}
