/**
 * The body of one WebAssembly function, written instruction by instruction in postfix order, as in
 * the text format: `f.get(a).get(b).add().set(r)` is `local.get $a local.get $b i32.add local.set
 * $r`. Methods without a suffix are i32, those ending in `64` are i64; `S`/`U` is signed/unsigned.
 * Blocks take a closure; the number they hand to it is the label for `br`. Source of the opcodes:
 * WebAssembly Core Specification, section 5.4; tail calls: its version 3.0.
 */
import { ByteSink, I32, type ValueType } from './wasm-bytes.ts';

/** Opcodes of loads and stores by width. */
const LOAD = { 8: 0x2d, 16: 0x2f, 32: 0x28 } as const, LOAD_SIGNED = { 8: 0x2c, 16: 0x2e, 32: 0x28 } as const;
const STORE = { 8: 0x3a, 16: 0x3b, 32: 0x36 } as const, LOAD64 = 0x29, STORE64 = 0x37;

export class Code {
  private readonly sink = new ByteSink(256);
  private readonly locals: ValueType[] = [];
  private readonly params: number;
  /** What is added to the offset of every access but those of the `Host` methods. */
  private readonly window: number;
  private depth = 0;

  /**
   * `params`: number of parameters; they are locals 0..params-1. `window`: byte address of the
   * core's window in linear memory (`ir/layout.ts`), from which addresses count.
   */
  constructor(params: number, window = 0) {
    this.params = params;
    this.window = window;
  }

  /** Declares one more local variable and returns its number. */
  local(type: ValueType = I32): number {
    this.locals.push(type);
    return this.params + this.locals.length - 1;
  }

  /** Bytes of code so far. */
  get size(): number {
    return this.sink.length;
  }

  /** Local declarations, code, `end`: the content of a code section entry. */
  body(params: number): ByteSink {
    if (params !== this.params || this.depth !== 0)
      throw new Error('function body does not fit its type or has an open block');
    const out = new ByteSink(this.sink.length + 64);
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.locals) {
      const last = runs[runs.length - 1];
      if (last !== undefined && last.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    out.unsigned(runs.length);
    for (const run of runs) {
      out.unsigned(run.count);
      out.u8(run.type);
    }
    out.append(this.sink);
    out.u8(0x0b);
    return out;
  }

  // ---- structure

  /** A label for the end of the block is passed to `inside`. */
  block(inside: (label: number) => void): this {
    return this.structured(0x02, inside);
  }

  /** `br` to the label goes back to the start of the loop; falling off the end leaves it. */
  loop(inside: (label: number) => void): this {
    return this.structured(0x03, inside);
  }

  /** Pops a condition. */
  if(then: () => void, otherwise?: () => void): this {
    this.op(0x04).byte(0x40);
    this.depth++;
    then();
    if (otherwise !== undefined) {
      this.op(0x05);
      otherwise();
    }
    this.depth--;
    return this.op(0x0b);
  }

  /** Pops a condition; both arms push one value of `type`. */
  ifValue(type: ValueType, then: () => void, otherwise: () => void): this {
    this.op(0x04).byte(type);
    this.depth++;
    then();
    this.op(0x05);
    otherwise();
    this.depth--;
    return this.op(0x0b);
  }

  br(label: number): this {
    return this.with(0x0c, this.depth - label);
  }

  brIf(label: number): this {
    return this.with(0x0d, this.depth - label);
  }

  /** Pops an index; goes to `labels[index]`, or to `otherwise` when it is out of range. */
  brTable(labels: readonly number[], otherwise: number): this {
    this.with(0x0e, labels.length);
    for (const label of labels) this.unsigned(this.depth - label);
    return this.unsigned(this.depth - otherwise);
  }

  return(): this {
    return this.op(0x0f);
  }

  call(functionIndex: number): this {
    return this.with(0x10, functionIndex);
  }

  /** Pops the arguments, then the index in table 0 (pushed last). */
  callIndirect(typeIndex: number): this {
    return this.with(0x11, typeIndex).byte(0);
  }

  /** Pops the arguments; the callee takes this function's place. */
  returnCall(functionIndex: number): this {
    return this.with(0x12, functionIndex);
  }

  unreachable(): this {
    return this.op(0x00);
  }

  drop(): this {
    return this.op(0x1a);
  }

  /**
   * Pops condition, y, x (pushed in the order x, y, condition); pushes x if the condition is not
   * zero, else y.
   */
  select(): this {
    return this.op(0x1b);
  }

  // ---- variables, constants, memory

  get(local: number): this {
    return this.with(0x20, local);
  }

  set(local: number): this {
    return this.with(0x21, local);
  }

  /** Sets and keeps the value on the stack. */
  tee(local: number): this {
    return this.with(0x22, local);
  }

  const(value: number): this {
    this.op(0x41).sink.signed(value);
    return this;
  }

  const64(value: bigint): this {
    this.op(0x42).sink.signed64(value);
    return this;
  }

  /**
   * Pops an address; pushes the zero-extended value of `width` bits at address + offset. Guest
   * data: no alignment is promised.
   */
  load(width: 8 | 16 | 32, offset = 0): this {
    return this.access(LOAD[width], this.window + offset);
  }

  /** As `load`, sign-extended. */
  loadS(width: 8 | 16 | 32, offset = 0): this {
    return this.access(LOAD_SIGNED[width], this.window + offset);
  }

  /** Pops value and address (pushed in the order address, value); stores the low `width` bits. */
  store(width: 8 | 16 | 32, offset = 0): this {
    return this.access(STORE[width], this.window + offset);
  }

  /** Pops an address; pushes the i64 at address + offset. */
  load64(offset = 0): this {
    return this.access(LOAD64, this.window + offset);
  }

  /** Pops an i64 and an address (pushed in the order address, value). */
  store64(offset = 0): this {
    return this.access(STORE64, this.window + offset);
  }

  // As those without `Host`, at an address that counts from the start of linear memory: RAM.

  loadHost(width: 8 | 16 | 32, offset = 0): this {
    return this.access(LOAD[width], offset);
  }
  loadHostS(width: 8 | 16 | 32, offset = 0): this {
    return this.access(LOAD_SIGNED[width], offset);
  }
  storeHost(width: 8 | 16 | 32, offset = 0): this {
    return this.access(STORE[width], offset);
  }
  loadHost64(offset = 0): this {
    return this.access(LOAD64, offset);
  }
  storeHost64(offset = 0): this {
    return this.access(STORE64, offset);
  }

  /**
   * Pops length, source and target (pushed in the order target, source, length) in RAM; copies as
   * if through a buffer.
   */
  copyMemory(): this {
    return this.op(0xfc).unsigned(10).byte(0).byte(0);
  }

  /**
   * Pops length, value and address (pushed in the order address, value, length) in RAM; sets bytes
   * to the low 8 bits of the value.
   */
  fillMemory(): this {
    return this.op(0xfc).unsigned(11).byte(0);
  }

  // ---- i32 operators
  eqz(): this { return this.op(0x45); }
  eq(): this { return this.op(0x46); }
  ne(): this { return this.op(0x47); }
  ltS(): this { return this.op(0x48); }
  ltU(): this { return this.op(0x49); }
  gtS(): this { return this.op(0x4a); }
  gtU(): this { return this.op(0x4b); }
  leS(): this { return this.op(0x4c); }
  leU(): this { return this.op(0x4d); }
  geS(): this { return this.op(0x4e); }
  geU(): this { return this.op(0x4f); }
  ctz(): this { return this.op(0x68); }
  clz(): this { return this.op(0x67); }
  popcnt(): this { return this.op(0x69); }
  add(): this { return this.op(0x6a); }
  sub(): this { return this.op(0x6b); }
  mul(): this { return this.op(0x6c); }
  divS(): this { return this.op(0x6d); }
  divU(): this { return this.op(0x6e); }
  remS(): this { return this.op(0x6f); }
  remU(): this { return this.op(0x70); }
  and(): this { return this.op(0x71); }
  or(): this { return this.op(0x72); }
  xor(): this { return this.op(0x73); }
  shl(): this { return this.op(0x74); }
  shrS(): this { return this.op(0x75); }
  shrU(): this { return this.op(0x76); }
  rotl(): this { return this.op(0x77); }
  rotr(): this { return this.op(0x78); }

  // ---- i64 operators
  eqz64(): this { return this.op(0x50); }
  eq64(): this { return this.op(0x51); }
  ne64(): this { return this.op(0x52); }
  ltS64(): this { return this.op(0x53); }
  ltU64(): this { return this.op(0x54); }
  gtU64(): this { return this.op(0x56); }
  geU64(): this { return this.op(0x5a); }
  clz64(): this { return this.op(0x79); }
  add64(): this { return this.op(0x7c); }
  sub64(): this { return this.op(0x7d); }
  mul64(): this { return this.op(0x7e); }
  divS64(): this { return this.op(0x7f); }
  divU64(): this { return this.op(0x80); }
  remS64(): this { return this.op(0x81); }
  remU64(): this { return this.op(0x82); }
  and64(): this { return this.op(0x83); }
  or64(): this { return this.op(0x84); }
  xor64(): this { return this.op(0x85); }
  shl64(): this { return this.op(0x86); }
  shrS64(): this { return this.op(0x87); }
  shrU64(): this { return this.op(0x88); }

  // ---- f64 operators
  sqrtF64(): this { return this.op(0x9f); }
  mulF64(): this { return this.op(0xa2); }

  // ---- conversions
  /** f64.convert_i64_u */
  convertF64(): this { return this.op(0xba); }
  /** i64.trunc_f64_u: traps when out of range. */
  truncate64(): this { return this.op(0xb1); }
  /** i32.wrap_i64 */
  wrap(): this { return this.op(0xa7); }
  /** i64.extend_i32_s */
  extendS64(): this { return this.op(0xac); }
  /** i64.extend_i32_u */
  extendU64(): this { return this.op(0xad); }
  /** i32.extend8_s */
  sext8(): this { return this.op(0xc0); }
  /** i32.extend16_s */
  sext16(): this { return this.op(0xc1); }

  /** Sign-extends from `width` bits. */
  sext(width: 8 | 16 | 32): this {
    return width === 8 ? this.sext8() : width === 16 ? this.sext16() : this;
  }

  /** Emits what `push` emits, in the middle of a chain. */
  from(push: () => void): this {
    push();
    return this;
  }

  private structured(opcode: number, inside: (label: number) => void): this {
    this.op(opcode).byte(0x40);
    this.depth++;
    inside(this.depth);
    this.depth--;
    return this.op(0x0b);
  }

  private op(opcode: number): this {
    this.sink.u8(opcode);
    return this;
  }

  /** An opcode with one index. */
  private with(opcode: number, value: number): this {
    return this.op(opcode).unsigned(value);
  }

  /** A load or store: alignment, none of which is promised, and offset. */
  private access(opcode: number, offset: number): this {
    return this.op(opcode).byte(0).unsigned(offset);
  }

  private byte(value: number): this {
    this.sink.u8(value);
    return this;
  }

  private unsigned(value: number): this {
    this.sink.unsigned(value);
    return this;
  }
}
