import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { redrawn, sizeCanvas } from '../canvas.ts';
import { coloursOf, initiatorColour, onPaperChange, type Colours } from '../colours.ts';
import { active, panes, shown } from '../state/workbench.ts';
import { following, originOf, sides, view, whole } from './model.ts';
import { panned, timeAt, xOf } from './scale.ts';

/** The whole run of the active machine, a band for each initiator, and which part of it is seen. */
export function Minimap() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current === null ? undefined : attach(canvas.current)), []);
  return (
    <div class="minimap" title="the whole run: drag to move what is seen" aria-hidden="true">
      <canvas ref={canvas} />
    </div>
  );
}

function attach(paper: HTMLCanvasElement): () => void {
  const c = paper.getContext('2d'), place = paper.parentElement;
  if (c === null || place === null) return () => {};
  let colours = coloursOf(place);
  const { soon, end } = redrawn(() => {
    const width = place.clientWidth, height = place.clientHeight;
    if (width === 0 || height === 0) return;
    const ratio = sizeCanvas(paper, width, height);
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(c, colours, width, height);
  });
  const size = new ResizeObserver(soon);
  size.observe(place);
  const stop = effect(() => {
    void [view.value, whole.value, active.value, shown.value, sides[0].overview.value, sides[1].overview.value];
    soon();
  });
  const unwatch = onPaperChange(() => {
    colours = coloursOf(place);
    soon();
  });
  const move = (e: PointerEvent): void => {
    if (e.buttons === 0) return;
    const at = timeAt(whole.peek(), place.clientWidth, e.clientX - place.getBoundingClientRect().left);
    following.value = false;
    view.value = panned(view.peek(), at - view.peek().from - view.peek().span / 2, whole.peek());
  };
  const down = (e: PointerEvent): void => {
    paper.setPointerCapture(e.pointerId);
    move(e);
  };
  paper.addEventListener('pointerdown', down);
  paper.addEventListener('pointermove', move);
  return () => {
    stop();
    size.disconnect();
    unwatch();
    paper.removeEventListener('pointerdown', down);
    paper.removeEventListener('pointermove', move);
    end();
  };
}

function paint(c: CanvasRenderingContext2D, colours: Colours, width: number, height: number): void {
  const pane = active.peek(), picture = sides[pane].overview.peek(), all = whole.peek(), seen = view.peek();
  const board = panes[pane].sheet.peek()?.board ?? null, origin = originOf(pane);
  c.clearRect(0, 0, width, height);
  const lanes = [...picture?.lanes ?? []].filter(([, l]) => l.pixels !== null);
  const band = (height - 2) / Math.max(1, lanes.length);
  lanes.forEach(([key, { pixels }], n) => {
    if (pixels === null || picture === null) return;
    const { coverage, counts } = pixels, each = (picture.to - picture.from) / coverage.length;
    c.fillStyle = initiatorColour(key.slice(key.indexOf(':') + 1), board, colours);
    for (let k = 0; k < coverage.length; k++) {
      if (coverage[k] === 0 && counts[k] === 0) continue;
      const left = Math.floor(xOf(all, width, picture.from + k * each - origin));
      const h = Math.max(1, (coverage[k] / 255) * (band - 1));
      const right = Math.floor(xOf(all, width, picture.from + (k + 1) * each - origin));
      c.fillRect(left, 1 + (n + 1) * band - h, Math.max(1, right - left), h);
    }
  });
  const left = Math.max(0, xOf(all, width, seen.from)), right = Math.min(width, xOf(all, width, seen.from + seen.span));
  c.fillStyle = colours.paper;
  c.globalAlpha = 0.65;
  c.fillRect(0, 0, left, height);
  c.fillRect(right, 0, width - right, height);
  c.globalAlpha = 1;
  c.strokeStyle = colours['ink-soft'];
  c.strokeRect(left + 0.5, 0.5, Math.max(2, right - left - 1), height - 1);
}
