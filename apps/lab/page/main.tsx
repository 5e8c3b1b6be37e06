import { render } from 'preact';
import { linkPage } from './address/link.ts';
import { App } from './app.tsx';
import { keepOffline } from './shell/offline.ts';
import { applyTheme } from './shell/theme.ts';

applyTheme();
const place = document.getElementById('lab');
if (place !== null) render(<App />, place);
keepOffline();
await linkPage();
