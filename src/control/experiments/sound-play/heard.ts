/** What became of the samples, as the track tells. All in frames. */
export interface Heard {
  /** Samples heard in their order, once or more. */
  readonly samples: number;
  /** Frames that were heard in place of the sample whose turn it was. */
  readonly repeated: number;
  /** Samples that were never heard. */
  readonly lost: number;
  /** Frames that are none of the samples that can have been meant. */
  readonly strange: number;
}

/** How many samples in a row direct mode may lose for the track still to be followed. */
const REACH = 64;

/**
 * Follows a track without its silences: each frame is the next sample, the one before it once more,
 * or one further on.
 */
export function followSamples(track: Uint8Array, given: Uint8Array, frameBytes: number): Heard {
  const frames = track.length / frameBytes, all = given.length / frameBytes;
  const same = (frame: number, sample: number): boolean => {
    for (let k = 0; k < frameBytes; k++)
      if (track[frame * frameBytes + k] !== given[sample * frameBytes + k]) return false;
    return true;
  };
  let next = 0, samples = 0, repeated = 0, lost = 0, strange = 0;
  for (let f = 0; f < frames; f++) {
    if (next < all && same(f, next)) {
      samples++;
      next++;
      continue;
    }
    if (next > 0 && same(f, next - 1)) {
      repeated++;
      continue;
    }
    let ahead = next + 1;
    while (ahead < all && ahead - next <= REACH && !same(f, ahead)) ahead++;
    if (ahead >= all || !same(f, ahead)) {
      strange++;
      continue;
    }
    lost += ahead - next;
    samples++;
    next = ahead + 1;
  }
  return { samples, repeated, lost: lost + all - next, strange };
}

/**
 * Follows a track that a ring gave, block by block: each is the next one, or one of the two before
 * it once more, as far as nothing was put into its place.
 */
export function followBlocks(track: Uint8Array, given: Uint8Array, block: number, frameBytes: number): Heard {
  const blocks = given.length / block;
  const same = (from: number, length: number, b: number): boolean => {
    for (let k = 0; k < length; k++) if (track[from + k] !== given[b * block + k]) return false;
    return true;
  };
  let next = 0, repeated = 0, strange = 0;
  for (let from = 0; from < track.length; from += block) {
    const length = Math.min(block, track.length - from);
    if (next < blocks && same(from, length, next)) next++;
    else if ([1, 2].some((back) => next >= back && same(from, length, next - back))) repeated += length;
    else strange += length;
  }
  const heard = next * block;
  return {
    samples: heard / frameBytes, repeated: repeated / frameBytes, lost: (given.length - heard) / frameBytes,
    strange: strange / frameBytes,
  };
}
