import { expose } from 'comlink';
import type { LabWorker, Plain } from '../protocol/worker.ts';
import { ExperimentsHost } from './experiments-host.ts';
import { ExploreHost } from './explore-host.ts';
import { DiagramHost } from './diagram-host.ts';
import { InspectHost } from './inspect-host.ts';
import { MachineHost } from './machine-host.ts';
import { OwnHost } from './own-files.ts';
import { ScreenHost } from './screen-host.ts';
import { TraceHost } from './trace-host.ts';

const machine = new MachineHost();
const worker: Plain<LabWorker> = {
  alive: async () => true,
  machine,
  trace: new TraceHost(machine),
  explore: new ExploreHost(machine),
  inspect: new InspectHost(machine),
  diagram: new DiagramHost(machine),
  experiments: new ExperimentsHost(),
  own: new OwnHost(),
  screen: new ScreenHost(machine),
  terminal: machine.terminal,
};
expose(worker);
