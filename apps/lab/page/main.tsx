import { render } from 'preact';
import { linkPage } from './address/link.ts';
import { App } from './app.tsx';
import { takeDrops } from './own/drop.ts';
import { keepOffline } from './shell/offline.ts';
import { openMachines } from './state/actions.ts';
import { moments, panes, selection } from './state/workbench.ts';
import { applyTheme } from './shell/theme.ts';
import { startKeys } from './transport/keys.ts';
import { startPlayer } from './transport/player.ts';

// For scripts in the browser's console, and for tests.
Object.assign(globalThis, { northbridge: { openMachines, panes, moments, selection } });
applyTheme();
const place = document.getElementById('lab');
if (place !== null) render(<App />, place);
keepOffline();
startPlayer();
startKeys();
takeDrops();
await linkPage();
