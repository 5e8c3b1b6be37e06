/**
 * Repeated MOVS, STOS, CMPS and SCAS in WebAssembly (`helper-front.ts`), as far as every page is a
 * hit of the engine's TLB: upwards, with 32-bit addresses and segments without base and limit. Each
 * function takes the packed operand (`slow-ops.ts`) and the IR address of the calling µop and
 * returns 1 when the instruction is done. With 0 the registers and the budget stand behind the
 * elements that were done, and the slow operation does the rest as if it had just begun: the effect
 * is that of one element after the other in any case.
 */
import { EXIT, STATE, TLB } from '../../ir/layout.ts';
import { tlbEntry } from '../../jit/emit/tlb-entry.ts';
import { Code } from '../../jit/wasm-code.ts';
import { I32, I64 } from '../../jit/wasm-bytes.ts';
import { type FunctionType } from '../../jit/wasm-encode.ts';
import { PACKED } from './slow-ops.ts';
import { DF, EAX, ECX, EDI, ESI } from './state.ts';

export const STRING_TYPE: FunctionType = { params: [I32, I32], results: [I32] };

/** Bytes from which on the host's own copying and filling is faster than a loop. */
const BULK = 64;
const PAGE = 0x1000;
/** Most elements in one go. */
const MOST = 0x80000;

/**
 * A register that points to elements: its cell, the tags that the access must find, and the local
 * for the address in linear memory.
 */
interface Pointer {
  readonly cell: number;
  readonly tags: number;
  readonly host: number;
}

/** What all of them have: the repetition over pieces of memory. */
class Repetition {
  readonly f: Code;
  readonly packed = 0;
  readonly ip = 1;
  /** log2 of the element's size. */
  readonly shift: number;
  /** Elements at hand, then those done; their bytes. */
  readonly n: number;
  readonly length: number;
  private readonly rest: number;
  private readonly ran: number;
  private readonly entry: number;
  private readonly linear: number;
  private readonly addend: number;
  /** Set by a comparison that ends the repetition. */
  readonly ended: number;

  constructor(window: number) {
    const f = new Code(2, window);
    this.f = f;
    this.shift = f.local(I32);
    this.n = f.local(I32);
    this.length = f.local(I32);
    this.rest = f.local(I32);
    this.ran = f.local(I32);
    this.entry = f.local(I32);
    this.linear = f.local(I32);
    this.addend = f.local(I32);
    this.ended = f.local(I32);
  }

  /**
   * `registers`: the pointers. `piece` handles the `n` elements (`length` bytes) at hand, which lie
   * in one page each or, if `wide`, in pages that follow each other in linear memory too. It leaves
   * in `n` how many it did.
   */
  emit(registers: readonly Pointer[], wide: boolean, piece: () => void): Code {
    const { f, n, shift, length } = this;
    f.get(this.packed).const(PACKED.FLAT | PACKED.ADDRESS16).and().const(PACKED.FLAT).ne();
    f.const(0).load(32, DF).or().if(() => f.const(0).return());
    f.get(this.packed).const(PACKED.SIZE).and().const(1).shrU().set(shift);
    f.get(this.ip).load(16, 2).const(1).add().set(this.rest);
    f.loop((again) => {
      f.const(0).load(32, ECX).tee(n).eqz().get(this.ended).or().if(() => this.finish());
      // Not more than the budget.
      f.const(0).load(32, STATE.IC).get(this.rest).add().tee(length).const(0).leS().if(() => f.const(0).return());
      this.least();
      f.const(MOST).set(length);
      this.least();
      for (const pointer of registers) this.locate(pointer, wide);
      f.get(n).eqz().if(() => f.const(0).return());
      f.get(n).get(shift).shl().set(length);
      piece();
      f.get(n).get(shift).shl().set(length);
      for (const { cell } of registers) f.const(0).const(0).load(32, cell).get(length).add().store(32, cell);
      for (const cell of [ECX, STATE.IC]) f.const(0).const(0).load(32, cell).get(n).sub().store(32, cell);
      f.const(1).set(this.ran);
      f.br(again);
    });
    return f.unreachable();
  }

  /** `n` is at most `length`. */
  private least(): void {
    const { f, n, length } = this;
    f.get(length).get(n).get(length).get(n).ltU().select().set(n);
  }

  /** Finds the pointer's place in linear memory and cuts `n` to what lies there in one piece. */
  private locate({ cell, tags, host }: Pointer, wide: boolean): void {
    const { f, n, shift, length, linear, entry, addend } = this;
    f.const(0).load(32, cell).tee(linear)
      .from(() => this.probe(tags)).get(linear).const(-PAGE).and().ne()
      .if(() => f.const(0).return());
    f.get(linear).get(entry).load(32, TLB.ADDEND).tee(addend).add().set(host);
    f.const(PAGE).get(linear).const(PAGE - 1).and().sub().set(length);
    if (wide) {
      f.block((end) => {
        f.loop((more) => {
          f.get(length).get(n).get(shift).shl().geU().brIf(end);
          f.const(0).load(32, cell).get(length).add().tee(linear)
            .from(() => this.probe(tags)).get(linear).ne().brIf(end);
          f.get(entry).load(32, TLB.ADDEND).get(addend).ne().brIf(end);
          f.get(length).const(PAGE).add().set(length).br(more);
        });
      });
    }
    f.get(length).get(shift).shrU().set(length);
    this.least();
  }

  /** Pops a linear address; pushes the tag of its entry, whose address is then in `entry`. */
  private probe(tags: number): void {
    const { f, entry } = this;
    tlbEntry(f).const(0).load(32, STATE.TLB_BASE).add().tee(entry).load(32, tags);
  }

  /** The engine has counted one instruction itself; then the rest of the block is looked at. */
  private finish(): void {
    const { f } = this;
    f.get(this.ran).if(() => {
      f.const(0).const(0).load(32, STATE.IC).const(1).add().store(32, STATE.IC);
      f.const(0).load(32, STATE.IC).const(0).ltS().if(() => f.const(0).const(EXIT.LEAVE).store(32, STATE.EXIT));
    });
    f.const(1).return();
  }

  /** `inside` for the width that the element has. */
  byWidth(inside: (width: 8 | 16 | 32, bytes: number) => void): void {
    const { f, shift } = this;
    f.get(shift).const(2).eq().if(() => inside(32, 4), () => f.get(shift).if(() => inside(16, 2), () => inside(8, 1)));
  }
}

/** Adds a constant to a local. */
function advance(f: Code, local: number, bytes: number): void {
  f.get(local).const(bytes).add().set(local);
}

export function moveCode(window: number): Code {
  const r = new Repetition(window);
  const { f, length } = r;
  const from = f.local(I32), to = f.local(I32), end = f.local(I32);
  return r.emit([{ cell: EDI, tags: TLB.WRITE, host: to }, { cell: ESI, tags: TLB.READ, host: from }], true, () => {
    // Where the target begins within what is still to be read, elements repeat.
    f.get(length).const(BULK).geU().get(to).get(from).sub().get(length).geU().and();
    f.if(() => f.get(to).get(from).get(length).copyMemory(), () => {
      f.get(to).get(length).add().set(end);
      r.byWidth((width, bytes) => {
        f.loop((more) => {
          f.get(to).get(from).loadHost(width).storeHost(width);
          advance(f, from, bytes);
          f.get(to).const(bytes).add().tee(to).get(end).ne().brIf(more);
        });
      });
    });
  });
}

export function storeCode(window: number): Code {
  const r = new Repetition(window);
  const { f, length } = r;
  const to = f.local(I32), end = f.local(I32), value = f.local(I32), wide = f.local(I64);
  return r.emit([{ cell: EDI, tags: TLB.WRITE, host: to }], true, () => {
    // The element as often as it fits into 32 bits.
    r.byWidth((width) =>
      f.const(0).load(width, EAX).const(width === 32 ? 1 : width === 16 ? 0x10001 : 0x1010101).mul()
        .set(value),
    );
    f.get(length).const(BULK).geU().get(value).const(0xff).and().const(0x1010101).mul().get(value).eq().and();
    f.if(() => f.get(to).get(value).get(length).fillMemory(), () => {
      f.get(value).extendU64().get(value).extendU64().const64(32n).shl64().or64().set(wide);
      f.get(to).get(length).const(-8).and().add().set(end);
      f.block((done) => {
        f.loop((more) => {
          f.get(to).get(end).eq().brIf(done);
          f.get(to).get(wide).storeHost64();
          advance(f, to, 8);
          f.br(more);
        });
      });
      f.get(length).const(4).and().if(() => {
        f.get(to).get(value).storeHost(32);
        advance(f, to, 4);
      });
      f.get(length).const(2).and().if(() => {
        f.get(to).get(value).storeHost(16);
        advance(f, to, 2);
      });
      f.get(length).const(1).and().if(() => f.get(to).get(value).storeHost(8));
    });
  });
}

/** CMPS, or SCAS if `scan`. */
export function compareCode(window: number, scan: boolean): Code {
  const r = new Repetition(window);
  const { f, n, length, shift } = r;
  const a = f.local(I32),
    b = f.local(I32),
    end = f.local(I32),
    left = f.local(I32),
    right = f.local(I32),
    until = f.local(I32),
    unused = f.local(I32);
  const second = { cell: EDI, tags: TLB.READ, host: b };
  return r.emit(scan ? [second] : [{ cell: ESI, tags: TLB.READ, host: a }, second], false, () => {
    // REPNE ends with two that are equal, REPE with two that are not.
    f.get(r.packed).const(PACKED.REPEAT_SHIFT).shrU().const(2).and().const(1).shrU().set(until);
    f.get(b).get(length).add().set(end);
    r.byWidth((width, bytes) => {
      if (scan) f.const(0).load(width, EAX).set(left);
      f.block((done) => {
        f.loop((more) => {
          if (!scan) {
            f.get(a).loadHost(width).set(left);
            advance(f, a, bytes);
          }
          f.get(b).loadHost(width).set(right);
          advance(f, b, bytes);
          f.get(left).get(right).eq().get(until).eq().tee(r.ended).brIf(done);
          f.get(b).get(end).ne().brIf(more);
        });
      });
    });
    f.get(length).get(end).get(b).sub().sub().get(shift).shrU().set(n);
    // The flags of left - right (ADR 0002).
    const difference = a, up = unused;
    f.get(left).get(right).sub().set(difference);
    f.const(32).const(8).get(shift).shl().sub().set(up);
    f.const(0).get(difference).get(up).shl().get(up).shrS().store(32, STATE.CC_RES);
    f.get(left).const(-1).xor().tee(left).get(right).and().get(left).get(right).or().get(difference).and()
      .or().set(right);
    f.const(0).get(right).get(up).shl().const(0xc0000000 | 0).and().get(right).const(8).and().or()
      .store(32, STATE.CC_AUX);
  });
}
