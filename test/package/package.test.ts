import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const folder = mkdtempSync(join(tmpdir(), 'northbridge-package-'));
const consumer = join(folder, 'consumer'), installed = join(consumer, 'node_modules', 'northbridge');

function run(command: string, args: readonly string[], cwd: string): { status: number | null; output: string } {
  const r = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 27, timeout: 1_500_000 });
  return { status: r.status, output: r.stdout + r.stderr };
}

interface Packed {
  filename: string;
  unpackedSize: number;
  files: { path: string; size: number }[];
}

let packed: Packed;

/** A folder of somebody who depends on the package, with what npm would put beside it. */
beforeAll(() => {
  const r = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 27,
  });
  packed = (JSON.parse(r.stdout) as Packed[])[0];
  mkdirSync(installed, { recursive: true });
  expect(run('tar', ['-xzf', join(folder, packed.filename), '-C', installed, '--strip-components=1'], ROOT).status).toBe(0);
  mkdirSync(join(consumer, 'node_modules/@types'));
  for (const name of ['commander', 'jiti', 'vitest', '@types/node'])
    symlinkSync(join(MODULES, name), join(consumer, 'node_modules', name));
  cpSync(join(ROOT, 'examples/copy-engine'), consumer, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  const paths = (): string[] => packed.files.map((f) => f.path);

  test('ships code, types, guest programs, documents and examples, and nothing else', () => {
    const kinds = [
      /^dist\/(src\/.*\.(js|d\.ts)|apps\/.*\.js)$/, /^guest\/images\/(linux\/)?[a-z-]+\.elf$/,
      /^guest\/[a-z-]+\/params\.h$/,
      /^docs\/(.*\.md|images\/[a-z-]+\.png)$/, /^src\/.*\/README\.md$/, /^examples\//,
    ];
    expect(paths().filter((path) => !kinds.some((kind) => kind.test(path))).sort()).toEqual([
      'ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'GLOSSARY.md', 'LICENSE', 'README.md',
      'guest/images/README.md', 'guest/runtime/block.h', 'package.json',
    ]);
    const unwanted = /^dist.*\.test\.|\.map$|tsbuildinfo|^dist\/src\/jit\/testing/;
    expect(paths().filter((path) => unwanted.test(path))).toEqual([]);
    // Each module once as code and, in the library, once as types.
    const code = paths().filter((path) => /^dist\/src\/.*\.js$/.test(path)).length;
    expect(paths().filter((path) => path.endsWith('.d.ts')).length).toBe(code);
  });

  test('holds what its documents link to', () => {
    const documents = paths().filter((path) => path.endsWith('.md'));
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'docs/command-line.md', 'src/hw/pci/README.md']));
    const links = documents.flatMap((from) => {
      const text = readFileSync(join(installed, from), 'utf8').replace(/^```.*?^```/gms, '');
      return [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, to]) => ({ from, to }));
    }).filter(({ to }) => !/^[a-z]+:/.test(to));
    expect(links.length).toBeGreaterThan(15);
    const held = ({ from, to }: { from: string; to: string }): boolean => {
      const target = posix.join(posix.dirname(from), to).replace(/\/$/, '');
      return paths().some((path) => path === target || path.startsWith(`${target}/`));
    };
    expect(links.filter((link) => !held(link))).toEqual([]);
  });

  test('names no source map, as it ships none', () => {
    const code = paths().filter((path) => path.endsWith('.js'));
    expect(code.filter((path) => readFileSync(join(installed, path), 'utf8').includes('sourceMappingURL'))).toEqual([]);
  });

  test('has its metadata', () => {
    const about = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
    for (const key of ['description', 'license', 'engines', 'keywords', 'exports', 'bin', 'sideEffects'])
      expect(about[key], key).toBeDefined();
    expect(about['peerDependenciesMeta']).toEqual({ vitest: { optional: true } });
  });

  test('runs from where it is installed, and attaches the consumer\'s device', () => {
    const program = join(installed, 'dist/apps/cli/main.js');
    const r = run(process.execPath, [program, 'compare', 'disk-read', '--bytes', '8KiB', '--methods', 'dma', '--json',
      '--device', './device.ts,slot=3'], consumer);
    expect([r.status, r.output.includes('"matches": true')]).toEqual([0, true]);
    expect(run(process.execPath, [program, 'device', './device.ts'], consumer).output).toContain('# copy-engine');
  });
});

describe('a consumer of the package', () => {
  const tsc = (name: string, text: string, more: object = {}) => {
    writeFileSync(join(consumer, `${name}.ts`), text);
    writeFileSync(join(consumer, `${name}.json`), JSON.stringify({
      compilerOptions: {
        target: 'es2023', lib: ['es2023'], types: [], module: 'nodenext', strict: true, noEmit: true, ...more,
      },
      files: [`${name}.ts`],
    }));
    return run(process.execPath, [join(MODULES, 'typescript/bin/tsc'), '-p', `${name}.json`], consumer);
  };
  const USE = `import { Machine, PcMachine } from 'northbridge';
import { Device, PciFunction } from 'northbridge/device';
export const all: unknown[] = [Machine, PcMachine, Device, PciFunction];
`;

  test('compiles without the DOM library and without @types/node, libraries checked', () => {
    expect(tsc('plain', USE)).toEqual({ status: 0, output: '' });
  });

  test('compiles beside the types of Node', () => {
    const use = `${USE}import { readFileSync } from 'node:fs';
export const image: Uint8Array = readFileSync('image');
export const timer: NodeJS.Timeout = setTimeout(() => {}, 1);
`;
    expect(tsc('node', use, { types: ['node'] })).toEqual({ status: 0, output: '' });
    expect(tsc('node-browser', use, { types: ['node'], lib: ['es2023', 'dom'] })).toEqual({ status: 0, output: '' });
  });

  test('compiles beside the DOM library', () => {
    expect(tsc('browser', USE, { lib: ['es2023', 'dom'] })).toEqual({ status: 0, output: '' });
  });

  test('compiles the worked example', () => {
    expect(run(process.execPath, [join(MODULES, 'typescript/bin/tsc')], consumer)).toEqual({ status: 0, output: '' });
  });

  test('compiles a test that uses the matchers', () => {
    const text = readFileSync(join(consumer, 'device.test.ts'), 'utf8');
    const options = { allowImportingTsExtensions: true, skipLibCheck: true };
    expect(tsc('typed.test', text, options)).toEqual({ status: 0, output: '' });
    const wrong = text.replace('.toHaveRaisedIrq(1)', ".toHaveRaisedIrq('once')");
    expect(tsc('wrong.test', wrong, options).output).toContain("Argument of type 'string'");
  });

  test('runs the worked example\'s tests with the matchers', () => {
    const r = run(process.execPath, [join(MODULES, 'vitest/vitest.mjs'), 'run', 'device.test.ts'], consumer);
    expect(r.output).toMatch(/Tests .*passed/);
    expect(r.status).toBe(0);
  });
});
