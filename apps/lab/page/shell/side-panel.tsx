import { InspectPanel } from '../inspect/inspect-panel.tsx';
import { LessonPanel } from '../lessons/lesson-panel.tsx';
import { OwnPanel } from '../own/own-panel.tsx';
import { side, tabOf } from './side.ts';

const TABS = [['inspect', 'Inspect'], ['lesson', 'Lessons'], ['own', 'Your own']] as const;

/** Inspector, lessons, your own software: one at a time. */
export function SidePanel() {
  const front = TABS.find(([tab]) => tab === tabOf(side.value))?.[0] ?? 'inspect';
  const turn = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? TABS.length - 1 : 0;
    if (by === 0) return;
    const next = TABS[(TABS.findIndex(([tab]) => tab === front) + by) % TABS.length]?.[0] ?? front;
    side.value = next;
    document.getElementById(`tab-${next}`)?.focus();
    event.stopPropagation();
  };
  return (
    <>
      <div role="tablist" aria-label="panels at the side" class="tabs" onKeyDown={turn}>
        {TABS.map(([tab, title]) => (
          <button key={tab} id={`tab-${tab}`} role="tab" aria-selected={tab === front} aria-controls="side-panel"
            tabIndex={tab === front ? 0 : -1} onClick={() => { side.value = tab; }}>
            {title}
          </button>
        ))}
      </div>
      <div id="side-panel" role="tabpanel" aria-labelledby={`tab-${front}`}>
        {front === 'inspect' ? <InspectPanel /> : front === 'own' ? <OwnPanel /> : <LessonPanel />}
      </div>
    </>
  );
}
