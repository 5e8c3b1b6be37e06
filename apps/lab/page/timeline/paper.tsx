import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { timeText } from '../../../../src/control/export/record-line.ts';
import { redrawn, sizeCanvas } from '../canvas.ts';
import { coloursOf, onPaperChange } from '../colours.ts';
import { active, moments, panes, selection, shown } from '../state/workbench.ts';
import { arrows, selectedKnot } from './chain.ts';
import { measured, snapped, type Measured } from './measure.ts';
import { chosenLane, fit, goTo, originOf, rows, sides, view, whole, width, zoom, pan, following,
  type PaneNumber } from './model.ts';
import { paint, type Scene } from './paint.ts';
import { AXIS_HEIGHT } from './paint-axis.ts';
import { pick } from './pick.ts';
import { rowAt } from './rows.ts';
import { panned, timeAt, zoomed } from './scale.ts';
import { edgeAt } from './source.ts';
import { spanWords } from './words.ts';

/** Movement in pixels from which a press is a drag. */
const DRAG = 4;
/** Pixels within which an edge attracts. */
const SNAP = 8;

/** The canvas with axis and lanes; `scroll` tells how far the rows are scrolled. */
export function Paper({ body }: { body: { readonly current: HTMLElement | null } }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const paper = canvas.current, scroller = body.current;
    if (paper === null || scroller === null) return undefined;
    return attach(paper, scroller);
  }, []);
  return (
    <div class="timeline-paper">
      <canvas ref={canvas} role="img" aria-label={seen()} />
    </div>
  );
}

/** What is seen, in words. */
function seen(): string {
  const { from, span } = view.value, pane = shown.value === 2 ? ' of the job' : '';
  return `lanes from ${timeText(Math.round(from))} to ${timeText(Math.round(from + span))}${pane}: ` +
    'the line below and the list say what is selected';
}

/** Draws when something changed, and listens to the pointer. Returns what ends it. */
function attach(paper: HTMLCanvasElement, scroller: HTMLElement): () => void {
  const context = paper.getContext('2d', { alpha: false });
  if (context === null) return () => {};
  let colours = coloursOf(scroller), height = 0;
  const { soon, end } = redrawn(() => {
    if (width.peek() === 0 || height === 0) return;
    const ratio = sizeCanvas(paper, width.peek(), height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(context, colours, {
      view: view.peek(), width: width.peek(), height, scroll: scroller.scrollTop, rows: rows.peek(),
      scenes: [sceneOf(0), sceneOf(1)], chosen: chosenLane.peek(), chain: arrows.peek(), selected: selectedKnot.peek(),
      span: spanOf(),
    });
  });
  const size = new ResizeObserver(() => {
    height = scroller.clientHeight;
    width.value = paper.parentElement?.clientWidth ?? 0;
    paper.style.height = `${height}px`;
    soon();
  });
  size.observe(scroller);
  if (paper.parentElement !== null) size.observe(paper.parentElement);
  scroller.addEventListener('scroll', soon, { passive: true });
  const unwatch = onPaperChange(() => {
    colours = coloursOf(scroller);
    soon();
  });
  const stop = effect(() => {
    // Everything that is drawn: a change of any of it is drawn at the next frame.
    void [view.value, width.value, rows.value, chosenLane.value, measured.value, arrows.value, selectedKnot.value,
      selection.value, shown.value, moments[0].value, moments[1].value];
    for (const side of sides) void [side.picture.value, side.pane.status.value, side.pane.sheet.value];
    soon();
  });
  const quiet = listen(paper, scroller);
  return () => {
    stop();
    quiet();
    size.disconnect();
    unwatch();
    scroller.removeEventListener('scroll', soon);
    end();
  };
}

function sceneOf(pane: PaneNumber): Scene {
  const { sheet, status } = panes[pane];
  return {
    picture: sides[pane].picture.peek(), board: sheet.peek()?.board ?? null, origin: originOf(pane),
    now: status.peek()?.now ?? 0, moment: moments[pane].peek().time, marks: status.peek()?.marks ?? [],
  };
}

function spanOf(): { from: number; to: number; words: string } | null {
  const span = measured.peek();
  if (span === null) return null;
  const origin = originOf(span.pane), board = panes[span.pane].sheet.peek()?.board;
  const [from, to] = span.from < span.to ? [span.from, span.to] : [span.to, span.from];
  return { from: from - origin, to: to - origin, words: spanWords(to - from, board?.clocks ?? [], board?.buses ?? []) };
}

interface Press {
  readonly x: number;
  readonly y: number;
  /** View when it began. */
  readonly view: typeof view.value;
  dragged: boolean;
}

/** Pointer and wheel: zoom, pan, measure, select. Returns what ends it. */
function listen(paper: HTMLCanvasElement, scroller: HTMLElement): () => void {
  const presses = new Map<number, Press>(), places = new Map<number, number>();
  let apart = 0;
  const at = (e: MouseEvent): { x: number; y: number } => {
    const box = paper.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  };
  const paneAt = (y: number): PaneNumber => rowOf(y)?.panes[0] ?? active.peek();
  const rowOf = (y: number) => rows.peek()[rowAt(rows.peek(), y - AXIS_HEIGHT + scroller.scrollTop)];
  const ticks = (pixels: number): number => (pixels / width.peek()) * view.peek().span;
  const snap = (x: number, pane: PaneNumber): number => {
    const time = timeAt(view.peek(), width.peek(), x) + originOf(pane);
    return Math.round(snapped(sides[pane].picture.peek(), time, ticks(SNAP)));
  };
  const wheel = (e: WheelEvent): void => {
    e.preventDefault();
    const line = e.deltaMode === 1 ? 16 : 1, { x } = at(e);
    if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY))
      return pan(((e.shiftKey && e.deltaX === 0 ? e.deltaY : e.deltaX) * line) / width.peek());
    zoom(Math.exp((e.deltaY * line) / (e.ctrlKey ? 100 : 300)), timeAt(view.peek(), width.peek(), x));
  };
  const down = (e: PointerEvent): void => {
    if (e.button !== 0) return;
    paper.setPointerCapture(e.pointerId);
    const { x, y } = at(e);
    presses.set(e.pointerId, { x, y, view: view.peek(), dragged: false });
    places.set(e.pointerId, x);
    apart = spread(places);
  };
  const move = (e: PointerEvent): void => {
    const press = presses.get(e.pointerId), { x, y } = at(e);
    if (press === undefined) {
      paper.style.cursor = y < AXIS_HEIGHT ? 'col-resize' : 'default';
      return;
    }
    places.set(e.pointerId, x);
    if (presses.size === 2) {
      press.dragged = true;
      const next = spread(places), middle = [...places.values()].reduce((a, b) => a + b, 0) / 2;
      following.value = false;
      view.value = zoomed(view.peek(), apart / next, timeAt(view.peek(), width.peek(), middle), whole.peek());
      apart = next;
      return;
    }
    if (!press.dragged && Math.hypot(x - press.x, y - press.y) < DRAG) return;
    press.dragged = true;
    if (press.y < AXIS_HEIGHT) {
      const pane = active.peek();
      measured.value = { pane, from: snap(press.x, pane), to: snap(x, pane), done: false };
      return;
    }
    following.value = false;
    view.value = panned(press.view, -ticks(x - press.x), whole.peek());
  };
  const up = (e: PointerEvent): void => {
    const press = presses.get(e.pointerId), { x, y } = at(e);
    presses.delete(e.pointerId);
    places.delete(e.pointerId);
    if (press === undefined) return;
    const span = measured.peek();
    if (span !== null && press.dragged) void settle(span, ticks(SNAP));
    if (press.dragged || e.type === 'pointercancel') return;
    measured.value = null;
    const row = rowOf(y), pane = paneAt(y);
    const time = timeAt(view.peek(), width.peek(), x) + originOf(pane);
    if (y < AXIS_HEIGHT || row?.lane == null) return goTo(pane, time);
    chosenLane.value = row.lane.key;
    void pick(pane, row.lane, time, ticks(SNAP));
  };
  paper.addEventListener('wheel', wheel, { passive: false });
  paper.addEventListener('pointerdown', down);
  paper.addEventListener('pointermove', move);
  paper.addEventListener('pointerup', up);
  paper.addEventListener('pointercancel', up);
  paper.addEventListener('dblclick', fit);
  return () => {
    paper.removeEventListener('wheel', wheel);
    paper.removeEventListener('pointerdown', down);
    paper.removeEventListener('pointermove', move);
    paper.removeEventListener('pointerup', up);
    paper.removeEventListener('pointercancel', up);
    paper.removeEventListener('dblclick', fit);
  };
}

/** A span is measured: its ends go to edges of the chosen lane, also where those are not drawn. */
async function settle(span: Measured, reach: number): Promise<void> {
  measured.value = { ...span, done: true };
  const lane = rows.peek().find((r) => r.lane?.key === chosenLane.peek() && r.panes.includes(span.pane))?.lane;
  if (lane == null) return;
  const [from, to] = await Promise.all([span.from, span.to].map((at) => edgeAt(panes[span.pane], lane, at, reach)));
  if (measured.peek()?.from === span.from && measured.peek()?.to === span.to)
    measured.value = { pane: span.pane, from: from?.time ?? span.from, to: to?.time ?? span.to, done: true };
}

function spread(places: ReadonlyMap<number, number>): number {
  const xs = [...places.values()];
  return xs.length < 2 ? 1 : Math.max(1, Math.abs(xs[0] - xs[1]));
}
