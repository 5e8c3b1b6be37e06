/**
 * What the architecture asks of the core that it is built into (`cpu/`): the bus in time, the
 * instruction budget, notes.
 */
export interface Environment {
  /**
   * Timed access to a physical address that is not plain RAM, 1, 2 or 4 bytes within a page;
   * memoryType one of MEMORY_TYPE.
   */
  busRead(address: number, size: number, memoryType: number): number;
  busWrite(address: number, size: number, value: number, memoryType: number): void;
  /** Timed port access. Privilege is checked by the caller. */
  portRead(port: number, size: number): number;
  portWrite(port: number, size: number, value: number): void;
  /**
   * A store to a RAM page that holds decoded code, about to happen: host address in linear memory.
   */
  codeWritten(host: number, length: number): void;

  /**
   * Instructions that may still run before the deadline, the current one included (for repeated
   * string instructions).
   */
  budget(): number;
  /** Counts n further instructions as run (n may be -1). */
  consume(n: number): void;
  /** The current instruction will be started again: its helper returns without having completed. */
  restart(): void;
  /**
   * Something wants attention after a device access: an event is due or an interrupt can be taken.
   */
  attention(): boolean;
  /** Leave the interpreter after this µop. */
  leave(): void;
  /** The helper has set PC: leave for the run loop. */
  jumped(): void;
  /**
   * The helper has set PC, and a µop behind it goes there: leave only if the run loop has something
   * to do first.
   */
  resumed(): void;
  /** CS, CPL, a mode bit, or whether a data segment is flat has changed. */
  modeChanged(): void;
  /**
   * Interrupts are held back for one more instruction after this one; with `debugTraps` single-step
   * traps too.
   */
  inhibitInterrupts(debugTraps: boolean): void;
  /** IF was set: an interrupt may have become deliverable. */
  interruptsEnabled(): void;

  /** EIP of the instruction being executed, and of the one after it. */
  currentPc(): number;
  nextPc(): number;
  /** Cycles since the processor's time stamp counter was 0. */
  timeStamp(): number;
  setTimeStamp(cycles: number): void;
  /** Instructions executed since reset. */
  instructionCount(): number;
  /** Jump targets found by virtual address are void: those of `JUMPS` bits `which`. */
  flushJumps(which: number): void;
  note(what: string, detail: string): void;
}
