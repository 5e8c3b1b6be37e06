import { shown } from '../state/workbench.ts';
import { ExperimentBar } from '../experiments/experiment-bar.tsx';
import { FiguresPanel } from '../experiments/figures-panel.tsx';
import { MachinePlace } from './machine-place.tsx';
import { TimelinePanel } from '../timeline/timeline-panel.tsx';
import { TransportBar } from '../transport/transport-bar.tsx';
import { PageMenu } from './page-menu.tsx';
import { Splitter } from './splitter.tsx';
import { SidePanel } from './side-panel.tsx';

/** Everything at once: machines, timeline, inspector and figures of the same moment. */
export function Workbench() {
  return (
    <main class="workbench">
      <header class="bar">
        <PageMenu />
        <ExperimentBar />
        <TransportBar />
      </header>
      <div class="machines">
        <MachinePlace pane={0} />
        {shown.value === 2 && <MachinePlace pane={1} />}
      </div>
      <div class="timeline-place">
        <Splitter property="--timeline-height" label="height of the timeline" along="y" least={140} most={900} />
        <TimelinePanel />
      </div>
      <div class="figures-place">
        <Splitter property="--figures-height" label="height of the figures" along="y" least={64} most={900} />
        <div class="scrolls"><FiguresPanel /></div>
      </div>
      <aside class="side">
        <Splitter property="--side-width" label="width of the panel at the side" along="x" least={320} most={1000} />
        <div class="scrolls"><SidePanel /></div>
      </aside>
    </main>
  );
}
