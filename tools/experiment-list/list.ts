/** The list of experiments, made from their folders. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The command that makes it new. */
export const COMMAND = 'npm run experiment-list -- --write';

/** The list, by its path in the repository. */
export const LIST = 'src/control/experiments/list.ts';

/** Names of the folders under `folder` that hold an experiment, in alphabetical order. */
export function experimentFolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'experiment.ts')))
    .map((entry) => entry.name)
    .sort();
}

/** The text of the list for these folders: what each exports bears its folder's name. */
export function listText(folders: readonly string[]): string {
  const exported = (name: string): string => name.toUpperCase().replaceAll('-', '_');
  return [
    `// Made by ${COMMAND} from the folders here.`,
    ...folders.map((name) => `import { ${exported(name)} } from './${name}/experiment.ts';`),
    "import type { Experiment } from './experiment.ts';",
    '',
    '/** Every experiment that has a folder here. */',
    `export const FOUND: readonly Experiment[] = [\n${folders.map((name) => `  ${exported(name)},\n`).join('')}];`,
    '',
  ].join('\n');
}
