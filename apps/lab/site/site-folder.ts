/** Where a site may be written: what stands there already must be nobody's work. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Stands in every site that was written here. */
const MARK = '.northbridge-site';

/** Refuses a folder; the message is a sentence for people. */
export class SiteFolderError extends Error {
  override readonly name = 'SiteFolderError';
}

/**
 * Makes `folder` an empty one for a site. Only an empty folder or an earlier site is emptied.
 * @throws SiteFolderError if something else is there, or nothing can be written there
 */
export function emptySiteFolder(folder: string): void {
  try {
    if (existsSync(folder)) {
      if (!statSync(folder).isDirectory()) throw new SiteFolderError(`'${folder}' is a file; name a folder`);
      const files = readdirSync(folder);
      if (files.length > 0 && !files.includes(MARK)) {
        throw new SiteFolderError(
          `'${folder}' has files that are no site written before; nothing was touched: name an empty or new folder`,
        );
      }
      for (const file of files) rmSync(join(folder, file), { recursive: true, force: true });
    }
    // Not `recursive` for the folder itself: that never ends where the system says it is not there.
    const above = join(folder, '..');
    if (!existsSync(folder)) {
      if (!existsSync(above)) makeAll(above);
      mkdirSync(folder);
    }
    writeFileSync(join(folder, MARK), 'written by npm run lab:build; made anew each time\n');
  } catch (error) {
    if (error instanceof SiteFolderError) throw error;
    throw new SiteFolderError(`cannot write '${folder}': ${error instanceof Error ? error.message : String(error)}`);
  }
}

function makeAll(folder: string): void {
  const above = join(folder, '..');
  if (!existsSync(above)) makeAll(above);
  mkdirSync(folder);
}
