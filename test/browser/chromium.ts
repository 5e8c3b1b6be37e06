/** Debian's chromium, for tests of what runs in a browser. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
/** No GPU, no first-run pages, and nothing that would talk to anybody but our server. */
const ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-proxy-server',
];

/** Why there is no browser to test in, or ''. For `describe.skipIf` and its title. */
export const missing = existsSync(CHROMIUM) ? '' : ` (skipped: ${CHROMIUM} is not installed)`;

/** A fresh profile in a folder that goes with the browser. A busy machine is no failure. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGUMENTS, timeout: 0 });
}
