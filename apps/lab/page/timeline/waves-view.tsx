import { effect, signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Ticks } from '../../../../src/sim/time.ts';
import { redrawn, sizeCanvas } from '../canvas.ts';
import { coloursOf, onPaperChange } from '../colours.ts';
import { active, activePane, moments, panes, selection } from '../state/workbench.ts';
import { onKey } from './keys.ts';
import { goTo, select } from './model.ts';
import { AXIS_HEIGHT } from './paint-axis.ts';
import { paintWaves, WAVE_HEIGHT } from './paint-waves.ts';
import { timeAt, type View } from './scale.ts';
import { wavesAround } from './source.ts';
import type { Wave } from './waves.ts';

/** How much time is seen: 4 µs at first, from 100 ns to 100 µs. */
const span = signal<Ticks>(12_000);
const LEAST = 300, MOST = 300_000;

/** Buses and lines around the moment. */
export function WavesView() {
  const canvas = useRef<HTMLCanvasElement>(null), body = useRef<HTMLDivElement>(null);
  const waves = useSignal<readonly Wave[]>([]), from = useSignal<Ticks>(0);
  useEffect(() => follow(waves, from), []);
  useEffect(() => {
    const paper = canvas.current, scroller = body.current;
    return paper === null || scroller === null ? undefined : attach(paper, scroller, waves, from);
  }, []);
  const zoom = (e: KeyboardEvent): void => {
    const factor = e.key === '+' || e.key === '=' ? 0.5 : e.key === '-' ? 2 : 0;
    if (factor === 0) return onKey(e);
    e.preventDefault();
    e.stopPropagation();
    span.value = Math.min(MOST, Math.max(LEAST, span.value * factor));
  };
  return (
    <div
      class="timeline-body" ref={body} tabIndex={0} role="group" aria-label="buses and lines around the moment"
      onKeyDown={zoom}
    >
      <ol
        class="lane-names wave-names"
        style={{ height: `${waves.value.length * WAVE_HEIGHT + AXIS_HEIGHT}px`, paddingTop: `${AXIS_HEIGHT}px` }}
      >
        {waves.value.map((wave) => (
          <li
            key={wave.kind === 'line' ? wave.name : `${wave.name} ${wave.what}`} style={{ height: `${WAVE_HEIGHT}px` }}
            class={`lane-name ${wave.kind === 'line' || wave.what === 'direction' ? 'last' : ''}`}
          >
            <span class="name">{wave.name}</span>
            <span class="kind">{wave.kind === 'line' ? 'line' : wave.what}</span>
          </li>
        ))}
      </ol>
      <div class="timeline-paper">
        <canvas ref={canvas} role="img" aria-label="buses and lines over the last few microseconds" />
      </div>
      {waves.value.length === 0 && (
        <p class="empty timeline-nothing">Nothing moves at this moment: choose another one in the lanes.</p>
      )}
    </div>
  );
}

/** Asks for the waves around the moment; the latest question counts. Returns what ends it. */
function follow(waves: { value: readonly Wave[] }, from: { value: Ticks }): () => void {
  let busy = false, again = false, over = false;
  const ask = async (): Promise<void> => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    do {
      again = false;
      const pane = panes[active.peek()], begin = moments[active.peek()].peek().time - span.peek() * 0.6;
      try {
        const found = await wavesAround(pane, begin, begin + span.peek());
        if (over) return;
        from.value = begin;
        waves.value = found;
      } catch (error) {
        if (pane.failure.peek() === '' && !over) throw error;
      }
    } while (again);
    busy = false;
  };
  const stop = effect(() => {
    void [moments[active.value].value, span.value, activePane.value.status.value?.last];
    if (activePane.value.sheet.value !== null) void ask();
  });
  return () => {
    over = true;
    stop();
  };
}

/** Draws at each change; a click selects. Returns what ends it. */
function attach(
  paper: HTMLCanvasElement, scroller: HTMLElement, waves: { readonly value: readonly Wave[] },
  from: { readonly value: Ticks },
): () => void {
  const c = paper.getContext('2d', { alpha: false });
  if (c === null) return () => {};
  let colours = coloursOf(scroller), width = 0, height = 0;
  const view = (): View => ({ from: from.value, span: span.peek() });
  const { soon, end } = redrawn(() => {
    if (width === 0 || height === 0) return;
    const ratio = sizeCanvas(paper, width, height);
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    const at = selection.peek();
    paintWaves(c, colours, {
      view: view(), width, height, scroll: scroller.scrollTop, waves: waves.value,
      board: activePane.peek().sheet.peek()?.board ?? null, moment: moments[active.peek()].peek().time,
      selected: at.kind === 'record' ? at.id : 0,
    });
  });
  const size = new ResizeObserver(() => {
    width = paper.parentElement?.clientWidth ?? 0;
    height = scroller.clientHeight;
    paper.style.height = `${height}px`;
    soon();
  });
  size.observe(scroller);
  scroller.addEventListener('scroll', soon, { passive: true });
  const stop = effect(() => {
    void [waves.value, from.value, span.value, selection.value, moments[active.value].value];
    soon();
  });
  const unwatch = onPaperChange(() => {
    colours = coloursOf(scroller);
    soon();
  });
  const click = (e: MouseEvent): void => {
    const box = paper.getBoundingClientRect(), time = timeAt(view(), width, e.clientX - box.left);
    const wave = waves.value[Math.floor((e.clientY - box.top - AXIS_HEIGHT + scroller.scrollTop) / WAVE_HEIGHT)];
    const found = wave?.kind === 'bus' ? wave.values.find((v) => v.from <= time && time < v.to) : undefined;
    const pane = active.peek();
    if (found === undefined) return goTo(pane, time);
    void panes[pane].remote.trace.record(found.id).then((record) => {
      if (record !== null) select(pane, record);
    });
  };
  paper.addEventListener('click', click);
  return () => {
    stop();
    size.disconnect();
    unwatch();
    scroller.removeEventListener('scroll', soon);
    paper.removeEventListener('click', click);
    end();
  };
}
