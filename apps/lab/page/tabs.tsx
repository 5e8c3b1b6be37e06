import { useRef } from 'preact/hooks';

/** Tabs over a panel: the arrow keys turn them, Tab leaves them for the panel (ARIA APG, Tabs). */
export function Tabs<T extends string>({ id, label, kind, tabs, shown, panel, show }: {
  /** Tabs are `ID-TAB`: what the panel is labelled by. */
  readonly id: string; readonly label: string; readonly kind: string;
  readonly tabs: readonly (readonly [tab: T, title: string])[];
  readonly shown: T;
  /** Id of the panel. */
  readonly panel: string;
  readonly show: (tab: T) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const at = tabs.findIndex(([tab]) => tab === shown);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (at + by + tabs.length) % tabs.length;
    show((tabs[next] as readonly [T, string])[0]);
    list.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    <div role="tablist" aria-label={label} class={kind} ref={list} onKeyDown={onKeyDown}>
      {tabs.map(([tab, title]) => (
        <button
          key={tab} role="tab" id={`${id}-${tab}`} aria-selected={tab === shown} aria-controls={panel}
          tabIndex={tab === shown ? 0 : -1} onClick={() => show(tab)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
