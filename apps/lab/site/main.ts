/** `npm run lab` serves the lab, `npm run lab:build` writes it as a static site. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { bundle, ROOT } from './bundle.ts';
import { serveFolder } from './serve.ts';
import { SiteFolderError } from './site-folder.ts';

/** Where nobody says otherwise. */
const SITE = join(ROOT, 'dist/site');

const command = new Command('lab')
  .description('The lab: the simulator in a browser, as a static page')
  .option('--build', 'write the site and end')
  .option('--out <folder>', 'where the site is written', SITE)
  .option('--port <number>', 'port on the loopback interface', '8047')
  .option('--open', 'open it in the browser');
command.action(async (options: { build?: boolean; out: string; port: string; open?: boolean }) => {
  // What stood in the default folder is a site, from a time when sites were not marked.
  if (options.out === SITE) rmSync(SITE, { recursive: true, force: true });
  try {
    await bundle(options.out);
  } catch (error) {
    if (error instanceof SiteFolderError) return fail(error.message);
    throw error;
  }
  if (options.build === true) return void process.stdout.write(`the site is in ${options.out}\n`);
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    return fail(`--port '${options.port}' is no port; write a number from 0 to 65535`);
  const served = await serveFolder(options.out, port).catch((error: NodeJS.ErrnoException) =>
    fail(error.code === 'EADDRINUSE' ? `port ${port} is taken; give another one with --port` : error.message));
  if (served === undefined) return;
  process.stdout.write(`the lab is at ${served.url} (Ctrl-C ends it)\n`);
  if (options.open === true) open(served.url);
});
command.exitOverride((error) => { process.exit(error.exitCode === 0 ? 0 : 2); });
await command.parseAsync();

function fail(why: string): undefined {
  process.stderr.write(`lab: ${why}\n`);
  process.exitCode = 2;
}

/** In the user's browser, as the system opens addresses. */
function open(url: string): void {
  const [program, args] = process.platform === 'darwin'
    ? ['open', [url]] as const
    : process.platform === 'win32' ? ['cmd', ['/c', 'start', '', url]] as const : ['xdg-open', [url]] as const;
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => process.stderr.write(`lab: no ${program} here: open the address yourself\n`)).unref();
}
