import { shown } from '../state/workbench.ts';
import { ExperimentBar } from '../experiments/experiment-bar.tsx';
import { FiguresPanel } from '../experiments/figures-panel.tsx';
import { MachinePlace } from './machine-place.tsx';
import { TimelinePanel } from '../timeline/timeline-panel.tsx';
import { TransportBar } from '../transport/transport-bar.tsx';
import { PageMenu } from './page-menu.tsx';
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
      <div class="timeline-place"><TimelinePanel /></div>
      <div class="figures-place"><FiguresPanel /></div>
      <aside class="side"><SidePanel /></aside>
    </main>
  );
}
