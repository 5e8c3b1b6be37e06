import { Command, Option } from 'commander';
import { CACHE_KINDS, cacheContents, clearCache } from '../cache/contents.ts';
import { cacheFolder, startsBound } from '../cache/folder.ts';
import { InputError, systemReason } from '../input-error.ts';
import { cacheJson, cacheTable, clearedText } from '../reports/cache.ts';
import { knownWord } from '../suggest.ts';

const HELP = `
In it are starts (machines that have booted for an experiment: compare --no-cache does without), kernels that were
unpacked, and guests made by "guest prepare". NORTHBRIDGE_CACHE says where it is, NORTHBRIDGE_CACHE_SIZE how much the
starts may take (default: 1GiB); those not used for longest go first.`;

/** `northbridge cache`, `northbridge cache clear` */
export function cacheCommand(): Command {
  const json = (): Option => new Option('--json', 'print one JSON object in place of the text');
  const command = new Command('cache')
    .description('Show what is kept between runs, or clear it')
    .addHelpText('after', HELP)
    .addOption(json())
    .action((options: { json?: boolean }, { args }: Command) => {
      if (args.length > 0) knownWord(args[0], ['clear'], 'command');
      const report = { folder: cacheFolder(), bound: startsBound(), entries: cacheContents(cacheFolder()) };
      process.stdout.write(options.json === true ? cacheJson(report) : cacheTable(report, new Date()));
    });
  command.command('clear')
    .description('Take starts and unpacked kernels away; they are made again when they are wanted')
    .addOption(new Option('--all', 'guests, too; their packages will be downloaded again'))
    .addOption(json())
    .action((options: { all?: boolean }, self: Command) => clear(options.all === true, self.optsWithGlobals()));
  return command;
}

function clear(all: boolean, { json }: { json?: boolean }): void {
  const folder = cacheFolder();
  try {
    const entries = clearCache(folder, all ? CACHE_KINDS : CACHE_KINDS.filter((kind) => kind !== 'guest'));
    process.stdout.write(
      json === true
        ? cacheJson({ folder, bound: startsBound(), entries })
        : clearedText(entries, folder, cacheContents(folder)),
    );
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(`cannot clear '${folder}': ${systemReason(error)}`);
  }
}
