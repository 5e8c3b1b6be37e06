import { PcMachine, type PcMachineOptions } from '../../../src/machine/pc-machine.ts';
import type { UserDevice } from '../../../src/machine/user-devices.ts';
import type { BlockBackend } from '../../../src/host/block.ts';
import type { EngineKind } from '../../../src/jit/engine-kind.ts';
import type { RuleName } from '../../../src/sim/forgive.ts';
import { ms, toSeconds, type Ticks } from '../../../src/sim/time.ts';
import type { NoteTotal } from '../../../src/sim/trace.ts';
import { failingText, failure, satisfied, type Criteria } from '../../../src/control/software/criteria.ts';
import { LastRecords } from './last-records.ts';

/** Simulated time between two words of progress. */
const SLICE = ms(1);
/** How long before the end records are kept for the report of a failure. */
const TAIL = ms(20);

export interface ProgramTest {
  image: Uint8Array;
  commandLine: string;
  ramBytes: number;
  /** A fresh disk for each call, or null. */
  disk: () => BlockBackend | null;
  engine: EngineKind;
  forgive: readonly RuleName[];
  timeout: Ticks;
  /** Options of the board. */
  boardOptions: PcMachineOptions['options'] & object;
  devices: readonly UserDevice[];
  criteria: Criteria;
}

export interface ProgramResult {
  /** Why it failed; '' if it passed. */
  failure: string;
  reason: string;
  exitValue: number | null;
  seconds: number;
  instructions: number;
  console: string;
  notes: readonly Readonly<NoteTotal>[];
  /** The last transactions and notes, if it failed. */
  lastRecords: readonly string[];
}

/**
 * Runs a program to its end and judges it. A failure is run again, which gives the same run, with
 * its last records kept: a test that passes pays nothing for them.
 * @throws LoadError
 */
export function runProgramTest(
  test: ProgramTest, progress: (seconds: number, instructions: number) => void,
): ProgramResult {
  const { machine, text, decided } = start(test, true);
  const { criteria } = test;
  let reason = 'time';
  while (reason === 'time') {
    const now = machine.sim.scheduler.now;
    if (now >= test.timeout) {
      reason = 'timeout';
      break;
    }
    reason = machine.run(Math.min(test.timeout, now + SLICE));
    const c = machine.counters();
    progress(toSeconds(c.ticks), c.instructions);
  }
  // What decides may be among the last characters, which leave when the processor has stopped.
  if (decided() && (reason === 'halted' || reason === 'shutdown')) reason = 'stopped';
  const { ticks, instructions } = machine.counters();
  const end = { reason, exitValue: machine.exitValue, console: text(), notes: machine.sim.trace.noteTotals };
  const why = failure(criteria, end);
  return {
    failure: why, reason,
    exitValue: reason === 'exit' ? machine.exitValue : null,
    seconds: toSeconds(ticks), instructions,
    console: end.console, notes: end.notes,
    lastRecords: why === '' ? [] : recordsBefore(test, ticks),
  };
}

interface Started {
  readonly machine: PcMachine;
  readonly text: () => string;
  /** Nothing more is waited for: the machine was told to stop. */
  readonly decided: () => boolean;
}

function start(test: ProgramTest, watch: boolean): Started {
  let console = '', decided = false;
  const stop = (): void => {
    decided = true;
    machine.stop();
  };
  const machine: PcMachine = new PcMachine({
    ramBytes: test.ramBytes,
    disk: test.disk(),
    options: test.boardOptions,
    devices: test.devices,
    engine: test.engine, forgive: test.forgive,
    exitPort: true,
    onPost: () => {},
    onSerial: (byte) => {
      console += String.fromCharCode(byte);
      if (watch && (failingText(test.criteria, console) !== null || satisfied(test.criteria, console))) stop();
    },
  });
  if (watch && test.criteria.failNote.length > 0)
    machine.sim.trace.onNote((what) => {
      if (test.criteria.failNote.includes(what)) stop();
    });
  machine.boot({ kind: 'program', image: test.image, commandLine: test.commandLine });
  return { machine, text: () => console, decided: () => decided };
}

function recordsBefore(test: ProgramTest, end: Ticks): string[] {
  const { machine } = start(test, false);
  if (end > TAIL) machine.run(end - TAIL);
  const last = new LastRecords();
  machine.sim.trace.listen(last.record);
  machine.run(end);
  return last.lines();
}
