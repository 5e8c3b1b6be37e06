/** The timeline from the keyboard. */
import { active, moments, selection } from '../state/workbench.ts';
import { walk } from './chain.ts';
import { measured, snapped } from './measure.ts';
import { arrangement, chosenLane, fit, pan, rows, sides, view, width, zoom } from './model.ts';
import { pick } from './pick.ts';
import { moved, pin, thin } from './rows.ts';

/** What the keys do, for a list of them. */
export const KEYS = [
  ['+ −', 'zoom'], ['shift ← →', 'earlier, later'], ['0', 'the whole run'], ['↑ ↓', 'another lane'],
  ['Enter', 'select what the lane has at the moment'], ['c', 'to the cause, over equal links at once'],
  ['e', 'to what it led to, over equal links at once'], ['C E', 'the same, link by link'],
  ['n p', 'next and previous request of the same work, else effect of the same cause'],
  [', .', 'back and on through all records of the piece of work'], ['m … m', 'measure'],
  ['o', 'pin the lane to the top'], ['x', 'thin lane'], ['Alt ↑ ↓', 'move the lane'],
  ['Esc', 'nothing selected, nothing measured'],
] as const;

/** Keys that reach the timeline; others go on to the page. */
export function onKey(e: KeyboardEvent): void {
  if (e.ctrlKey || e.metaKey || e.target instanceof HTMLButtonElement && (e.key === 'Enter' || e.key === ' ')) return;
  const act = action(e);
  if (act === null) return;
  e.preventDefault();
  e.stopPropagation();
  act(e.currentTarget as HTMLElement);
}

function action({ key, shiftKey, altKey }: KeyboardEvent): ((body: HTMLElement) => void) | null {
  const lane = chosenLane.peek(), pane = paneOf(lane);
  if (altKey && (key === 'ArrowUp' || key === 'ArrowDown'))
    return () => {
      arrangement.value = moved(arrangement.peek(), sides[pane].lanes.peek(), lane, key === 'ArrowUp' ? -1 : 1);
    };
  if (altKey) return null;
  switch (key) {
    case '+': case '=': return () => zoom(0.5);
    case '-': case '_': return () => zoom(2);
    case '0': case 'f': return fit;
    case 'ArrowLeft': return shiftKey ? () => pan(-0.2) : null;
    case 'ArrowRight': return shiftKey ? () => pan(0.2) : null;
    case 'ArrowUp': return (body) => choose(-1, body);
    case 'ArrowDown': return (body) => choose(1, body);
    case 'Enter': return lane === '' ? null : () => pickIn(pane, lane);
    case 'c': return () => void walk('origin');
    case 'e': return () => void walk('outcome');
    case 'C': return () => void walk('cause');
    case 'E': return () => void walk('effect');
    case 'n': return () => void walk('next');
    case 'p': return () => void walk('previous');
    case '.': return () => void walk('on');
    case ',': return () => void walk('back');
    case 'm': return measure;
    case 'o': return lane === '' ? null : () => { arrangement.value = pin(arrangement.peek(), lane); };
    case 'x': return lane === '' ? null : () => { arrangement.value = thin(arrangement.peek(), lane); };
    case 'Escape': return () => {
      measured.value = null;
      selection.value = { kind: 'none' };
    };
    default: return null;
  }
}

function paneOf(lane: string): 0 | 1 {
  const found = rows.peek().filter((r) => r.lane?.key === lane);
  return found.some((r) => r.panes.includes(active.peek())) ? active.peek() : (found[0]?.panes[0] ?? active.peek());
}

/** What the lane has at the moment or nearest to it. */
function pickIn(pane: 0 | 1, key: string): void {
  const lane = rows.peek().find((r) => r.lane?.key === key && r.panes.includes(pane))?.lane;
  if (lane != null) void pick(pane, lane, moments[pane].peek().time, Infinity);
}

/** The lane above or below, in view. */
function choose(by: -1 | 1, body: HTMLElement): void {
  const lanes = rows.peek().filter((r) => r.lane !== null);
  const at = lanes.findIndex((r) => r.lane?.key === chosenLane.peek() && r.panes.includes(active.peek()));
  const next = lanes[at < 0 ? 0 : Math.min(Math.max(at + by, 0), lanes.length - 1)];
  if (next?.lane == null) return;
  chosenLane.value = next.lane.key;
  if (next.panes.length === 1) active.value = next.panes[0];
  const room = body.clientHeight - 24;
  if (next.y < body.scrollTop) body.scrollTop = next.y;
  else if (next.y + next.height > body.scrollTop + room) body.scrollTop = next.y + next.height - room;
}

/** The first time a span begins at the moment, the second time it ends there. */
function measure(): void {
  const pane = active.peek(), span = measured.peek(), reach = (view.peek().span / Math.max(1, width.peek())) * 8;
  const at = Math.round(snapped(sides[pane].picture.peek(), moments[pane].peek().time, reach));
  measured.value = span === null || span.done
    ? { pane, from: at, to: at, done: false }
    : { ...span, to: at, done: true };
}
