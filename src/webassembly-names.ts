/**
 * Published declarations name `WebAssembly.Memory` and its kin, which are declared by the DOM
 * library or by Node's types. A consumer may compile with neither: then these names stand for
 * themselves; beside the real declarations they add nothing.
 */
declare global {
  namespace WebAssembly {
    interface Memory {}
    interface Table {}
    interface Module {}
  }
}
/** The engine's linear memory, as the host's WebAssembly has it. */
export type EngineMemory = WebAssembly.Memory;
