import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/**
 * Something that unfolds over the page and folds again: by its button, by Escape, by whatever is
 * done elsewhere.
 */
export function Drop({ title, wide = false, children }: {
  title: string; wide?: boolean; children: (close: () => void) => ComponentChildren;
}) {
  const open = useSignal(false), place = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const elsewhere = (event: Event): void => {
      if (event.target instanceof Node && place.current?.contains(event.target) === false) open.value = false;
    };
    document.addEventListener('pointerdown', elsewhere);
    document.addEventListener('focusin', elsewhere);
    return () => {
      document.removeEventListener('pointerdown', elsewhere);
      document.removeEventListener('focusin', elsewhere);
    };
  }, []);
  const close = (): void => {
    open.value = false;
    place.current?.querySelector('summary')?.focus();
  };
  return (
    <details ref={place} class="drop" open={open.value} onToggle={(e) => { open.value = e.currentTarget.open; }}
      onKeyDown={(e) => { if (e.key === 'Escape' && open.value) close(); }}>
      <summary>{title}</summary>
      {open.value && <div class={wide ? 'sheet wide' : 'sheet'}>{children(close)}</div>}
    </details>
  );
}
