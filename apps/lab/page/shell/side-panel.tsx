import { InspectPanel } from '../inspect/inspect-panel.tsx';
import { LessonPanel } from '../lessons/lesson-panel.tsx';
import { OwnPanel } from '../own/own-panel.tsx';
import { Tabs } from '../tabs.tsx';
import { side, tabOf } from './side.ts';

const TABS = [['inspect', 'Inspect'], ['lesson', 'Lessons'], ['own', 'Your own']] as const;

/** Inspector, lessons, your own software: one at a time. */
export function SidePanel() {
  const front = TABS.find(([tab]) => tab === tabOf(side.value))?.[0] ?? 'inspect';
  return (
    <>
      <Tabs id="tab" label="panels at the side" kind="tabs" tabs={TABS} shown={front} panel="side-panel"
        show={(tab) => { side.value = tab; }} />
      <div id="side-panel" role="tabpanel" aria-labelledby={`tab-${front}`}>
        {front === 'inspect' ? <InspectPanel /> : front === 'own' ? <OwnPanel /> : <LessonPanel />}
      </div>
    </>
  );
}
