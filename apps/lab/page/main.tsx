import { render } from 'preact';
import { App } from './app.tsx';
import { panes } from './state/workbench.ts';

const place = document.getElementById('lab');
if (place !== null) render(<App />, place);

const [a] = panes;
await a.open({ experiment: 'paths', method: 'port-pio', guest: 'bare', texts: { bytes: '64KiB', sweep: 'off' } });
if (a.failure.value === '') await a.remote.machine.run(Infinity);
