import { setImmediate, setTimeout } from 'node:timers/promises';
import type { TerminalFlow } from '../../src/control/terminal-flow.ts';
import { qemuExitStatus } from '../../src/hw/misc/debug-exit/debug-exit.ts';
import type { PcMachine } from '../../src/machine/pc-machine.ts';
import { toSeconds, type Ticks } from '../../src/sim/time.ts';
import { CONSOLE_HELP, type Console } from './hosts/console.ts';
import { Progress } from './progress.ts';
import type { End } from './reports/run.ts';
import type { Saver } from './snapshots/saver.ts';
import type { TimedActions } from './timed-actions.ts';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface ConsoleRun {
  readonly machine: PcMachine;
  readonly terminal: Console;
  /** When the machine is typed to, and also how often signals and progress are looked at. */
  readonly flow: TerminalFlow;
  readonly saver: Saver;
  /** What is done to it at given times. */
  readonly timed: TimedActions;
  /** Simulated time at which it ends. */
  readonly until: Ticks;
  /** A kernel is started: if it halts for good and has never said anything, it has given up. */
  readonly boots: boolean;
  /** No progress. */
  readonly quiet: boolean;
}

/** Runs a machine with the terminal as its console, until it ends or somebody ends it. */
export async function runWithConsole(
  { machine, terminal, flow, saver, timed, until, boots, quiet }: ConsoleRun,
): Promise<End> {
  const progress = new Progress(process.stderr, !quiet && process.stdout.isTTY !== true);
  progress.phase = 'running';
  let signal: keyof typeof SIGNALS | null = null;
  const onSignal = (name: NodeJS.Signals): void => { signal = name as keyof typeof SIGNALS; };
  for (const name of Object.keys(SIGNALS)) process.on(name, onSignal);
  terminal.open();
  // Only now: whoever reads it may type at once, and the keys are raw.
  if (terminal.interactive) process.stderr.write(`[${CONSOLE_HELP}]\n`);
  await terminal.begun();
  // Simulated milliseconds are counted from here on, also if the machine is not at its start.
  const start = toSeconds(machine.sim.scheduler.now) * 1e3;
  let origin = performance.now();
  try {
    for (;;) {
      if (saver.due) {
        terminal.flush();
        progress.clear();
        if (terminal.interactive && terminal.midLine) process.stderr.write('\n');
        saver.save();
      }
      const now = machine.sim.scheduler.now;
      if (now >= until) timed.doUntil(now);
      if (now >= until) return { reason: 'until', status: 0, exitValue: null, counters: machine.counters() };
      if (now >= flow.nextLook && flow.look(terminal.waiting)) machine.serialInput(terminal.take());
      timed.doUntil(now);
      const reason = machine.run(Math.min(until, saver.next, flow.nextLook, timed.next));
      if (reason === 'stopped') continue;
      if (reason !== 'time') {
        machine.drain(until);
        return endOf(reason, machine, boots && terminal.received === 0);
      }
      terminal.flush();
      progress.update(toSeconds(machine.sim.scheduler.now), machine.counters().instructions);
      // A guest that sleeps must not make the clock race before somebody who types; time lost to a
      // slow stretch is not made up for.
      let ahead = toSeconds(machine.sim.scheduler.now) * 1e3 - start - (performance.now() - origin);
      if (ahead < 0) {
        origin -= ahead;
        ahead = 0;
      }
      if (terminal.interactive && ahead > 5) await setTimeout(Math.min(ahead, 50));
      else await setImmediate();
      if (terminal.left) return { reason: 'left', status: 0, exitValue: null, counters: machine.counters() };
      if (terminal.hungUp) signal ??= 'SIGHUP';
      if (signal !== null)
        return { reason: signal, status: SIGNALS[signal], exitValue: null, counters: machine.counters() };
    }
  } finally {
    progress.clear();
    terminal.close();
    if (terminal.interactive) process.stderr.write('\n');
    for (const name of Object.keys(SIGNALS)) process.off(name, onSignal);
  }
}

/** @param silent a kernel that has not said a character */
function endOf(reason: string, machine: PcMachine, silent: boolean): End {
  const counters = machine.counters();
  const gaveUp = reason === 'halted' && silent;
  const exitValue = reason === 'exit' ? machine.exitValue : null;
  const bad = reason === 'shutdown' || gaveUp ? 1 : 0;
  return { reason, status: exitValue === null ? bad : qemuExitStatus(exitValue), exitValue, counters };
}
