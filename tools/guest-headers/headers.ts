/** The C headers that are made from TypeScript: path below the repository's root → text. */
import { PARAMETER_BLOCKS } from '../../src/control/experiments/index.ts';
import { cHeader, protocolHeader } from '../../src/control/guests/c-header.ts';
import { BOOT_MAGIC } from '../../src/machine/loader/guest-program.ts';

export const COMMAND = 'npm run guest-headers -- --write';

/** Every generated header as it should be. */
export function guestHeaders(): Readonly<Record<string, string>> {
  return {
    'guest/runtime/protocol.h': protocolHeader(BOOT_MAGIC),
    ...Object.fromEntries(PARAMETER_BLOCKS.map((b) => [`guest/${b.name}/params.h`, cHeader(b)])),
  };
}
