import { Device } from '../hw/device.ts';
import type { SavedEvent } from '../sim/scheduler.ts';
import type { SavedState } from '../sim/state.ts';
import type { Board } from './board.ts';

/** A machine's state as plain data. `control/snapshot-format.ts` gives it a file format. */
export interface MachineState {
  board: string;
  /** Options that must be equal for the state to fit (RAM size, disk size …). */
  config: string;
  scheduler: { now: number; sequence: number; events: SavedEvent[] };
  buses: Record<string, number>;
  components: Record<string, SavedState>;
  lines: Record<string, boolean>;
}

/** Everything a board remembers. Take it only between two runs (at an instruction boundary). */
export function saveBoard(board: Board, config: string): MachineState {
  const components: Record<string, SavedState> = {};
  for (const c of board.components) components[c.name] = c.save();
  const lines: Record<string, boolean> = {};
  for (const w of board.wires) lines[w.line.name] = w.line.level;
  return {
    board: board.name, config,
    scheduler: board.scheduler.save(),
    buses: Object.fromEntries(board.buses.map((b) => [b.name, b.busyUntil])),
    components, lines,
  };
}

/**
 * Restores. Checks everything first: throws with one clear line, and nothing is changed, if the
 * state does not fit this machine.
 */
export function loadBoard(board: Board, config: string, state: MachineState): void {
  if (state.board !== board.name)
    throw new Error(`the snapshot is of board ${state.board}, this machine is ${board.name}`);
  if (state.config !== config)
    throw new Error(`the snapshot was made with ${state.config}, this machine has ${config}`);
  for (const c of board.components) {
    const saved = state.components[c.name];
    if (saved === undefined) throw new Error(`the snapshot lacks ${c.name}`);
    const wrong = c.mismatch(saved);
    if (wrong !== '') throw new Error(`the snapshot's ${c.name} does not fit: ${wrong}`);
  }
  for (const bus of board.buses) if (!(bus.name in state.buses)) throw new Error(`the snapshot lacks bus ${bus.name}`);
  board.scheduler.load(state.scheduler);
  for (const bus of board.buses) bus.busyUntil = state.buses[bus.name];
  for (const w of board.wires) w.line.restore(state.lines[w.line.name] ?? false);
  for (const gate of board.gates) gate.restore();
  for (const c of board.components) c.load(state.components[c.name]);
  for (const c of board.components) if (c instanceof Device) c.restored();
}
