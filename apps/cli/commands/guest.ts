import { Command } from 'commander';
import { cacheFolder } from '../cache/folder.ts';
import { NoDebianGuestError, prepareDebianGuest, type DebianGuest } from '../guests/debian/index.ts';
import { InputError, systemReason } from '../input-error.ts';
import { knownWord } from '../suggest.ts';

/** What is to be done for a guest; as `PrepareOptions`. */
export interface GuestOptions {
  readonly refresh?: boolean;
  readonly unpack?: boolean;
  readonly modules?: boolean | 'if-possible';
  readonly quiet?: boolean;
}

/**
 * The Debian guest, prepared if it is not there yet; steps are told on stderr. @throws InputError
 */
export async function debianGuest(options: GuestOptions = {}): Promise<DebianGuest> {
  try {
    return await prepareDebianGuest({
      ...(options.refresh === true ? { refresh: true } : {}),
      ...(options.unpack === false ? { unpack: false } : {}),
      ...(options.modules === undefined ? {} : { modules: options.modules }),
      cacheDir: cacheFolder(),
      log: (line) => {
        if (options.quiet !== true) process.stderr.write(`debian guest: ${line}\n`);
      },
    });
  } catch (error) {
    if (error instanceof NoDebianGuestError) throw new InputError(error.message);
    if ((error as NodeJS.ErrnoException).code !== undefined)
      throw new InputError(
        `cannot prepare the Debian guest: ${(error as NodeJS.ErrnoException).path ?? 'the cache'}: ` +
          `${systemReason(error)}`,
      );
    throw error;
  }
}

/** `northbridge guest prepare debian` */
export function guestCommand(): Command {
  const guest = new Command('guest').description('Guest systems that are made from a distribution\'s packages');
  guest.command('prepare')
    .description('Make a guest ready and print where it is')
    .argument('<guest>', 'debian')
    .option('--refresh', 'look for newer packages even if a guest is already there')
    .option('--json', 'print one JSON object')
    .action(async (name: string, options: { refresh?: boolean; json?: boolean }) => {
      knownWord(name, ['debian'], 'guest');
      const g = await debianGuest({
        modules: 'if-possible', refresh: options.refresh === true, quiet: process.stderr.isTTY !== true,
      });
      if (options.json === true)
        process.stdout.write(`${JSON.stringify({ schema: 'northbridge-guest/1', guest: name, ...g }, null, 2)}\n`);
      else
        process.stdout.write(
          `kernel   ${g.kernel}\nvmlinux  ${g.vmlinux ?? 'none: the kernel unpacks itself'}\ninitrd   ${g.initrd}\n` +
            `modules  ${g.modules ?? 'none'}\nappend   ${g.append}\nversion  ${g.version}\n`,
        );
    });
  return guest;
}
