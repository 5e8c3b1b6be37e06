/**
 * The interpreter's operand policy: operand words are read at `ip`, cells at the addresses they
 * hold. In a run, later µops stand at fixed distances behind the first; `ip` moves only at the
 * run's end, so whatever leaves in between adds the distance.
 */
import type { EngineImports } from '../ir/imports.ts';
import { ENGINE, EXIT, JUMP_CACHE_ENTRIES, MAP, STATE, UOP_BYTES } from '../ir/layout.ts';
import type { InstructionSet } from '../ir/instruction-set.ts';
import { OP, OPS, type Width } from '../ir/ops.ts';
import type { KnownFlags, Locals, Operands, Slot } from './emit/operands.ts';
import { EMITTERS } from './emit/table.ts';
import type { Code } from './wasm-code.ts';
import { I32, I64 } from './wasm-bytes.ts';

/** The imports in the order of their function indices, with their parameter counts. */
export const IMPORTS: readonly {
  readonly name: keyof EngineImports;
  readonly params: number;
  readonly result: boolean;
}[] = [
  { name: 'slowLoad', params: 4, result: true },
  { name: 'slowStore', params: 4, result: false },
  { name: 'portIn', params: 3, result: true },
  { name: 'portOut', params: 4, result: false },
  { name: 'helper', params: 4, result: false },
];

/**
 * Place of each in `IMPORTS`: function index in the engine, index in the helper table of compiled
 * code.
 */
export const IMPORT_INDEX = Object.fromEntries(IMPORTS.map(({ name }, index) => [name, index])) as Readonly<
  Record<keyof EngineImports, number>
>;

/** Type of the fast functions, in every module's types (`importTypes`). */
export const FAST_TYPE: number = IMPORTS.length;

export class WordOperands implements Operands {
  readonly f: Code;
  readonly t: Locals;
  /** Local: IR address of the arm's first µop. The function's parameter. */
  readonly ip = 0;
  /** Where control goes from an arm. */
  readonly labels = { next: 0, enter: 0, probe: 0, left: 0 };
  readonly tlbBase = null;
  readonly addend = null;
  readonly flatFrom = null;
  readonly rarelyMisses = false;
  known: KnownFlags | null = null;
  private told: KnownFlags | null = null;
  /** Bytes from the arm's first µop to the one being emitted. */
  private distance = 0;
  private readonly target: number;
  private readonly missAt: number;

  /** Cells that rows write have 64 bits. */
  private readonly wide: boolean;

  constructor(f: Code, isa: InstructionSet) {
    this.f = f;
    this.wide = isa.registers.width === 64;
    this.t = {
      a: f.local(I32), b: f.local(I32), r: f.local(I32), n: f.local(I32), address: f.local(I32), entry: f.local(I32),
      x: f.local(I64), y: f.local(I64),
    };
    this.target = f.local(I32);
    this.missAt = f.local(I32);
  }

  /** The code of one arm: the µops `ops` in a row. */
  emitArm(ops: readonly number[]): void {
    this.told = null;
    ops.forEach((op, index) => {
      this.distance = index * UOP_BYTES;
      this.known = this.told;
      this.told = null;
      EMITTERS[OPS[op].name](this);
    });
    this.distance = 0;
    this.known = null;
    this.f.get(this.ip).const(ops.length * UOP_BYTES).add().set(this.ip).br(this.labels.next);
  }

  leaveKnown(flags: KnownFlags): void {
    this.told = flags;
  }

  get(slot: Slot, width: Width): Code {
    return this.imm(slot).load(width);
  }

  getS(slot: Slot, width: Width): Code {
    return this.imm(slot).loadS(width);
  }

  set(slot: Slot, width: Width, value: () => void): void {
    this.imm(slot).from(value);
    if (width === 32 && this.wide) this.f.extendU64().store64();
    else this.f.store(width);
  }

  get64(slot: Slot): Code {
    return this.imm(slot).load64();
  }

  set64(slot: Slot, value: () => void): void {
    this.imm(slot).from(value).store64();
  }

  imm64(slot: Slot, high?: Slot): Code {
    if (high === undefined) return this.imm(slot).extendS64();
    return this.imm(slot).extendU64().from(() => this.imm(high)).extendU64().const64(32n).shl64().or64();
  }

  imm(slot: Slot): Code {
    return this.f.get(this.ip).load(32, this.distance + 4 * slot);
  }

  constant(): number | null {
    return null;
  }

  getFixed(cell: number, width: Width): Code {
    return this.f.const(0).load(width, cell);
  }

  setFixed(cell: number, width: Width, value: () => void): void {
    this.f.const(0).from(value).store(width, cell);
  }

  getField(address: () => void, offset: number): Code {
    return this.f.from(address).load(32, offset);
  }

  getRes(): Code {
    return this.getFixed(STATE.CC_RES, 32);
  }

  getAux(): Code {
    return this.getFixed(STATE.CC_AUX, 32);
  }

  getCarry(): Code {
    return this.getAux();
  }

  setRes(value: () => void): void {
    this.setFixed(STATE.CC_RES, 32, value);
  }

  setAux(value: () => void): void {
    this.setFixed(STATE.CC_AUX, 32, value);
  }

  call(name: keyof EngineImports, args: () => void): Code {
    return this.f.from(args).from(() => this.here()).call(IMPORT_INDEX[name]);
  }

  callFast(address: () => void): Code {
    const { f, t } = this;
    this.imm(1).tee(t.n).const(16).shrU().from(() => this.imm(2)).from(address);
    return f.get(t.n).const(8).shrU().const(0xff).and().callIndirect(FAST_TYPE);
  }

  decline(): void {
    const { f, t } = this;
    this.imm(1).set(t.n);
    this.call('helper', () => f.get(t.n).const(0xff).and().get(t.n).const(16).shrU().from(() => this.imm(3)));
    this.completeOrLeave();
    f.get(this.ip).const(this.distance + UOP_BYTES).add().set(this.ip).br(this.labels.next);
  }

  completeOrLeave(complete?: () => void): void {
    if (complete !== undefined) {
      this.getFixed(STATE.EXIT, 32).const(EXIT.FAULT).eq().if(() => this.leave());
      complete();
    }
    this.getFixed(STATE.EXIT, 32).if(() => this.leave());
  }

  leave(): void {
    if (this.distance !== 0) this.here().set(this.ip);
    this.f.br(this.labels.left);
  }

  exit(code: number): void {
    this.setFixed(STATE.EXIT, 32, () => this.f.const(code));
    this.setFixed(STATE.EXIT_IP, 32, () => this.here());
    this.f.const(0).return();
  }

  jump(link: Slot, pc: Slot): void {
    const { f, t } = this;
    this.imm(link).tee(t.n).if(() => f.get(t.n).set(this.ip).br(this.labels.enter));
    this.imm(pc).set(this.target);
    this.here().set(this.missAt).br(this.labels.probe);
  }

  jumpTo(pc: () => void): void {
    const f = this.f;
    f.from(pc).set(this.target);
    f.const(0).set(this.missAt).br(this.labels.probe);
  }

  countExecution(): void {
    const { f, t } = this;
    f.get(this.ip).get(this.ip).load(32, 8).const(1).add().tee(t.r).store(32, 8);
    f.get(t.r).from(() => this.getFixed(ENGINE.HOT_AT, 32)).eq().if(() => this.exit(EXIT.HOT));
  }

  handOver(): void {
    this.f.get(this.ip).return();
  }

  /** Behind `$enter`: `ip` is what a link or the jump cache named, nearly always a head. */
  emitEnter(): void {
    const { f, labels } = this;
    f.get(this.ip).load(16).tee(this.t.n).const(OP.compiled).eq().if(() => this.handOver());
    f.get(this.t.n).const(OP.head).ne().brIf(labels.next);
    this.emitArm([OP.head]);
  }

  /** Pushes the IR address of the µop being emitted. */
  private here(): Code {
    const f = this.f.get(this.ip);
    return this.distance === 0 ? f : f.const(this.distance).add();
  }

  /** Behind `$left`: EXIT is set; a µop that faulted runs again, any other is complete. */
  emitLeft(): void {
    this.setFixed(STATE.EXIT_IP, 32, () => {
      this.f.get(this.ip).from(() => this.getFixed(STATE.EXIT, 32)).const(EXIT.FAULT).ne().const(4).shl().add();
    });
    this.f.const(0).return();
  }

  /**
   * Behind `$probe`: goes on at guest pc `target` if the jump cache knows it in this mode, else
   * leaves with MISS.
   */
  emitProbe(): void {
    const { f, t } = this;
    probeJumpCache(f, this.target, t.entry, () =>
      f.get(t.entry).load(32, MAP.JUMP_CACHE + 8).set(this.ip).br(this.labels.enter),
    );
    this.setFixed(STATE.PC, 32, () => f.get(this.target));
    this.setFixed(STATE.EXIT, 32, () => f.const(EXIT.MISS));
    this.setFixed(STATE.EXIT_IP, 32, () => f.get(this.missAt));
    f.const(0).return();
  }
}

/**
 * Runs `hit` if the jump cache knows guest pc `target` (a local) in this mode; local `entry` is
 * then the entry's offset in `MAP.JUMP_CACHE`.
 */
export function probeJumpCache(f: Code, target: number, entry: number, hit: () => void): void {
  f.get(target).get(target).const(15).shrU().xor().const(JUMP_CACHE_ENTRIES - 1).and().const(4).shl().set(entry);
  f.get(entry).load(32, MAP.JUMP_CACHE).get(target).eq();
  f.get(entry).load(32, MAP.JUMP_CACHE + 4).const(0).load(32, STATE.MODE).eq().and().if(hit);
}
