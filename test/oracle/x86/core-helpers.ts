/**
 * The CPU's slow operations over the oracle's engine: paging maps the data area as the harness has
 * it, nothing else is there.
 */
import { AddressSpace } from '../../../src/mem/address-space.ts';
import { Ram } from '../../../src/mem/ram.ts';
import { Scheduler } from '../../../src/sim/scheduler.ts';
import { Trace } from '../../../src/sim/trace.ts';
import { Handlers } from '../../../src/sim/trace/handlers.ts';
import type { CorePort } from '../../../src/arch/isa.ts';
import type { EngineMemory } from '../../../src/ir/engine-memory.ts';
import { GUEST_FAULT } from '../../../src/arch/x86/fault.ts';
import { CR0_PE, CR0_PG } from '../../../src/arch/x86/mmu.ts';
import { SLOW_HANDLERS } from '../../../src/arch/x86/slow/table.ts';
import { CR0, CR3 } from '../../../src/arch/x86/state.ts';
import { X86 } from '../../../src/arch/x86/x86.ts';
import type { Cells, LiveCells } from '../../../src/sim/state.ts';
import type { Engine, SlowOps } from './engine.ts';
import { PLACE } from './record.ts';

const PAGE = 0x1000;
/** Physical places of the page directory and of the one page table, behind the data. */
const DIRECTORY = 0x10000, TABLE = 0x11000;
const PRESENT_WRITABLE_USER = 7;

class TestPort implements CorePort {
  readonly interruptCycles = 1;
  readonly handlers = new Handlers(new Trace(), 'test', { instant: 0 });
  readonly name = 'cpu';
  readonly engine: EngineMemory;
  readonly memory: AddressSpace;
  readonly counters = { portReads: 0, portWrites: 0, mmioReads: 0, mmioWrites: 0, interrupts: 0, exceptions: 0 };
  readonly steady = false;
  private readonly oracle: Engine;

  constructor(oracle: Engine, memory: AddressSpace) {
    this.oracle = oracle;
    this.engine = oracle.memory;
    this.memory = memory;
  }

  declare<T extends Cells>(_group: string, initial: T): LiveCells<T> {
    return initial as LiveCells<T>;
  }

  busRead(): number {
    throw new Error('bus access');
  }

  busWrite(): void {
    throw new Error('bus access');
  }

  portRead(): number {
    throw new Error('port access');
  }

  portWrite(): void {
    throw new Error('port access');
  }

  codeWritten(): void {}

  budget(): number {
    return 1_000_000;
  }

  consume(): void {}

  again(): boolean {
    return true;
  }

  restart(): void {
    throw new Error('instruction restarted');
  }

  attention(): boolean {
    return false;
  }

  leave(): void {}
  jumped(): void {}
  resumed(): void {}
  modeChanged(): void {}
  between(): void {}
  drain(): void {}
  elapse(): void {}
  flushJumps(): void {}
  remapped(): void {}
  busWriteRun(): number {
    return 0;
  }
  note(): void {}

  currentPc(): number {
    return this.oracle.currentPc();
  }

  nextPc(): number {
    throw new Error('next pc');
  }

  cycles(): number {
    return 0;
  }

  instructionCount(): number {
    return 0;
  }
}

/** Makes the slow operations for an engine. */
export function coreHelpers(engine: Engine): SlowOps {
  const { memory } = engine;
  const space = new AddressSpace('memory', 32, { scheduler: new Scheduler(), trace: new Trace() });
  space.map(0, memory.ramBytes, new Ram('ram', memory.ram));
  const x = new X86(new TestPort(engine, space));
  const entry = (at: number, value: number): void =>
    new DataView(memory.ram.buffer, memory.ram.byteOffset).setInt32(at, value, true);
  entry(DIRECTORY + ((PLACE.DATA >>> 22) << 2), TABLE | PRESENT_WRITABLE_USER);
  for (let page = 0; page < DIRECTORY / PAGE; page++) {
    entry(TABLE + ((((PLACE.DATA >>> 12) + page) & 0x3ff) << 2), (page * PAGE) | PRESENT_WRITABLE_USER);
  }
  return (id, a, b) => {
    engine.set(CR0, CR0_PE | CR0_PG);
    engine.set(CR3, DIRECTORY);
    try {
      SLOW_HANDLERS[id](x, a, b);
    } catch (error) {
      if (error !== GUEST_FAULT) throw error;
    }
    if (x.fault.pending) {
      x.fault.pending = false;
      engine.raise(x.fault.vector);
    }
  };
}
