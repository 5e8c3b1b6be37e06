import { useRef } from 'preact/hooks';
import type { Diagram, DrawnPart } from '../../../../src/control/diagram/diagram.ts';
import { selection } from '../state/workbench.ts';
import type { Viewport } from './viewport.ts';

const STEPS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};

export interface PartListProps {
  readonly diagram: Diagram;
  /** What is selected is a part of this machine. */
  readonly mine: boolean;
  readonly view: Viewport;
  /** What is said of a part, after its name. */
  readonly about: (part: DrawnPart) => string;
  /** Its part was chosen. */
  readonly chosen: (name: string) => void;
  /** Lines that stand at parts: what is wrong there. */
  readonly notes: ReadonlyMap<string, string>;
}

/**
 * The parts as buttons over the drawing: a list for screen readers, something to point at and to
 * step through with the arrow keys for everybody.
 */
export function PartList({ diagram, mine, view, about, chosen, notes }: PartListProps) {
  const list = useRef<HTMLUListElement>(null);
  const selected = selection.value;
  const step = (event: KeyboardEvent, from: DrawnPart): void => {
    const way = STEPS[event.key];
    if (way === undefined || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = neighbour(diagram, from, way);
    event.preventDefault();
    event.stopPropagation();
    if (next !== null) list.current?.querySelector<HTMLElement>(`[data-part="${CSS.escape(next.name)}"]`)?.focus();
  };
  return (
    <ul ref={list} class="parts" aria-label="parts of the machine; arrow keys go from one to the next">
      {diagram.parts.map((part, n) => {
        const note = notes.get(part.name);
        return (
          <li key={part.name}>
            <button type="button" data-part={part.name} tabIndex={n === 0 ? 0 : -1}
              aria-pressed={mine && selected.kind === 'part' && selected.name === part.name}
              aria-label={`${part.name}${about(part) === '' ? '' : `, ${about(part)}`}`} title={about(part)}
              style={{
                left: `${view.x + part.x * view.scale}px`, top: `${view.y + part.y * view.scale}px`,
                width: `${part.width * view.scale}px`, height: `${part.height * view.scale}px`,
              }}
              onClick={() => chosen(part.name)} onKeyDown={(event) => step(event, part)} />
            {note !== undefined && (
              <span class="part-note" title={note} style={{
                left: `${view.x + part.x * view.scale}px`,
                top: `${view.y + (part.y + part.height) * view.scale}px`,
              }}>{note}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The nearest part in a direction; what is aside counts twice. */
function neighbour(diagram: Diagram, from: DrawnPart, [dx, dy]: readonly [number, number]): DrawnPart | null {
  const middle = (p: DrawnPart): readonly [number, number] => [p.x + p.width / 2, p.y + p.height / 2];
  const [x, y] = middle(from);
  let best: DrawnPart | null = null, least = Infinity;
  for (const part of diagram.parts) {
    const [px, py] = middle(part);
    const ahead = (px - x) * dx + (py - y) * dy, aside = Math.abs((px - x) * dy) + Math.abs((py - y) * dx);
    if (part === from || ahead <= 0) continue;
    const far = ahead + 2 * aside;
    if (far < least) [best, least] = [part, far];
  }
  return best;
}
