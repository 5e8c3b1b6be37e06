import { Device } from '../hw/device.ts';
import type { SavedEvents } from '../sim/scheduler.ts';
import type { SavedState } from '../sim/state.ts';
import type { NoteTotal } from '../sim/trace.ts';
import type { Board } from './board.ts';
import { MainMemory } from './main-memory.ts';

/** A machine's state as plain data. `control/snapshot-format.ts` gives it a file format. */
export interface MachineState {
  board: string;
  /** Options that must be equal for the state to fit (RAM size, disk size …). */
  config: string;
  scheduler: SavedEvents;
  /** Until when each is taken (ticks). */
  buses: Record<string, number>;
  components: Record<string, SavedState>;
  /** Levels of all lines. */
  lines: Record<string, boolean>;
  /** What was noted from reset on: a run that goes on sums up all of it. */
  notes: NoteTotal[];
}

/**
 * Everything a board remembers. Take it only between two runs (at an instruction boundary).
 * @param inPlace RAM and other large arrays are not copied (`Component.saveInPlace`)
 */
export function saveBoard(board: Board, config: string, inPlace = false): MachineState {
  return {
    board: board.name, config,
    scheduler: board.scheduler.save(),
    buses: Object.fromEntries(board.buses.map((b) => [b.name, b.busyUntil])),
    components: Object.fromEntries(
      board.components.map((c) => [c.name, inPlace ? c.saveInPlace() : c.save()]),
    ),
    lines: Object.fromEntries(board.lines.map((l) => [l.name, l.level])),
    notes: board.trace.noteTotals.map((total) => ({ ...total })),
  };
}

/**
 * Restores. Checks everything first: throws with one clear line, and nothing is changed, if the
 * state does not fit this machine.
 * @param fresh nobody but firmware, the processors and the buses can have written to RAM, and no
 *   processor has run: most of it need not be looked at
 */
export function loadBoard(board: Board, config: string, state: MachineState, fresh = false): void {
  if (state.board !== board.name)
    throw new Error(`it is of board ${state.board}, this machine is ${board.name}`);
  const other = configDifference(state.config, config);
  if (other !== '') throw new Error(other);
  sameNames('', board.components, state.components);
  sameNames('line ', board.lines, state.lines);
  sameNames('bus ', board.buses, state.buses);
  const events = board.scheduler.mismatch(state.scheduler);
  if (events !== '') throw new Error(events);
  for (const { name } of board.buses) {
    const until = state.buses[name];
    if (!Number.isSafeInteger(until) || until < 0) throw new Error(`bus ${name} is taken until ${until} ticks`);
  }
  for (const c of board.components) {
    const wrong = c.mismatch(state.components[c.name]);
    if (wrong !== '') throw new Error(`${c.name} does not fit: ${wrong}`);
  }
  board.trace.forget();
  board.trace.loadNotes(state.notes);
  board.scheduler.load(state.scheduler);
  for (const bus of board.buses) bus.busyUntil = state.buses[bus.name];
  for (const line of board.lines) line.restore(state.lines[line.name]);
  for (const c of board.components) {
    const saved = state.components[c.name];
    if (c instanceof MainMemory) c.load(saved, fresh);
    else c.load(saved);
  }
  for (const c of board.components) if (c instanceof Device) c.restored();
}

/**
 * What differs between a snapshot's configuration and this machine's (entries with commas between
 * them), in one sentence; '' if nothing does.
 */
export function configDifference(snapshot: string, machine: string): string {
  if (snapshot === machine) return '';
  const there = snapshot.split(', '), here = machine.split(', ');
  const words = (own: string[], other: string[]): string => own.filter((e) => !other.includes(e)).join(', ');
  const a = words(there, here), b = words(here, there);
  if (b === '') return `it was made with ${a}, which this machine has not`;
  if (a === '') return `this machine has ${b}, which it was not made with`;
  return `it was made with ${a}, this machine has ${b}`;
}

function sameNames(
  kind: string, here: readonly { readonly name: string }[], there: Readonly<Record<string, unknown>>,
): void {
  const names = new Set(here.map((e) => e.name));
  for (const name of Object.keys(there))
    if (!names.has(name)) throw new Error(`it has ${kind}${name}, which this machine has not`);
  for (const name of names)
    if (!Object.hasOwn(there, name)) throw new Error(`it lacks ${kind}${name}, which this machine has`);
}
