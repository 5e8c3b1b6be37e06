import { expose } from 'comlink';
import type { LabWorker, Plain } from '../protocol/worker.ts';
import { ExperimentsHost } from './experiments-host.ts';
import { InspectHost } from './inspect-host.ts';
import { MachineHost, TraceHost } from './machine-host.ts';

const machine = new MachineHost();
const worker: Plain<LabWorker> = {
  machine, trace: new TraceHost(machine), inspect: new InspectHost(machine),
  experiments: new ExperimentsHost(),
};
expose(worker);
