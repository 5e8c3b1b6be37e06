import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Drawing } from './drawing.ts';

/** Wall time between two lines (ms), and lines that are kept. */
const PERIOD = 1500, KEPT = 6;

/** What happens, for ears: a line now and then at paces that can be followed. */
export function Log({ drawing, name }: { drawing: Drawing; name: string }) {
  const lines = useSignal<readonly { readonly id: number; readonly text: string }[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useSignalEffect(() => {
    if (drawing.caption.value === '' || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      const now = drawing.spoken();
      if (now !== null && now.id !== lines.peek().at(-1)?.id) lines.value = [...lines.peek(), now].slice(-KEPT);
    }, PERIOD);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <div role="log" aria-label={`what happens in machine ${name}`} class="unseen">
      {lines.value.map((line) => <p key={line.id}>{line.text}</p>)}
    </div>
  );
}
