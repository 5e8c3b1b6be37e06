import { DEFAULT_ENGINE, type EngineKind } from '../jit/engine-kind.ts';
import type { JitOptions } from '../jit/compiler/jit-options.ts';
import { Device } from '../hw/device.ts';
import { EthernetWire } from '../hw/net/link/wire.ts';
import type { KeyboardInput, MachineInput, MouseInput } from '../host/input.ts';
import type { VideoOutput } from '../host/video.ts';
import type { Transaction } from '../mem/transaction.ts';
import { valuesOf, type ValuesOf } from '../sim/parameter.ts';
import type { RuleName } from '../sim/forgive.ts';
import { TICKS_PER_SECOND, type Ticks } from '../sim/time.ts';
import { Board } from './board.ts';
import { machineCounters, type MachineCounters } from './counters.ts';
import type { BoardDefinition, BoardParts, Hosts, OptionRows } from './definition.ts';
import { drainOutput, outputPending } from './drain.ts';
import { biosIdentity } from './firmware/bios.ts';
import { LoadError } from './loader/load-error.ts';
import { placeDevices, type PlacedDevice, type UserDevice } from './user-devices.ts';
import { optionWord } from './option-words.ts';
import { loadBoard, saveBoard, type MachineState } from './snapshot.ts';
import type { Software } from './software.ts';

export interface MachineOptions<R extends OptionRows = OptionRows> {
  /** Board options; what is left out has its row's default. */
  options?: Partial<ValuesOf<R>>;
  hosts?: Hosts;
  /** Devices that are not part of the board, put into its slots before it is checked and reset. */
  devices?: readonly UserDevice[];
  /** Rules of devices that are not kept; all are if absent. */
  forgive?: readonly RuleName[];
  /** `false`: firmware does nothing after a reset, as if there were none; for tests of devices. */
  firmware?: boolean;
  /** Puts the board's exit port for test programs in its place, if it has one. */
  exitPort?: boolean;
  /**
   * How guest code is executed; `DEFAULT_ENGINE` if absent. What is simulated is the same either
   * way, so it is no part of `config`.
   */
  engine?: EngineKind;
  /** When `jit` compiles what; for tests. */
  jit?: JitOptions;
}

/** Stops after which software does not go on. */
const ENDS: ReadonlySet<string> = new Set(['reset', 'exit']);
/** How long a reset that software asks for holds the machine: a choice, as south bridges do. */
const RESET_TICKS = TICKS_PER_SECOND / 1000;

/** A machine: a board built, checked, reset, set up by its firmware, into which software goes. */
export class Machine<R extends OptionRows = OptionRows, P extends BoardParts = BoardParts> {
  readonly definition: BoardDefinition<R, P>;
  readonly board: Board;
  readonly options: ValuesOf<R>;
  /** The devices that were added, with the slots that they are in. */
  readonly devices: readonly PlacedDevice[];
  /** What the monitor shows, of the first display card; null if there is none. */
  readonly video: VideoOutput | null;
  /** What must be equal for a snapshot to fit: options, disks, devices. */
  readonly config: string;
  /** What software wrote to the exit port, if `run` returned `exit`. */
  exitValue = 0;
  private readonly built: P;
  /** Somebody may have written to RAM past the machine: it was booted, or its parts given out. */
  private givenOut = false;
  private readonly hasFirmware: boolean;
  /** A BIOS is there to begin anew; without one a reset is the end. */
  private readonly restarts: boolean;
  private restartAsked = false;
  private stopReason = '';
  private hasEnded = false;

  /**
   * @throws ParameterError if an option is refused
   * @throws LoadError if a host or a device has no place
   */
  constructor(definition: BoardDefinition<R, P>, plan: MachineOptions<R> = {}) {
    this.definition = definition;
    this.options = valuesOf(definition.options, plan.options ?? {});
    const hosts = plugged(definition, plan.hosts ?? {});
    const forgiven = [...new Set(plan.forgive ?? [])].sort();
    this.board = new Board(definition.name, new Set(forgiven));
    this.built = definition.build(this.board, this.options, {
      hosts,
      execution: { engine: plan.engine ?? DEFAULT_ENGINE, ...(plan.jit === undefined ? {} : { jit: plan.jit }) },
      onReset: () => this.resetAsked(),
      onExit: plan.exitPort === true ? (value) => this.exitAsked(value) : null,
    });
    if (this.built.processors.length !== 1)
      throw new Error(`board ${definition.name}: a machine runs one processor, not ${this.built.processors.length}`);
    this.devices = placeDevices(this.board, this.built.pci, plan.devices ?? []);
    let video: VideoOutput | null = null;
    for (const c of this.board.components) {
      if (c instanceof EthernetWire) c.tap = hosts.frames;
      if (!(c instanceof Device)) continue;
      c.pictures = hosts.pictures;
      video ??= c.video;
    }
    this.video = video;
    const misplaced = this.board.misplacedFaults();
    if (misplaced.length > 0) throw new LoadError('fault', -1, misplaced.join('; '));
    const wrong = this.board.check();
    if (wrong.length > 0) throw new LoadError(`board ${definition.name}`, -1, wrong.join('; '));
    const further = [
      ...forgiven.map((name) => `forgives ${name}`), ...(plan.exitPort === true ? ['exit port'] : []),
      ...(plan.firmware === false ? ['no firmware'] : []),
      ...(hosts.bios === null ? [] : [biosIdentity(hosts.bios)]),
    ];
    this.config = configuration(definition.options, this.options, hosts, this.devices, further);
    this.hasFirmware = plan.firmware !== false;
    this.restarts = hosts.bios !== null;
    this.reset();
  }

  /** The reset line: everything but what is battery-backed as after power on; then firmware. */
  reset(): void {
    this.board.reset();
    if (this.hasFirmware) this.built.firmware();
  }

  /** The board's parts that are reached by name. */
  get parts(): P {
    this.givenOut = true;
    return this.built;
  }
  get boardName(): string {
    return this.definition.name;
  }
  /** Scheduler and trace. */
  get sim(): Board {
    return this.board;
  }
  get processors(): P['processors'] {
    return this.parts.processors;
  }
  /** The keyboard, if it has one. What is typed is not kept; `Explorer.put` keeps it. */
  get keyboard(): KeyboardInput | null {
    return this.built.keyboard;
  }
  get mouse(): MouseInput | null {
    return this.built.mouse;
  }
  /** Main memory; index = physical address. */
  get ram(): Uint8Array {
    return this.parts.ram;
  }

  /** Loads software; `run` starts it. @throws LoadError */
  boot(software: Software): void {
    this.givenOut = true;
    this.built.boot(software);
  }

  /**
   * Runs until the time `until`, or until something stops the machine. Returns `time`, or why it
   * stopped. When the processor has stopped for good, what devices were sending arrives before that
   * as far as it is done by `until`; `outputPending` tells whether more is to come, and `drain` or
   * another `run`, which gives the same reason, lets it. With a BIOS a reset that software asks
   * for, or a triple fault, resets the board, and the run goes on.
   * @param instructions executed since the machine was made, or `reset`, at which it stops as well
   *   and returns `steps`
   */
  run(until: Ticks, instructions = Infinity): string {
    this.stopReason = '';
    this.hasEnded = false;
    const reason = this.runOn(until, instructions);
    this.hasEnded = reason === 'halted' || reason === 'shutdown' || ENDS.has(this.stopReason);
    this.drain(until);
    if (this.stopReason !== '') return this.stopReason;
    return reason === 'until' ? 'time' : reason;
  }

  private runOn(until: Ticks, instructions: number): string {
    const [processor] = this.built.processors;
    for (;;) {
      this.restartAsked = false;
      const reason = processor.run(until, instructions);
      const again = this.restarts && (this.restartAsked || reason === 'shutdown');
      if (!again || ENDS.has(this.stopReason)) return reason;
      processor.restart(() => this.board.reset(), this.board.scheduler.now + RESET_TICKS);
      if (this.stopReason !== '') return 'requested';
    }
  }

  /** Software does not go on after the last `run`: it halted for good, was reset, or has exited. */
  get ended(): boolean {
    return this.hasEnded;
  }

  /** Something is on its way out of a device, such as a character in a UART. */
  get outputPending(): boolean {
    return outputPending(this.board);
  }

  /**
   * If the last `run` found the processor stopped for good: lets devices finish what they send, at
   * most to the time `until` and for two simulated seconds.
   */
  drain(until: Ticks): void {
    if (this.hasEnded) drainOutput(this.board, until);
  }

  /** Makes `run` return at the next instruction boundary. Nothing once software has ended. */
  stop(): void {
    if (!this.hasEnded) this.halt('stopped');
  }

  /** Puts a character on the receive line of a serial port; false if it found no room. */
  serialInput(byte: number, port = 0): boolean {
    return this.built.serial[port]?.receive(byte) ?? false;
  }

  /**
   * Does what somebody outside does. False if the machine has nothing to do it to, or did not take
   * it.
   */
  input(input: MachineInput): boolean {
    const { keyboard, mouse } = this.built;
    switch (input.kind) {
      case 'character': return this.serialInput(input.byte);
      case 'key': return (input.down ? keyboard?.press(input.code) : keyboard?.release(input.code)) ?? false;
      case 'move': mouse?.move(input.right, input.up, input.wheel); break;
      case 'buttons': mouse?.buttons(input.down);
    }
    return mouse !== null;
  }

  /** Characters put on the console's receive line that have not arrived yet. */
  get serialPending(): number {
    return this.built.serial[0]?.inputPending ?? 0;
  }

  /** An address space as a debugger sees it: no effects, no time. */
  peek(space: string, address: number, size: number, tx: Transaction): number {
    const found = this.board.spaces.find((s) => s.name === space);
    if (found === undefined) throw new Error(`board ${this.boardName} has no address space ${space}`);
    tx.debug = true;
    return found.read(address, size, tx);
  }

  /** Instructions executed since the machine was made, or `reset`. */
  get instructions(): number {
    return this.built.processors[0].instructions;
  }

  counters(): MachineCounters {
    return machineCounters(this.board.components, this.built.processors[0].now);
  }

  save(): MachineState {
    return saveBoard(this.board, this.config);
  }

  /** The same with RAM itself in place of a copy of it (`MainMemory.saveInPlace`). */
  saveInPlace(): MachineState {
    return saveBoard(this.board, this.config, true);
  }

  /** Throws, and changes nothing, if the state does not fit. */
  load(state: MachineState): void {
    const fresh = !this.givenOut && this.built.processors.every((p) => !p.used);
    loadBoard(this.board, this.config, state, fresh);
    this.hasEnded = false;
  }

  private resetAsked(): void {
    const what = this.restarts ? 'begins anew' : 'stops';
    this.board.trace.note(
      this.board.scheduler.now, this.boardName, 'reset', `software asked for a reset: the machine ${what}`,
    );
    if (!this.restarts) return this.halt('reset');
    this.restartAsked = true;
    this.built.processors[0].requestStop();
  }

  private exitAsked(value: number): void {
    if (!ENDS.has(this.stopReason)) this.exitValue = value;
    this.halt('exit');
  }

  private halt(reason: string): void {
    // Software that ends counts over somebody who wanted a stop at the same instruction.
    if (!ENDS.has(this.stopReason) && (ENDS.has(reason) || this.stopReason === '')) this.stopReason = reason;
    this.built.processors[0].requestStop();
  }
}

/** All sockets, the empty ones too. @throws LoadError if there are not enough */
function plugged({ name, sockets }: BoardDefinition, hosts: Hosts): Required<Hosts> {
  const { disks = [], floppies = [], serial = [] } = hosts, drives = sockets.floppies ?? 0;
  for (const [kind, given, most] of [
    ['disks', disks, sockets.disks], ['floppies', floppies, drives], ['serial ports', serial, sockets.serial],
  ] as const)
    if (given.length > most) throw new LoadError(`board ${name}`, -1, `it has ${most} ${kind}, not ${given.length}`);
  return {
    disks: Array.from({ length: sockets.disks }, (_, i) => disks[i] ?? null),
    floppies: Array.from({ length: drives }, (_, i) => floppies[i] ?? null),
    serial: Array.from({ length: sockets.serial }, (_, i) => serial[i] ?? { transmit: () => {} }),
    audio: hosts.audio ?? null,
    frames: hosts.frames ?? null,
    pictures: hosts.pictures ?? null,
    bios: hosts.bios ?? null,
    date: hosts.date ?? null,
    onPost: hosts.onPost ?? (() => {}),
  };
}

/** Entries with ', ' between them, as `configDifference` takes them apart. */
function configuration(
  rows: OptionRows, values: Readonly<Record<string, unknown>>, hosts: Required<Hosts>,
  devices: readonly PlacedDevice[], further: readonly string[],
): string {
  const size = (disk: { size: number } | null): string => (disk === null ? 'none' : `of ${disk.size} bytes`);
  return [
    ...Object.entries(rows).map(([name, row]) => `${optionWord(name)} ${row.format(values[name])}`),
    ...hosts.disks.flatMap((disk, i) => (
      i > 0 && disk === null ? [] : [`${disk?.medium ?? 'disk'} ${i > 0 ? `${i} ` : ''}${size(disk)}`]
    )),
    ...hosts.floppies.flatMap((disk, i) => (disk === null ? [] : [`floppy ${i} ${size(disk)}`])),
    ...devices.map((d) => `device ${d.component.name} at pci ${d.device}.${d.function} ${d.settings}`.trimEnd()),
    ...further,
  ].join(', ');
}
