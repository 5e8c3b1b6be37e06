/** The engine's one linear memory (`ir/layout.ts`) and views over it. */
import { MAP } from '../ir/layout.ts';

const PAGE = 0x10000;

export interface GuestMemory {
  readonly memory: WebAssembly.Memory;
  /** Views of the whole linear memory; they stay valid, as the memory never grows. */
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly view: DataView;
  /** Guest RAM alone; physical address 0 is index 0. */
  readonly ram: Uint8Array;
  readonly ramBytes: number;
}

/**
 * Linear memory for `ramBytes` (a multiple of 64 KiB) of guest RAM, all zero, with 64 KiB of slack
 * behind it.
 */
export function createGuestMemory(ramBytes: number): GuestMemory {
  if (ramBytes % PAGE !== 0) throw new RangeError('RAM size must be a multiple of 64 KiB');
  const pages = (MAP.RAM + ramBytes) / PAGE + 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const buffer = memory.buffer;
  return {
    memory, ramBytes,
    bytes: new Uint8Array(buffer),
    words: new Int32Array(buffer),
    view: new DataView(buffer),
    ram: new Uint8Array(buffer, MAP.RAM, ramBytes),
  };
}
