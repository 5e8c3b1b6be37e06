import { InspectPanel } from '../inspect/inspect-panel.tsx';
import { LessonPanel } from '../lessons/lesson-panel.tsx';
import { OwnPanel } from '../own/own-panel.tsx';
import { ScreenPanel } from '../screen/screen-panel.tsx';
import { activePane } from '../state/workbench.ts';
import { Tabs } from '../tabs.tsx';
import { side, tabOf } from './side.ts';

const TABS = [['inspect', 'Inspect'], ['screen', 'Screen'], ['lesson', 'Lessons'], ['own', 'Your own']] as const;

/** Inspector, the machine's screen if it has one, lessons, your own software: one at a time. */
export function SidePanel() {
  const tabs = TABS.filter(([tab]) => tab !== 'screen' || activePane.value.sheet.value?.screen === true);
  const front = tabs.find(([tab]) => tab === tabOf(side.value))?.[0] ?? 'inspect';
  return (
    <>
      <Tabs id="tab" label="panels at the side" kind="tabs" tabs={tabs} shown={front} panel="side-panel"
        show={(tab) => { side.value = tab; }} />
      <div id="side-panel" role="tabpanel" aria-labelledby={`tab-${front}`}>
        {front === 'inspect' ? <InspectPanel /> : front === 'screen' ? <ScreenPanel />
          : front === 'own' ? <OwnPanel /> : <LessonPanel />}
      </div>
    </>
  );
}
