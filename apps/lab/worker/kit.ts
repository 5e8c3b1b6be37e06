/** What the browser offers an experiment. */
import { sha256 as sha256Of } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { images } from 'guest-images';
import type { Kit } from '../../../src/control/experiments/experiment.ts';

export const browserKit: Kit = {
  guestImage: (name) => {
    const image = images[name];
    if (image === undefined) throw new Error(`this build of the lab has no guest program ${name}`);
    return image;
  },
  linux: null, disk: null, sha256,
};

function sha256(): ReturnType<Kit['sha256']> {
  const hash = sha256Of.create();
  return { update: (bytes) => void hash.update(bytes), digest: () => bytesToHex(hash.digest()) };
}
