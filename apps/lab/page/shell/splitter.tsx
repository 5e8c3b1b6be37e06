import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** Pixels that a key changes, and what the machines keep. */
const STEP = 24, MACHINES = 220;

/**
 * An edge between two panels: dragged, or moved by the arrow keys; a double click puts it back. It
 * stands in the panel whose size it changes.
 * @param property of the style sheet that has the size
 * @param along `y`: the panel's upper edge, its height; `x`: its left edge, its width
 */
export function Splitter(
  { property, label, along, least, most }:
  { property: string; label: string; along: 'x' | 'y'; least: number; most: number },
) {
  const edge = useRef<HTMLDivElement>(null), size = useSignal(0);
  const from = useSignal<{ at: number; size: number } | null>(null);
  const panel = (): HTMLElement | null => edge.current?.parentElement ?? null;
  const measure = (): number => (along === 'y' ? panel()?.clientHeight : panel()?.clientWidth) ?? 0;
  useEffect(() => {
    const of = panel();
    if (of === null) return undefined;
    const watch = new ResizeObserver(() => { size.value = measure(); });
    watch.observe(of);
    return () => watch.disconnect();
  }, []);
  const set = (wanted: number): void => {
    // What the panel gains is taken from the machines, which keep the least that shows something.
    const machines = document.querySelector<HTMLElement>('.workbench > .machines');
    const free = (along === 'y' ? machines?.clientHeight : machines?.clientWidth) ?? 0;
    const room = measure() + Math.max(0, free - MACHINES);
    document.documentElement.style.setProperty(property, `${Math.max(least, Math.min(most, room, wanted))}px`);
  };
  const onKeyDown = (e: KeyboardEvent): void => {
    const [more, less] = along === 'y' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight'];
    const wanted = e.key === more ? measure() + STEP : e.key === less ? measure() - STEP
      : e.key === 'Home' ? least : e.key === 'End' ? most : NaN;
    if (Number.isNaN(wanted)) return;
    e.preventDefault();
    e.stopPropagation();
    set(wanted);
  };
  return (
    <div
      class={`splitter ${along}`} ref={edge} role="separator" tabIndex={0} title="drag to resize"
      aria-orientation={along === 'y' ? 'horizontal' : 'vertical'} aria-label={label}
      aria-valuenow={Math.min(most, Math.max(least, size.value))} aria-valuemin={least} aria-valuemax={most}
      onKeyDown={onKeyDown}
      onDblClick={() => document.documentElement.style.removeProperty(property)}
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        from.value = { at: along === 'y' ? e.clientY : e.clientX, size: measure() };
      }}
      onPointerMove={(e) => {
        if (from.value !== null) set(from.value.size + from.value.at - (along === 'y' ? e.clientY : e.clientX));
      }}
      onPointerUp={() => { from.value = null; }}
      onPointerCancel={() => { from.value = null; }}
    />
  );
}
