import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Diagram, DrawnPart } from '../../../../src/control/diagram/diagram.ts';
import { layout } from '../../../../src/control/diagram/layout.ts';
import type { MachineSheet } from '../../protocol/machine.ts';
import { plans } from '../state/actions.ts';
import { moments, pace, panes, playing, selection, active } from '../state/workbench.ts';
import { onPaperChange } from '../colours.ts';
import { Drawing } from './drawing.ts';
import { Legend } from './legend.tsx';
import { Log } from './log.tsx';
import { PartList } from './part-list.tsx';
import { fit, pan, zoom, type Viewport } from './viewport.ts';

/** A step of the zoom; sizes for which a drawing is laid out anew (CSS pixels). */
const STEP = 1.25, LAYOUT_STEP = 12;

/** The machine of a pane as a block diagram with the datum on its way. */
export function MachinePanel({ pane }: { pane: 0 | 1 }) {
  const place = useRef<HTMLDivElement>(null), canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useMemo(() => new Drawing(pane), [pane]);
  const size = useSignal({ width: 0, height: 0 });
  /** Where the reader has moved the drawing; null: it is as large as fits. */
  const moved = useSignal<Viewport | null>(null);
  const name = pane === 0 ? 'A' : 'B';
  const sheet = panes[pane].sheet.value;
  const phase = useComputed(() => {
    const status = panes[pane].status.value;
    return status?.state === 'over' ? 'finished' : status?.phase ?? '';
  });
  /** Who takes part, of which machine; drawn when that is known. */
  const cast = useSignal<{ readonly of: MachineSheet; readonly parts: readonly string[] | null } | null>(null);
  useSignalEffect(() => {
    const of = panes[pane].sheet.value;
    if (of === null) return;
    void castOf(pane).then((parts) => {
      if (panes[pane].sheet.peek() === of) cast.value = { of, parts };
    });
  });
  /** The panel's size, coarsely: of every pixel there would be a drawing. */
  const across = useComputed(() => coarse(size.value.width)), down = useComputed(() => coarse(size.value.height));
  const diagram = useComputed<Diagram | null>(() => {
    const open = panes[pane].sheet.value, known = cast.value, shape = { width: across.value, height: down.value };
    if (open === null || known?.of !== open || shape.width * shape.height === 0) return null;
    return layout(open.board, { shape, ...(known.parts === null ? {} : { important: known.parts }) });
  }).value;
  const view = moved.value ?? (diagram === null ? null : fit(diagram, size.value.width, size.value.height));

  useEffect(() => {
    const element = place.current as HTMLDivElement;
    const observer = new ResizeObserver(() => {
      size.value = { width: element.clientWidth, height: element.clientHeight };
    });
    observer.observe(element);
    drawing.attach(element, canvas.current as HTMLCanvasElement);
    const ended = onPaperChange(() => drawing.paperChanged());
    return () => {
      observer.disconnect();
      ended();
      drawing.detach();
    };
  }, [drawing, size]);
  useEffect(() => {
    moved.value = null;
  }, [diagram, moved]);
  useEffect(() => drawing.show(diagram, view, size.value), [drawing, diagram, view, size.value]);
  useSignalEffect(() => {
    void [moments[pane].value, panes[pane].status.value, pace.value, playing.value, selection.value,
      active.value];
    drawing.changed();
  });

  const at = (event: MouseEvent): { x: number; y: number } => {
    const box = (place.current as HTMLDivElement).getBoundingClientRect();
    return { x: event.clientX - box.x, y: event.clientY - box.y };
  };
  const keys = (event: KeyboardEvent): void => {
    if (view === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const middle = { x: size.value.width / 2, y: size.value.height / 2 };
    const to = event.key === '+' || event.key === '=' ? zoom(view, STEP, middle)
      : event.key === '-' ? zoom(view, 1 / STEP, middle)
        : event.key === '0' ? null : undefined;
    if (to === undefined) return;
    moved.value = to;
    event.preventDefault();
  };
  const wheel = (event: WheelEvent): void => {
    // A page that is scrolled past stays as it is.
    if (view === null || !(event.ctrlKey || (place.current as HTMLElement).contains(document.activeElement))) return;
    event.preventDefault();
    moved.value = zoom(view, 2 ** (-event.deltaY / 300), at(event));
  };
  const drag = (event: PointerEvent): void => {
    if (view === null || event.buttons !== 1 || moved.value === null) return;
    moved.value = pan(view, event.movementX, event.movementY);
  };
  const choose = (part: string): void => {
    active.value = pane;
    selection.value = { kind: 'part', name: part };
  };
  const figures = drawing.figures.value;
  const about = (part: DrawnPart): string => [
    diagram?.board.components.find((c) => c.name === part.name)?.title ?? '', figures.get(part.name) ?? '',
  ].filter((t) => t !== '').join(', ');

  return (
    <section aria-label={`machine ${name}`} class="machine" ref={(e) => drawing.tellTo(e)} onKeyDown={keys}>
      <p class="machine-line">
        <strong>{sheet?.method ?? 'No machine is open'}</strong>
        <span>{phase}</span>
        <Legend drawing={drawing} board={sheet?.board ?? null} />
        {moved.value !== null && <button type="button" onClick={() => { moved.value = null; }}>Whole machine</button>}
      </p>
      <div class="machine-place" ref={place} onWheel={wheel} onPointerMove={drag}>
        <canvas ref={canvas} role="img" aria-label={describe(diagram)} />
        {diagram !== null && view !== null && (
          <PartList diagram={diagram} mine={active.value === pane}
            view={view} about={about} chosen={choose} notes={drawing.notes.value} />
        )}
      </div>
      <p class="machine-caption">{drawing.caption}</p>
      <Log drawing={drawing} name={name} />
    </section>
  );
}

/** The parts that the drawing is about; null: nobody knows. Nobody waits for a guest's boot. */
async function castOf(pane: 0 | 1): Promise<string[] | null> {
  if (plans.peek()[pane]?.guest !== 'bare') return null;
  try {
    return await panes[pane].remote.diagram.cast();
  } catch {
    // The machine was closed meanwhile, or cannot be built twice.
    return null;
  }
}

function coarse(pixels: number): number {
  return Math.floor(pixels / LAYOUT_STEP) * LAYOUT_STEP;
}

/** What is drawn, in a sentence. */
function describe(diagram: Diagram | null): string {
  if (diagram === null) return 'no machine yet';
  const rows = diagram.rails.map((rail) => {
    const on = diagram.parts.filter((p) => p.rail === rail.name).map((p) => p.name);
    return `on the ${rail.name} bus ${on.join(', ')}`;
  });
  return `block diagram: ${rows.join('; ')}`;
}
