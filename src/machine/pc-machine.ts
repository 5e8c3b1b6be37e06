import type { BlockBackend } from '../host/block.ts';
import { setFlat, setMemoryTypes, setRegisters, setTable } from '../cpu/processor-setup.ts';
import { MEMORY_TYPE, type Transaction } from '../mem/transaction.ts';
import type { Ticks } from '../sim/time.ts';
import type { IdeVariant } from '../hw/pci/piix3/spec-ide.ts';
import type { JitOptions } from '../jit/compiler/code-cache.ts';
import type { EngineKind } from '../jit/engine-kind.ts';
import { buildPc, type PcBoard } from './boards/pc.ts';
import { machineCounters, type MachineCounters } from './counters.ts';
import { drainOutput } from './drain.ts';
import { e820 } from './firmware/e820.ts';
import { setUpPci } from './firmware/pci-setup.ts';
import { planLinux } from './loader/bzimage.ts';
import { GUEST_BLOCK_ADDRESS, planGuest } from './loader/guest-program.ts';
import { LoadError } from './loader/load-error.ts';
import type { LoadPlan } from './loader/plan.ts';
import { loadBoard, saveBoard, type MachineState } from './snapshot.ts';

export interface PcMachineOptions {
  /** Bytes of RAM: a multiple of 1 MiB, from 4 MiB to 1 GiB. */
  ramBytes: number;
  disk: BlockBackend | null;
  ide: IdeVariant;
  /** A character has left COM1. */
  onSerial: (byte: number) => void;
  /** Software wrote a POST code to port 80h. */
  onPost: (code: number) => void;
  /**
   * How guest code is executed; `DEFAULT_ENGINE` if absent. What is simulated is the same either
   * way, so it is no part of `config`.
   */
  engine?: EngineKind;
  /** When `jit` compiles what; for tests. */
  jit?: JitOptions;
}

const MiB = 2 ** 20;
export const PC_RAM = { minimum: 4 * MiB, maximum: 1024 * MiB, step: MiB } as const;

/** A PC, built and reset, into which a guest can be loaded. */
export class PcMachine {
  readonly boardName = 'pc';
  /** What must be equal for a snapshot to fit. */
  readonly config: string;
  private readonly parts: PcBoard;
  private stopReason = '';

  constructor(options: PcMachineOptions) {
    const { ramBytes, disk } = options;
    if (!(ramBytes >= PC_RAM.minimum && ramBytes <= PC_RAM.maximum && ramBytes % PC_RAM.step === 0)) {
      throw new LoadError('memory', -1, `a PC has between 4 MiB and 1 GiB in whole MiB, not ${ramBytes} bytes`);
    }
    this.config = `ram ${ramBytes}, disk ${disk === null ? 'none' : disk.size}, ide ${options.ide}`;
    this.parts = buildPc({
      ramBytes, disk, ide: options.ide,
      serial: { transmit: options.onSerial },
      onPost: options.onPost,
      ...(options.engine === undefined ? {} : { engine: options.engine }),
      ...(options.jit === undefined ? {} : { jit: options.jit }),
      onReset: () => {
        this.parts.board.trace.note(
          this.sim.scheduler.now, 'pc', 'reset', 'software asked for a reset: the machine stops',
        );
        this.halt('reset');
      },
    });
    this.parts.board.reset();
    setUpPci(this.parts.bridge);
  }

  get sim(): PcBoard['board'] {
    return this.parts.board;
  }
  get cpu(): PcBoard['cpu'] {
    return this.parts.cpu;
  }
  get ide(): PcBoard['ide'] {
    return this.parts.ide;
  }
  get board(): PcBoard['board'] {
    return this.parts.board;
  }
  /** Guest RAM; index = physical address. */
  get ram(): Uint8Array {
    return this.parts.memory.ram;
  }

  /**
   * Loads one of our guest programs with its parameter block; returns the block's physical address.
   * @throws LoadError
   */
  loadGuest(image: Uint8Array, block: Uint8Array): number {
    this.place(planGuest(image, block, e820(this.parts.spaces.memory)));
    return GUEST_BLOCK_ADDRESS;
  }

  /** Loads a Linux kernel by the 32-bit boot protocol. @throws LoadError */
  loadLinux(boot: { kernel: Uint8Array; initrd?: Uint8Array; append: string }): void {
    this.place(
      planLinux(boot.kernel, {
        memoryMap: e820(this.parts.spaces.memory),
        commandLine: boot.append,
        ...(boot.initrd === undefined ? {} : { initrd: boot.initrd }),
      }),
    );
  }

  /**
   * Runs until the time `until`, or until something stops the machine. Returns `time`, or why it
   * stopped. When the processor has stopped for good, what devices were sending arrives before
   * that.
   */
  run(until: Ticks): string {
    this.stopReason = '';
    const reason = this.parts.cpu.run(until);
    if (reason === 'halted' || reason === 'shutdown' || this.stopReason === 'reset') drainOutput(this.parts.board);
    if (this.stopReason !== '') return this.stopReason;
    return reason === 'until' ? 'time' : reason;
  }

  /** Makes `run` return at the next instruction boundary. */
  stop(): void {
    this.halt('stopped');
  }

  /** Puts a character on COM1's receive line. */
  serialInput(byte: number): void {
    this.parts.com1.receive(byte);
  }

  /** Characters put on COM1's receive line that have not arrived yet. */
  get serialPending(): number {
    return this.parts.com1.inputPending;
  }

  /** Physical memory or I/O as a debugger sees it: no effects, no time. */
  peek(space: 'memory' | 'io', address: number, size: number, tx: Transaction): number {
    tx.debug = true;
    return this.parts.spaces[space].read(address, size, tx);
  }

  counters(): MachineCounters {
    return machineCounters(this.board.components, this.cpu.now);
  }

  save(): MachineState {
    return saveBoard(this.parts.board, this.config);
  }

  load(state: MachineState): void {
    loadBoard(this.parts.board, this.config, state);
  }

  private halt(reason: string): void {
    if (this.stopReason === '') this.stopReason = reason;
    this.parts.cpu.requestStop();
  }

  private place(plan: LoadPlan): void {
    const ram = this.ram;
    for (const s of plan.segments) {
      ram.set(s.bytes, s.address);
      ram.fill(0, s.address + s.bytes.length, s.address + s.bytes.length + s.zeroBytes);
    }
    const { cpu } = this.parts;
    setFlat(cpu, { eip: plan.entry, code: plan.gdt.cs, data: plan.gdt.ds });
    setTable(cpu, 'gdt', plan.gdt.base, plan.gdt.limit);
    setRegisters(cpu, { ...plan.registers });
    setMemoryTypes(cpu, MEMORY_TYPE.UC, [
      { base: 0, size: 2 ** Math.ceil(Math.log2(this.ram.length)), type: MEMORY_TYPE.WB },
    ]);
    cpu.stateReplaced();
  }
}
