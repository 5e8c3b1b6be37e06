import { glossary } from 'glossary';
import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';

interface HintProps {
  /** What is said of it; '' makes plain text. */
  readonly text: string;
  readonly children: ComponentChildren;
  /** Further class of the word. */
  readonly kind?: string;
}

/** A word with an explanation while the pointer or the focus is on it; Escape hides it. */
export function Hint({ text, children, kind = '' }: HintProps) {
  const id = useId(), place = useRef<HTMLSpanElement>(null);
  const [at, setAt] = useState<Record<string, number> | null>(null);
  if (text === '') return <span class={kind}>{children}</span>;
  const show = (): void => {
    const box = place.current?.getBoundingClientRect();
    if (box === undefined) return;
    const left = Math.max(8, Math.min(box.left, innerWidth - 296));
    setAt(box.bottom > innerHeight - 120 ? { left, bottom: innerHeight - box.top + 4 } : { left, top: box.bottom + 4 });
  };
  const hide = (): void => setAt(null);
  return (
    <span
      ref={place} class={`term ${kind}`} tabIndex={0} aria-describedby={id}
      onMouseEnter={show} onMouseLeave={hide} onFocus={show} onBlur={hide}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || at === null) return;
        event.stopPropagation();
        hide();
      }}
    >
      {children}
      <span id={id} role="tooltip" class="tip" hidden={at === null} style={at ?? {}}>{text}</span>
    </span>
  );
}

/** A word of the glossary. `word`: where the text is another form of it. */
export function Term({ word, children }: { readonly word?: string; readonly children: string }) {
  const entry = glossary[(word ?? children).toLowerCase()];
  return <Hint text={entry === undefined ? '' : `${entry.word}: ${entry.meaning}`}>{children}</Hint>;
}
