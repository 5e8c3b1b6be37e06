/**
 * Operations that leave the µop world: the lift emits `helper SLOW.x, w2, w3`, the CPU implements
 * them (`slow/*.ts`). `cell` means the absolute address of a cell holding the value. A helper that
 * faults records the fault and sets EXIT.FAULT; state is then as before the instruction. `ends` =
 * the helper always leaves (it sets PC itself and EXIT.SYNC); `sync` = the lift ends the block with
 * `sync nextpc`; `goes on` = it leaves only if the code behind it, or what it was decoded for, may
 * have changed. Packed `w2` of string operations: see `PACKED`.
 */
const names = [
  // strings: w2 packed, w3 = pc of the instruction. Runs iterations until done or ic is used up
  // (then the instruction restarts later)
  'ins', 'outs', 'movs', 'cmps', 'stos', 'lods', 'scas',
  // far transfers, all `ends`. jmpFar/callFar: w2 = cell of offset (32 bit, masked by the lift for
  // 16), w3 = cell of selector | (operand size 2/4) << 24; callFar takes its return pc from
  // temp(15)
  'jmpFar', 'callFar',
  // retFar: w2 = operand size 2/4, w3 = immediate bytes to release. iret: w2 = operand size; it
  // sets PC and may come back, then the lift goes there
  'retFar', 'iret',
  // int: w2 = vector (| 0x100: ICEBP, no check of the gate's DPL nor of IOPL), w3 = pc after. int3:
  // w3 = pc after. into: w3 = pc after; reached with OF set only
  'int', 'int3', 'into',
  // bound: w2 = cell of index (sign-extended 32), w3 = 0; bounds in temp(13) (low), temp(14)
  // (high), sign-extended; raises #BR
  'bound',
  'sysenter', 'sysexit',
  // movSreg: w2 = segment 0..5, w3 = cell of selector (16 bit); `sync`; SS sets the interrupt
  // shadow. CS is #UD in the lift
  'movSreg',
  // system registers. lldt, ltr: w2 = cell of selector. lgdt, lidt: w2 = cell of linear address of
  // the pseudo-descriptor, w3 = operand size. sgdt, sidt: w2 = cell of linear address
  'lldt', 'ltr', 'lgdt', 'lidt', 'sgdt', 'sidt',
  // smsw: use movFromCr. lmsw: w2 = cell (16 bit), `sync`
  'lmsw',
  // lar, lsl: w2 = cell of selector, w3 = destination register cell | width << 16; sets ZF. verr,
  // verw: w2 = cell of selector; sets ZF
  'lar', 'lsl', 'verr', 'verw',
  // movToCr, movToDr: w2 = number, w3 = source cell; `sync`, but CR3 goes on. movFromCr, movFromDr:
  // w2 = number, w3 = destination cell
  'movToCr', 'movFromCr', 'movToDr', 'movFromDr',
  // clts (`sync`), invd, wbinvd, invlpg (w2 = cell of linear address, goes on), hlt (`sync` after),
  // cpuid, rdtsc, rdmsr, wrmsr (`sync`), rdpmc
  'clts', 'invd', 'wbinvd', 'invlpg', 'hlt', 'cpuid', 'rdtsc', 'rdmsr', 'wrmsr', 'rdpmc',
  // cli: checks privilege, clears IF. sti: sets IF and the shadow; leaves after the instruction
  // only if an interrupt is pending. popf: w2 = cell of the new value, w3 = operand size; `sync`
  'cli', 'sti', 'popf',
  // pushf: w2 = destination cell (32-bit EFLAGS image as PUSHF stores it: RF and VM clear); faults
  // in V86 with IOPL < 3
  'pushf',
  // x87 register form: w2 = opcode << 8 | modrm. memory form: w2 = opcode << 8 | modrm | (operand
  // size 2) << 16 if 16-bit, w3 = cell of linear address
  'fpuReg', 'fpuMem', 'fwait',
  // fxsave, fxrstor: w2 = cell of linear address
  'fxsave', 'fxrstor',
  // decimal: on AL/AX in place. aam, aad: w2 = immediate (aam 0 = #DE)
  'daa', 'das', 'aaa', 'aas', 'aam', 'aad',
  // pusha, popa, enter, leave with any stack size: w2 = operand size; enter: w2 = operand size |
  // level << 8, w3 = bytes
  'pusha', 'popa', 'enter', 'leave',
  // arpl on memory or register is done by the lift with µops. checkBranch: #GP(0) if the near
  // branch target (offset) is beyond the limit of CS; w2 = cell of the target; only emitted in
  // 16-bit code
  'checkBranch',
  // absent: w2 = which of ABSENT_NAMES; always #UD
  'absent',
  // locked: in front of the µops of an instruction that locks the bus; it only drains
  'locked',
] as const;

/**
 * The packed operand of string operations: size of an element in bytes; 16-bit addresses; repeat (0
 * none, 1 REP or REPE, 2 REPNE); segment of the source; segments of both operands have no base and
 * no limit in the mode that the block was decoded for.
 */
export const PACKED = { SIZE: 7, ADDRESS16: 8, REPEAT_SHIFT: 4, SEGMENT_SHIFT: 8, FLAT: 0x800 } as const;

export type SlowOp = (typeof names)[number];
/** Helper number by name. */
export const SLOW: Readonly<Record<SlowOp, number>> = Object.fromEntries(names.map((n, i) => [n, i])) as Record<
  SlowOp,
  number
>;
export const SLOW_NAMES: readonly SlowOp[] = names;
