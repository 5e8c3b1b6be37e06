import { render } from 'preact';
import { linkPage } from './address/link.ts';
import { App } from './app.tsx';
import { keepOffline } from './shell/offline.ts';

const place = document.getElementById('lab');
if (place !== null) render(<App />, place);
keepOffline();
await linkPage();
