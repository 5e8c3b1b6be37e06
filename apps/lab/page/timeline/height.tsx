import { useSignal } from '@preact/signals';

/** Pixels that a key changes, and between which the height stays. */
const STEP = 24, LEAST = 140, MOST = 900;

/** The upper edge of the timeline: drag it, or use the arrow keys, to make it higher. */
export function HeightEdge() {
  const height = useSignal(0), from = useSignal<{ y: number; height: number } | null>(null);
  const now = (edge: HTMLElement): number => height.value || (edge.parentElement?.clientHeight ?? LEAST);
  const set = (pixels: number): void => {
    height.value = Math.min(MOST, innerHeight - 300, Math.max(LEAST, pixels));
    document.documentElement.style.setProperty('--timeline-height', `${height.value}px`);
  };
  return (
    <div
      class="height-edge" role="separator" aria-orientation="horizontal" tabIndex={0}
      aria-label="height of the timeline"
      aria-valuenow={height.value || 240} aria-valuemin={LEAST} aria-valuemax={MOST} title="drag to make it higher"
      onKeyDown={(e) => {
        const by = e.key === 'ArrowUp' ? STEP : e.key === 'ArrowDown' ? -STEP : 0;
        if (by === 0) return;
        e.preventDefault();
        e.stopPropagation();
        set(now(e.currentTarget) + by);
      }}
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        from.value = { y: e.clientY, height: now(e.currentTarget) };
      }}
      onPointerMove={(e) => {
        if (from.value !== null) set(from.value.height + from.value.y - e.clientY);
      }}
      onPointerUp={() => { from.value = null; }}
    />
  );
}
