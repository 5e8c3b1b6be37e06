import { signal } from '@preact/signals';
import { InspectPanel } from '../inspect/inspect-panel.tsx';
import { LessonPanel } from '../lessons/lesson-panel.tsx';
import { OwnPanel } from '../own/own-panel.tsx';

const TABS = ['inspect', 'own', 'lesson'] as const;
const TITLES = { inspect: 'Inspect', own: 'Your own', lesson: 'Lesson' } as const;
/** Which of the side's panels is in front. */
export const side = signal<(typeof TABS)[number]>('inspect');

/** Inspector, your own software, lesson: one at a time. */
export function SidePanel() {
  return (
    <>
      <div role="tablist" class="tabs">
        {TABS.map((tab) => (
          <button key={tab} role="tab" aria-selected={side.value === tab} onClick={() => { side.value = tab; }}>
            {TITLES[tab]}
          </button>
        ))}
      </div>
      {side.value === 'inspect' ? <InspectPanel /> : side.value === 'own' ? <OwnPanel /> : <LessonPanel />}
    </>
  );
}
