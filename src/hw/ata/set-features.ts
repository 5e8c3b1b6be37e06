import type { CableDrive } from './cable-drive.ts';
import type { AtaDrive } from './drive.ts';
import { FEATURE } from './spec.ts';
import { FAMILY, MAX_MULTIWORD, MAX_PIO } from './transfer-mode.ts';

/** §SET FEATURES. Unknown subcommands and modes that the drive has not are aborted. */
export function setFeatures(d: AtaDrive): void {
  const s = d.s;
  switch (s.features) {
    case FEATURE.ENABLE_WRITE_CACHE: s.writeCache = true; break;
    case FEATURE.DISABLE_WRITE_CACHE: s.writeCache = false; break;
    case FEATURE.ENABLE_LOOK_AHEAD: s.lookAhead = true; break;
    case FEATURE.DISABLE_LOOK_AHEAD: s.lookAhead = false; break;
    case FEATURE.ENABLE_REVERT: s.revert = true; break;
    case FEATURE.DISABLE_REVERT: s.revert = false; break;
    case FEATURE.SET_TRANSFER_MODE:
      if (!setTransferMode(d)) {
        d.abort();
        return;
      }
      break;
    default:
      d.abort();
      return;
  }
  d.complete();
}

/**
 * §SET FEATURES, Set transfer mode: Multiword and Ultra DMA exclude each other; only the last one
 * set stays selected. False: the drive has no such mode.
 */
export function setTransferMode(d: CableDrive): boolean {
  const s = d.s, family = s.count >> 3, mode = s.count & 7;
  switch (family) {
    case FAMILY.PIO_DEFAULT:
      if (mode > 1) return false;
      s.pio = 0;
      return true;
    case FAMILY.PIO_FLOW_CONTROL:
      if (mode > MAX_PIO) return false;
      s.pio = mode;
      return true;
    case FAMILY.MULTIWORD:
      if (mode > MAX_MULTIWORD) return false;
      s.multiword = mode;
      s.ultra = -1;
      return true;
    case FAMILY.ULTRA:
      if (mode > d.maxUltra) return false;
      s.ultra = mode;
      s.multiword = -1;
      return true;
    default:
      return false;
  }
}
