/**
 * For tests: a Wasm interpreter and a reference interpreter, each with its own memory and the same
 * contents, whose every exit is compared. The imports are a deterministic make-believe machine:
 * what a call answers depends on its arguments and on how many calls were made before it.
 */
import { I32 } from '../../src/jit/wasm-bytes.ts';
import type { EngineImports, FastFunction } from '../../src/ir/imports.ts';
import { EXIT, MAP, STATE, UOP_BYTES } from '../../src/ir/layout.ts';
import { ENGINE_HELPER } from '../../src/ir/ops.ts';
import { createReference } from '../../src/ir/reference/reference.ts';
import { createGuestMemory, type GuestMemory } from '../../src/jit/guest-memory.ts';
import { createEngine, type Engine } from '../../src/jit/dispatcher.ts';
import type { IrCache } from '../../src/ir/ir-cache.ts';
import { CodeCache, neverHot } from '../../src/jit/compiler/code-cache.ts';
import { Code } from '../../src/jit/wasm-code.ts';
import { encodeModule } from '../../src/jit/wasm-encode.ts';
import { X86_ISA } from '../../src/arch/x86/isa.ts';
import { OPS } from '../../src/ir/ops.ts';
import type { InstructionSet } from '../../src/ir/instruction-set.ts';
import { ACCESS, TestTlb } from './tlb.ts';

/**
 * Regions that two equal machines must agree in: state, TLBs, scratch, jump cache, the first 64 KiB
 * of IR and of RAM.
 */
const COMPARED: readonly (readonly [number, number])[] = [
  [MAP.STATE, MAP.JUMP_CACHE], [MAP.JUMP_CACHE, MAP.COUNTERS], [MAP.IR, MAP.IR + 0x10000], [MAP.RAM, MAP.RAM + 0x10000],
];

/** Bytes that are compared at once; looked at word by word where they are not equal. */
const CHUNK = 4096;

/**
 * Functions for `fast` µops: they refuse by their arguments, so that half of the calls go on to the
 * helper. Number 2 gives a value.
 */
function fastFunctions(memory: WebAssembly.Memory): readonly FastFunction[] {
  const code = (value: boolean): Code => {
    const f = new Code(3);
    f.get(0).get(1).add().get(2).const(5).shrU().xor().const(1).and();
    return value ? f.const(1).sub().get(0).get(2).add().const(0xffff).and().or() : f;
  };
  const module = encodeModule({
    types: [{ params: [I32, I32, I32], results: [I32] }], importedFunctions: [], memory: { minimum: MAP.RAM / 0x10000 },
    functions: [false, true].map((value, n) => ({ type: 0, code: code(value), export: `${n}` })),
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } });
  return [0, 1].map((n) => exports[`${n}`] as FastFunction);
}

/** Every row there is, with x86's registers and runs. */
export const ALL_ROWS: InstructionSet = { ...X86_ISA, name: 'all rows', rows: OPS.map((row) => row.name) };
/** The same with sixteen registers of 64 bits. */
export const WIDE: InstructionSet = {
  ...ALL_ROWS, name: 'wide', registers: { base: STATE.ISA, count: 16, width: 64 },
};

/** One interpreter with its memory and a log of the calls it made. */
export interface Side {
  readonly guest: GuestMemory;
  readonly engine: Pick<Engine, 'run'>;
  readonly tlb: TestTlb;
  readonly calls: string[];
  reset(): void;
}

function mix(...values: number[]): number {
  let hash = 0x811c9dc5;
  for (const value of values) {
    hash = Math.imul(hash ^ value, 0x01000193);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0x5bd1e995);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function side(
  make: (guest: GuestMemory, imports: EngineImports, fast: readonly FastFunction[]) => Pick<Engine, 'run'>,
): Side {
  const guest = createGuestMemory(0x10000);
  const tlb = new TestTlb(guest.words);
  const calls: string[] = [];
  /** One call in four faults, one in four asks to leave. */
  const decide = (hash: number): void => {
    const choice = hash & 7;
    guest.words[STATE.EXIT >> 2] = choice < 2 ? EXIT.FAULT : choice < 4 ? EXIT.LEAVE : EXIT.NONE;
  };
  const answer = (name: string, ...args: number[]): number => {
    calls.push(`${name} ${args.join(' ')}`);
    const hash = mix(calls.length, ...args);
    decide(hash);
    return hash >>> 8;
  };
  const narrow = (value: number, size: number): number => (size === 4 ? (value * 0x101) | 0 : value % 2 ** (8 * size));
  const imports: EngineImports = {
    slowLoad(address, size, intent, ip) {
      const value = answer('slowLoad', address, size, intent, ip);
      // Some misses are repaired for the next time.
      if ((value & 0x30) === 0)
        tlb.fill(
          guest.words[STATE.TLB_BASE >> 2],
          address, ACCESS.READ,
          MAP.RAM - (address & ~0xfff) + (address & 0x7000),
        );
      return narrow(value, size);
    },
    slowStore(address, value, size, ip) {
      answer('slowStore', address, value, size, ip);
    },
    portIn: (port, size, ip) => narrow(answer('portIn', port, size, ip), size),
    portOut(port, value, size, ip) {
      answer('portOut', port, value, size, ip);
    },
    helper(id, a, b, ip) {
      const value = answer('helper', id, a, b, ip);
      if (id === ENGINE_HELPER.RAISE || id === ENGINE_HELPER.SEGMENT) guest.words[STATE.EXIT >> 2] = EXIT.FAULT;
      else guest.words[(STATE.ISA >> 2) + (value & 7)] = value;
    },
  };
  const engine = make(guest, imports, fastFunctions(guest.memory));
  return {
    guest, engine, tlb, calls,
    reset() {
      for (const [from, to] of COMPARED) guest.bytes.fill(0, from, to);
      calls.length = 0;
      tlb.flush();
    },
  };
}

export class Pair {
  readonly isa: InstructionSet;
  /**
   * Words not compared when the Wasm side has compiled code: op and counter of its heads,
   * temporaries (dead at instruction boundaries).
   */
  private readonly apart = new Set<number>();
  /** Whose compiled code takes places in the table. */
  private compiled: IrCache | null = null;
  private compilations = 0;
  readonly wasm: Side;
  readonly reference: Side;

  constructor(isa: InstructionSet = ALL_ROWS) {
    this.isa = isa;
    this.wasm = side((guest, imports, fast) => createEngine(guest, isa, imports, { fast }));
    this.reference = side((guest, imports, fast) => createReference(guest, isa, imports, fast));
  }

  /** Applies the same preparation to both machines, from all-zero state. */
  prepare(fill: (side: Side) => void): void {
    this.compiled?.flush();
    this.compiled = null;
    this.apart.clear();
    for (const s of [this.wasm, this.reference]) {
      s.reset();
      fill(s);
    }
  }

  /**
   * Compiles every block of the Wasm side's `cache`, each as an entry. Every other µop, others each
   * time, is one that misses the TLB often.
   */
  compile(cache: IrCache): void {
    this.compiled = cache;
    const { guest } = this.wasm;
    const code = new CodeCache(
      guest, this.isa,
      this.wasm.engine as Engine,
      cache,
      { find: () => null, access: () => ({ tlbBase: guest.words[STATE.TLB_BASE >> 2], addend: null, flatFrom: null }) },
      { group: 1 },
    );
    this.compilations++;
    cache.misses.threshold = 2;
    for (let ip: number = MAP.IR; ip < MAP.IR + cache.usedBytes; ip += UOP_BYTES)
      if ((ip / UOP_BYTES + this.compilations) % 2 === 0) for (let n = 0; n < 2; n++) cache.misses.missed(ip);
    for (let n = 0; n < cache.size; n++) {
      const block = cache.block(n);
      code.hot(block);
      this.apart.add(block.address >> 2).add((block.address >> 2) + 2);
    }
    for (let n = 0; n < 16; n++) this.apart.add((STATE.TEMP >> 2) + n);
    neverHot(guest.words);
  }

  /**
   * Runs both from `ip` to the next exit; returns a description of the first difference, or
   * undefined.
   */
  run(ip: number): string | undefined {
    this.wasm.engine.run(ip);
    this.reference.engine.run(ip);
    // PC means something after MISS and SYNC only.
    const w = this.wasm.guest.words, code = w[STATE.EXIT >> 2];
    if (code !== EXIT.MISS && code !== EXIT.SYNC) w[STATE.PC >> 2] = this.reference.guest.words[STATE.PC >> 2];
    return this.difference();
  }

  /** Exit code and EXIT_IP, after a run without difference. */
  get exit(): { readonly code: number; readonly ip: number } {
    const words = this.wasm.guest.words;
    return { code: words[STATE.EXIT >> 2], ip: words[STATE.EXIT_IP >> 2] };
  }

  private difference(): string | undefined {
    const a = this.wasm, b = this.reference;
    for (let i = 0; i < Math.max(a.calls.length, b.calls.length); i++) {
      if (a.calls[i] !== b.calls[i]) return `call ${i}: wasm ${a.calls[i]}, reference ${b.calls[i]}`;
    }
    for (const [from, to] of COMPARED) {
      for (let start = from; start < to; start += CHUNK) {
        const end = Math.min(start + CHUNK, to);
        if (Buffer.compare(a.guest.bytes.subarray(start, end), b.guest.bytes.subarray(start, end)) === 0) continue;
        const found = this.firstDifference(start, end);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  private firstDifference(from: number, to: number): string | undefined {
    for (let at = from >> 2; at < to >> 2; at++) {
      const x = this.wasm.guest.words[at], y = this.reference.guest.words[at];
      if (x !== y && !this.apart.has(at))
        return `word at 0x${(at * 4).toString(16)}: wasm 0x${(x >>> 0).toString(16)}, reference ` +
          `0x${(y >>> 0).toString(16)}`;
    }
    return undefined;
  }
}
