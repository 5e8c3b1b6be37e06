import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramError, lastLine, output, run } from './run.ts';

/** A package that the machine's own sources offer. */
export interface Candidate {
  readonly name: string;
  readonly version: string;
}

/**
 * The machine's package client, looking at another architecture in a state directory of its own:
 * the machine's sources and keys are used, its package lists, its dpkg status and its list of
 * architectures are neither read nor changed.
 */
export class PrivateApt {
  private readonly dir: string;
  private readonly options: readonly string[];

  private constructor(dir: string, architecture: string) {
    this.dir = dir;
    const settings = [
      `Dir::State=${join(dir, 'state')}`,
      `Dir::State::status=${join(dir, 'status')}`,
      `Dir::Cache=${join(dir, 'cache')}`,
      `APT::Architecture=${architecture}`,
      `APT::Architectures::=${architecture}`,
      'Acquire::Languages=none',
      // The private directory may lie where the client's own unprivileged user cannot look;
      // signatures are still checked.
      ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
    ];
    this.options = ['-c', join(dir, 'apt.conf'), ...settings.flatMap((s) => ['-o', s])];
  }

  /** Prepares the state in `dir`, which must exist and is the caller's to remove. */
  static async create(dir: string, architecture: string): Promise<PrivateApt> {
    for (const sub of ['state/lists/partial', 'cache/archives/partial', 'packages'])
      await mkdir(join(dir, sub), { recursive: true });
    await writeFile(join(dir, 'status'), '');
    // The machine's hooks are for its own lists; and of the indexes, only package lists are of use.
    await writeFile(
      join(dir, 'apt.conf'),
      [
        '#clear APT::Update::Pre-Invoke;', '#clear APT::Update::Post-Invoke;',
        '#clear APT::Update::Post-Invoke-Success;',
        ...[
          'DEP-11', 'DEP-11-icons', 'DEP-11-icons-small', 'DEP-11-icons-large', 'DEP-11-icons-hidpi',
          'DEP-11-icons-large-hidpi', 'Contents-deb', 'Contents-udeb', 'CNF',
        ].map((target) => `#clear Acquire::IndexTargets::deb::${target};`),
        '',
      ].join('\n'),
    );
    return new PrivateApt(dir, architecture);
  }

  /**
   * Fetches the package lists. A list that cannot be fetched is not yet an error: another source
   * may have what is wanted. Returns the client's complaint, or an empty text.
   */
  async update(): Promise<string> {
    const result = await run('apt-get', [...this.options, 'update']);
    return result.code === 0
      ? ''
      : lastLine(
          result.stderr
            .split('\n')
            .filter((l) => l.startsWith('E:'))
            .slice(0, 1)
            .join('\n'),
        ) || `apt-get update ended with ${result.code}`;
  }

  /** The fields of the newest candidate of a package, or undefined if no source offers it. */
  async show(name: string): Promise<ReadonlyMap<string, string> | undefined> {
    const result = await run('apt-cache', [...this.options, 'show', '--no-all-versions', name]);
    if (result.code !== 0) return undefined;
    return parseFields(result.stdout);
  }

  /**
   * Downloads one package into the private directory (the client checks its hash) and gives the
   * file's path.
   */
  async download(candidate: Candidate): Promise<string> {
    const dir = join(this.dir, 'packages');
    const before = new Set(await readdir(dir));
    await output('apt-get', [...this.options, 'download', `${candidate.name}=${candidate.version}`], dir);
    const file = (await readdir(dir)).find((f) => !before.has(f) && f.endsWith('.deb'));
    if (file === undefined) throw new ProgramError(`apt-get download ${candidate.name} left no package`, false);
    return join(dir, file);
  }
}

/** The first paragraph of a control file: field name to value, continuation lines left out. */
export function parseFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '' && fields.size > 0) break;
    const match = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line);
    if (match !== null && !fields.has(match[1]!)) fields.set(match[1]!, match[2]!);
  }
  return fields;
}

/**
 * The kernel image that a `linux-image-<flavour>` package stands for: the first dependency of that
 * form, e.g. `linux-image-6.1.0-9-686`.
 */
export function kernelOf(depends: string): string | undefined {
  return depends.split(',').map((d) => d.trim().split(/[\s(:|]/)[0]!).find((d) => /^linux-image-\d/.test(d));
}
