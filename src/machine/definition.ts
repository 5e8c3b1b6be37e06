import type { AudioBackend } from '../host/audio.ts';
import type { BlockBackend } from '../host/block.ts';
import type { CharBackend } from '../host/char.ts';
import type { FrameTap } from '../host/frames.ts';
import type { KeyboardInput, MouseInput } from '../host/input.ts';
import type { PictureTap } from '../host/video.ts';
import type { RtcDate } from '../hw/rtc/mc146818/calendar.ts';
import type { JitOptions } from '../jit/compiler/jit-options.ts';
import type { EngineKind } from '../jit/engine-kind.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import type { Parameter, ValuesOf } from '../sim/parameter.ts';
import type { Ticks } from '../sim/time.ts';
import type { Board } from './board.ts';
import type { Bios } from './firmware/bios.ts';
import type { PciBridgeEdge } from './graph.ts';
import type { Software } from './software.ts';

/** The options of a board: names, defaults, units, ranges, sources. */
export type OptionRows = Readonly<Record<string, Parameter>>;

/** What the outside world plugs into a machine. What is left out is not plugged in. */
export interface Hosts {
  /** By position: on a PC primary master and slave, secondary master and slave. */
  disks?: readonly (BlockBackend | null)[];
  /** Images of floppy disks, by drive. A drive is there if it has a disk, or `NO_DISK`. */
  floppies?: readonly (BlockBackend | null)[];
  /** Far ends of the serial ports, the console first. */
  serial?: readonly CharBackend[];
  /** Where sound goes. */
  audio?: AudioBackend | null;
  /** Who looks at the wires of network cards. */
  frames?: FrameTap | null;
  /** Who gets the pictures that display cards send. */
  pictures?: PictureTap | null;
  /** The BIOS in the board's socket; null: the board does a BIOS's work before software starts. */
  bios?: Bios | null;
  /** Date and time of the board's clock at power on; the chip's own if null. */
  date?: RtcDate | null;
  /** Software wrote a code to the board's POST latch. */
  onPost?: (code: number) => void;
}

/** How guest code is executed. What is simulated is the same either way. */
export interface Execution {
  engine: EngineKind;
  /** When `jit` compiles what; for tests. */
  jit?: JitOptions;
}

/** What a board's builder gets beside its options. */
export interface Surroundings {
  readonly hosts: Required<Hosts>;
  readonly execution: Execution;
  /** Software asked for a reset. Callable inside an access. */
  readonly onReset: () => void;
  /**
   * Software wrote to the exit port for test programs; null: there is none. Callable inside an
   * access.
   */
  readonly onExit: ((value: number) => void) | null;
}

/** What a machine needs of a processor. */
export interface MachineProcessor {
  readonly name: string;
  /** Time of the last instruction boundary. */
  readonly now: Ticks;
  /** It was run since it was made. */
  readonly used: boolean;
  /** Instructions executed since reset; `restart` counts on. */
  readonly instructions: number;
  /**
   * Runs until a time (`until`) or until there have been so many `instructions` (`steps`), or says
   * what stopped it.
   */
  run(until: Ticks, instructions?: number): string;
  /** Makes `run` return at the next instruction boundary. */
  requestStop(): void;
  /** Has `reset` reset the board between two runs; nothing executes until a time. */
  restart(reset: () => void, until: Ticks): void;
}

/** A serial port as the host sees it. */
export interface MachineSerialPort {
  /** Puts a character on the receive line; false if it found no room. */
  receive(byte: number): boolean;
  /** Characters received that have not arrived yet. */
  readonly inputPending: number;
}

/** What a machine needs of a board that was built. Boards add what their users reach by name. */
export interface BoardParts {
  readonly processors: readonly MachineProcessor[];
  /** The address space that software is loaded into. */
  readonly memory: AddressSpace;
  /** Main memory; index = physical address. */
  readonly ram: Uint8Array;
  readonly serial: readonly MachineSerialPort[];
  readonly keyboard: KeyboardInput | null;
  readonly mouse: MouseInput | null;
  /** Where cards go, if the board has slots. */
  readonly pci: PciBridgeEdge | null;
  /** What firmware does between the reset and the start of software. */
  firmware(): void;
  /** Loads software and sets the processor to its entry. @throws LoadError */
  boot(software: Software): void;
}

/** How much of each kind can be plugged into a board. */
export interface Sockets {
  readonly disks: number;
  readonly serial: number;
  /** None if left out. */
  readonly floppies?: number;
}

/** A board as data: its options and how they become a graph. */
export interface BoardDefinition<R extends OptionRows = OptionRows, P extends BoardParts = BoardParts> {
  readonly name: string;
  /** One line for lists. */
  readonly summary: string;
  readonly options: R;
  /** How much of each kind can be plugged in. */
  readonly sockets: Sockets;
  /** Adds components and edges to an empty board. Nothing is reset yet. */
  build(board: Board, options: ValuesOf<R>, surroundings: Surroundings): P;
}

/** Declares a board. */
export function board<R extends OptionRows, P extends BoardParts>(
  name: string,
  about: { summary: string; options: R; sockets: Sockets },
  build: (board: Board, options: ValuesOf<R>, surroundings: Surroundings) => P,
): BoardDefinition<R, P> {
  return { name, ...about, build };
}
