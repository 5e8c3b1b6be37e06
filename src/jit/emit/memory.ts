/**
 * Loads and stores by linear address, and segmentation. The TLB is probed inline: one comparison of
 * the last byte's page with the tag of the first byte's entry covers a miss, an access that crosses
 * a page, devices, write protection and pages that hold code. A miss calls TypeScript, which
 * translates, performs the access, or records a fault; or compiled code leaves, and the interpreter
 * makes that call.
 */
import { ENGINE, SEGMENT, STATE, TLB } from '../../ir/layout.ts';
import { ENGINE_HELPER, type Width } from '../../ir/ops.ts';
import { byWidth } from '../../ir/family.ts';
import type { Emitter, Operands, Slot } from './operands.ts';
import { tlbEntry } from './tlb-entry.ts';
import type { Code } from '../wasm-code.ts';

/** What `slowLoad` is told. */
const INTENT = { READ: 0, WRITE: 1, PROBE: 2 } as const;

/**
 * With the guest address in local `address`: pushes the tag that the access needs and the one that
 * the TLB has, which are equal when it lets `last` + 1 bytes pass. `last` pushes that number, or is
 * it.
 */
function tags(o: Operands, last: number | (() => void), tag: number): Code {
  const { f, t } = o;
  tlbEntry(f.get(t.address));
  if (o.tlbBase === null) o.getFixed(STATE.TLB_BASE, 32).add();
  f.set(t.entry);
  f.get(t.address);
  if (typeof last !== 'number') f.from(last).add();
  else if (last !== 0) f.const(last).add();
  return f.const(~0xfff).and().get(t.entry).load(32, (o.tlbBase ?? 0) + tag);
}

/**
 * Runs `hit` when the TLB allows the access (`host` then pushes the address in linear memory).
 * Otherwise runs `miss`, or leaves where misses are rare: behind an arm that comes back, V8 keeps
 * every local on the stack.
 */
function translate(o: Operands, last: number | (() => void), tag: number, hit: () => void, miss: () => void): void {
  if (!o.rarelyMisses) {
    tags(o, last, tag).eq().if(hit, miss);
    return;
  }
  tags(o, last, tag).ne().if(() => o.decline());
  hit();
}

/**
 * As `translate` for a read of RAM that needs no TLB (`Operands.flatFrom`). All else takes it: what
 * it lets pass has the same addend.
 */
function readFlat(o: Operands, from: number, last: number, hit: () => void): void {
  const { f, t } = o;
  f.get(t.address).const(-from).add().from(() => o.getFixed(ENGINE.FLAT_BYTES, 32)).geU();
  f.if(() => tags(o, last, TLB.READ).ne().if(() => o.decline()));
  hit();
}

/**
 * After a TLB hit: the guest byte at local `address` is in linear memory at what is pushed + what
 * is returned.
 */
function host(o: Operands): number {
  const { f, t } = o;
  f.get(t.address);
  if (o.addend !== null) return o.addend;
  f.get(t.entry).load(32, (o.tlbBase ?? 0) + TLB.ADDEND).add();
  return 0;
}

/** Local `address` = cell `cell` + immediate `displacement`. */
function effective(o: Operands, cell: Slot, displacement: Slot): void {
  o.get(cell, 32);
  if (o.constant(displacement) !== 0) o.imm(displacement).add();
  o.f.set(o.t.address);
}

/**
 * Reads `width` bits at local `address` and completes with `complete(value)`, which is emitted more
 * than once.
 */
function read(o: Operands, width: Width, signed: boolean, intent: number, complete: (value: () => void) => void): void {
  const { f, t } = o;
  const hit = (): void => complete(() => {
    const offset = host(o);
    if (signed) f.loadHostS(width, offset);
    else f.loadHost(width, offset);
  });
  const last = width / 8 - 1;
  if (intent === INTENT.READ && o.flatFrom !== null && o.rarelyMisses) {
    readFlat(o, o.flatFrom, last, hit);
    return;
  }
  translate(o, last, intent === INTENT.READ ? TLB.READ : TLB.WRITE, hit, () => {
    o.call('slowLoad', () => f.get(t.address).const(width / 8).const(intent));
    if (signed) f.sext(width);
    else if (width !== 32) f.const(2 ** width - 1).and();
    f.set(t.r);
    o.completeOrLeave(() => complete(() => f.get(t.r)));
  });
}

/**
 * Writes what `value` pushes (zero-extended) to `width` bits at local `address`, then runs
 * `complete`.
 */
function write(o: Operands, width: Width, value: () => void, complete?: () => void): void {
  const { f, t } = o;
  translate(o, width / 8 - 1, TLB.WRITE, () => {
    const offset = host(o);
    value();
    f.storeHost(width, offset);
    complete?.();
  }, () => {
    const call = (): void => {
      o.call('slowStore', () => f.get(t.address).from(value).const(width / 8));
      o.completeOrLeave(complete);
    };
    if (width === 32) storeToOpenLine(o, value, complete, call);
    else call();
  });
}

/**
 * Where a line of the write-combining buffers is open (`ENGINE.OPEN_LINE`): an aligned doubleword
 * that is in it and is not its last one stays here. Uses local r.
 */
function storeToOpenLine(o: Operands, value: () => void, complete: (() => void) | undefined, call: () => void): void {
  const { f, t } = o;
  const cell = (at: number): Code => f.const(0).load(32, at);
  cell(ENGINE.OPEN_FREE).const(~1).get(t.address).const(2).shrU().rotl().and().tee(t.r).const(0).ne();
  f.get(t.address).const(~0x1c).and();
  cell(ENGINE.OPEN_LINE).eq().and().if(() => {
    f.const(0).get(t.r).store(32, ENGINE.OPEN_FREE);
    f.const(0);
    cell(ENGINE.OPEN_STORES).const(1).add().store(32, ENGINE.OPEN_STORES);
    f.get(t.address).const(0x1c).and().from(value).store(32, ENGINE.OPEN_DATA);
    complete?.();
  }, call);
}

/** d = memory[a + imm]; `to` is the width written, `from` the width read. */
function load(from: Width, to: Width, signed: boolean, intent: number): Emitter {
  return (o) => {
    effective(o, 2, 3);
    read(o, from, signed, intent, (value) => o.set(1, to, value));
  };
}

/** Pops `width` bits, zero-extended; pushes their bytes in the other order. Uses local a. */
function reverse({ f, t }: Operands, width: 16 | 32): void {
  if (width === 16) {
    f.tee(t.a).const(8).shrU().get(t.a).const(8).shl().const(0xff00).and().or();
    return;
  }
  f.tee(t.a).const(8).rotl().const(0x00ff00ff).and().get(t.a).const(8).rotr().const(0xff00ff00).and().or();
}

/** d32 = memory[a + imm], most significant byte first: reversed after either arm, devices too. */
function loadBigEndian(width: 16 | 32, signed: boolean): Emitter {
  return (o) => {
    effective(o, 2, 3);
    read(o, width, false, INTENT.READ, (value) => {
      value();
      reverse(o, width);
      if (signed) o.f.sext(width);
      o.f.set(o.t.r);
      o.set(1, 32, () => o.f.get(o.t.r));
    });
  };
}

function storeBigEndian(width: 16 | 32): Emitter {
  return (o) => {
    effective(o, 2, 3);
    write(o, width, () => {
      o.get(1, width);
      reverse(o, width);
    });
  };
}

/** An immediate as `width` bits, zero-extended (a slow store is promised so). */
function narrowImm(o: Operands, width: Width): void {
  o.imm(1);
  if (width !== 32) o.f.const(2 ** width - 1).and();
}

function push(value: (o: Operands) => void): Emitter {
  return (o) => {
    const { f, t } = o;
    o.get(2, 32).const(4).sub().set(t.address);
    write(o, 32, () => value(o), () => o.set(2, 32, () => f.get(t.address)));
  };
}

const pop32: Emitter = (o) => {
  const { f, t } = o;
  o.get(2, 32).set(t.address);
  read(o, 32, false, INTENT.READ, (value) => {
    f.from(value).set(t.r);
    o.set(2, 32, () => f.get(t.address).const(4).add());
    o.set(1, 32, () => f.get(t.r));
  });
};

const probew: Emitter = (o) => {
  const { f, t } = o;
  effective(o, 1, 2);
  translate(o, () => o.imm(3).const(1).sub(), TLB.WRITE, () => undefined, () => {
    o.call('slowLoad', () => f.get(t.address).from(() => o.imm(3)).const(INTENT.PROBE)).drop();
    o.completeOrLeave();
  });
};

/**
 * Word 3: segment cell | size << 16 | write << 24. The read limits stand `WMIN - RMIN` bytes before
 * the write limits.
 */
const seg: Emitter = (o) => {
  const { f, t } = o;
  o.get(2, 32).set(t.a);
  o.imm(3).set(t.b);
  // b = the segment cell (limits for this direction are at b + n), r = last byte's offset
  f.get(t.b).const(24).shrU().const(SEGMENT.WMIN - SEGMENT.RMIN).mul().get(t.b).const(0xffff).and().add().set(t.n);
  f.get(t.a).get(t.b).const(16).shrU().const(0xff).and().const(1).sub().add().set(t.r);
  f.get(t.a).from(() => o.getField(() => f.get(t.n), SEGMENT.RMIN)).ltU();
  f.get(t.r).from(() => o.getField(() => f.get(t.n), SEGMENT.RMAX)).gtU().or();
  f.get(t.r).get(t.a).ltU().or();
  f.if(() => {
    o.call('helper', () => f.const(ENGINE_HELPER.SEGMENT).get(t.b).get(t.a));
    o.leave();
  });
  o.set(1, 32, () => o.getField(() => f.get(t.b).const(0xffff).and(), SEGMENT.BASE).get(t.a).add());
};

export const MEMORY_EMITTERS = {
  ...byWidth('ld', (w) => load(w, w, false, INTENT.READ)),
  ...byWidth('ldw', (w) => load(w, w, false, INTENT.WRITE)),
  ldzx8: load(8, 32, false, INTENT.READ), ldzx16: load(16, 32, false, INTENT.READ),
  ldsx8: load(8, 32, true, INTENT.READ), ldsx16: load(16, 32, true, INTENT.READ),
  ...byWidth<Emitter, 'st'>('st', (w) => (o) => {
    effective(o, 2, 3);
    write(o, w, () => o.get(1, w));
  }),
  ...byWidth<Emitter, 'sti'>('sti', (w) => (o) => {
    effective(o, 2, 3);
    write(o, w, () => narrowImm(o, w));
  }),
  ld32be: loadBigEndian(32, false), ldzx16be: loadBigEndian(16, false), ldsx16be: loadBigEndian(16, true),
  st16be: storeBigEndian(16), st32be: storeBigEndian(32),
  push32: push((o) => o.get(1, 32)), pushi32: push((o) => o.imm(1)), pop32,
  probew, seg,
};
