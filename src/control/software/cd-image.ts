import type { BlockBackend } from '../../host/block.ts';
import { CD_SECTOR } from '../../hw/ata/atapi/spec.ts';

/** ISO 9660 (ECMA-119 §6.2.1, §8.1): volume descriptors begin at sector 16; `CD001` is in each. */
const FIRST_DESCRIPTOR = 16, IDENTIFIER = 'CD001';

/** Most that fits on a disc of 99 minutes. */
const MOST_SECTORS = 99 * 60 * 75;

/** Why an image is none of a data CD, as the rest of a sentence about it; '' if it is one. */
export function cdRefusal(image: Pick<BlockBackend, 'size' | 'read'>): string {
  const { size } = image, wanted = 'a CD image has sectors of 2048 bytes and an ISO 9660 volume (.iso)';
  if (size % CD_SECTOR !== 0)
    return size % 2352 === 0 ? `has ${size} bytes, whole sectors of 2352: a raw image (.bin); ${wanted}` :
      `has ${size} bytes, which is no multiple of ${CD_SECTOR}; ${wanted}`;
  if (size > MOST_SECTORS * CD_SECTOR) return `has ${size} bytes, more than fit on a CD`;
  const found = new Uint8Array(IDENTIFIER.length);
  if (size > (FIRST_DESCRIPTOR + 1) * CD_SECTOR)
    image.read(FIRST_DESCRIPTOR * CD_SECTOR + 1, found, 0, found.length);
  if (String.fromCharCode(...found) !== IDENTIFIER) return `has no ISO 9660 volume descriptor at sector 16; ${wanted}`;
  return '';
}
