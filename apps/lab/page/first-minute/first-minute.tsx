import { useEffect } from 'preact/hooks';
import { formatSeconds } from '../../../../src/control/quantities.ts';
import { MachinePanel } from '../machine/machine-panel.tsx';
import { view } from '../state/actions.ts';
import { panes } from '../state/workbench.ts';
import { Prediction } from './prediction.tsx';
import { Answer, measureJob } from './answer.tsx';
import { endRace, lanes, race, startRace } from './race.ts';

const HEADINGS = [
  ['Memory-mapped I/O', 'The processor reads each word from memory and writes it to a register of the card.'],
  ['DMA', 'The processor writes five registers of the card. Then the card reads memory by itself.'],
] as const;

/** The question, two machines that answer it, and one way on. */
export function FirstMinute() {
  useEffect(() => {
    // Three machines on two cores would keep the reader waiting for the first of them.
    void startRace(() => void measureJob());
    return endRace;
  }, []);
  return (
    <main class="minute">
      <header>
        <p class="brand">Northbridge <span>a computer that you can open</span></p>
        <h1>What is the difference between DMA and memory-mapped I/O?</h1>
        <p class="lead">
          Two simulated PCs do the same job, 64 KiB from memory to a card, in real machine code. Watch who carries the
          words.
        </p>
      </header>
      <div class="machines">
        <Contender pane={0} />
        <Contender pane={1} />
      </div>
      <Answer />
      <div class="ways">
        <Prediction />
        <button class="primary" onClick={() => { view.value = 'workbench'; }}>Open the machine</button>
      </div>
    </main>
  );
}

function Contender({ pane }: { pane: 0 | 1 }) {
  const [name, says] = HEADINGS[pane];
  const lane = lanes[pane].value, { ticksPerSecond = 1 } = panes[pane].sheet.value ?? {};
  const failure = panes[pane].failure.value;
  const share = lane.done / 65_536;
  return (
    <article class="contender">
      <h2>{name}</h2>
      <p>{says}</p>
      {failure === '' ? <MachinePanel pane={pane} /> : <p role="alert" class="failure">{failure}</p>}
      <div class="progress" role="progressbar" aria-label={`${name}: data moved`}
        aria-valuenow={Math.round(share * 100)} aria-valuemin={0} aria-valuemax={100}>
        <span style={{ width: `${share * 100}%` }} />
      </div>
      <p class="counts">
        {race.value === 'opening'
          ? 'starting'
          : `${formatSeconds(lane.elapsed / ticksPerSecond)}${lane.over ? ', done' : ''}`}
      </p>
    </article>
  );
}
