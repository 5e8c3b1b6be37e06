/**
 * How guest code is executed. Simulated time, trace and state are the same either way; only wall
 * time differs.
 */

/**
 * `interpreter`: every µop by the Wasm interpreter. `jit`: hot blocks compiled to Wasm, the rest by
 * the interpreter.
 */
export type EngineKind = 'interpreter' | 'jit';

export const ENGINE_KINDS: readonly EngineKind[] = ['interpreter', 'jit'];
export const DEFAULT_ENGINE: EngineKind = 'jit';
