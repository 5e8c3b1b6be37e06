import { OUTLINES, type InitiatorStyle } from './palette.ts';

/** Shape and colour of an initiator, as large as a letter. What it means stands beside it. */
export function ShapeMark({ style, ...more }: { style: InitiatorStyle; class?: string; size?: number }) {
  const { size = 12 } = more;
  return (
    <svg class={more.class} viewBox="-6 -6 12 12" width={size} height={size} aria-hidden="true"
      style={{ fill: `light-dark(${style.light}, ${style.dark})` }}>
      <path d={OUTLINES[style.shape]} />
    </svg>
  );
}
