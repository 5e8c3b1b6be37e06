/** Linear memory as one core sees it (`layout.ts`). */
import type { CodePages } from './code-pages.ts';

/** Views of bytes in linear memory; they stay valid, as the memory never grows. */
export interface MemoryViews {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly view: DataView;
}

/** A core's window: `bytes`, `words` and `view` begin where it does. */
export interface EngineMemory extends MemoryViews {
  readonly memory: WebAssembly.Memory;
  /** Byte address of the window. */
  readonly window: number;
  /** The whole memory, for RAM. */
  readonly host: MemoryViews;
  /** Byte address of guest RAM. */
  readonly ramBase: number;
  /** Shared by all cores of the memory. */
  readonly codePages: CodePages;
}
