import { render } from 'preact';
import { App } from './app.tsx';
import { openMachines } from './state/actions.ts';

const place = document.getElementById('lab');
if (place !== null) render(<App />, place);

const texts = { bytes: '64KiB', direction: 'to-card', sweep: 'off' };
await openMachines(
  ['port-pio', 'device-dma'].map((method) => ({ experiment: 'paths', method, guest: 'bare', texts })), Infinity,
);
