/**
 * What a `fast` µop tries first: a WebAssembly function (operand, pc, linear address or 0). It
 * either does the instruction and returns 1 (`fastv`, `fastf`: a value that is not negative), or
 * has done nothing and returns 0 (-1). It touches neither general registers nor flags, and never
 * leaves.
 */
export type FastFunction = (operand: number, pc: number, address: number) => number;

/**
 * What the interpreter calls in TypeScript, and compiled code through its helper table. `ip` is the
 * IR address of the calling µop; `rem` stands in the high half of its w0. An implementation sets
 * the EXIT cell (`EXIT.FAULT` or `EXIT.LEAVE`) to make the interpreter return. Values are
 * zero-extended to their size. They are called without `this`.
 */
export interface EngineImports {
  /**
   * Load that missed the TLB: fills it, or performs the device access, or records a fault. `size`
   * 1, 2, 4. `intent` 0 = read; 1 = read that faults as a write would (ldw); 2 = probe (probew):
   * faults as a write of `size` bytes (any size) would, accesses nothing, result unused.
   */
  slowLoad(address: number, size: number, intent: number, ip: number): number;
  slowStore(address: number, value: number, size: number, ip: number): void;
  portIn(port: number, size: number, ip: number): number;
  portOut(port: number, value: number, size: number, ip: number): void;
  helper(id: number, a: number, b: number, ip: number): void;
}
