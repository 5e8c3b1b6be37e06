/**
 * The part of the processor's state that decoded blocks depend on. Two executions of the same bytes
 * at the same EIP with the same mode have the same IR.
 */
export interface X86Mode {
  /** CS.D: default operand and address size 32. */
  readonly code32: boolean;
  /** SS.B: ESP, not SP. */
  readonly stack32: boolean;
  /** DS, ES and SS have base 0, limit 4 GiB, readable and writable: no `seg` µops for them. */
  readonly flat: boolean;
  /** CR0.PE. */
  readonly protectedMode: boolean;
  /** EFLAGS.VM. */
  readonly v86: boolean;
  readonly cpl: number;
  /**
   * CR0.PG. Without it, what the engine's TLB lets pass is at MAP.RAM + linear address. Left out =
   * true.
   */
  readonly paging?: boolean;
  /**
   * FS (GS) takes every offset for reads and writes (RMIN = WMIN = 0, RMAX = WMAX = 0xffffffff):
   * its accesses are base + offset without a `seg` µop. Left out = false. Loads of FS and GS end
   * the block with `sync`.
   */
  readonly fsOpen?: boolean;
  readonly gsOpen?: boolean;
}
