import { PREGAP, SECTORS_A_SECOND } from './spec.ts';

const LEAD_OUT = 0xaa;
/** ADR 1 (position in Q), control 4: a data track. */
const DATA_TRACK = 0x14;

/** Minute, second and frame of an address. */
function msf(lba: number): readonly [number, number, number] {
  const at = lba + PREGAP;
  return [
    Math.floor(at / (60 * SECTORS_A_SECOND)) & 0xff, Math.floor(at / SECTORS_A_SECOND) % 60, at % SECTORS_A_SECOND,
  ];
}

export const be32 = (v: number): number[] => [v >>> 24, (v >>> 16) & 255, (v >>> 8) & 255, v & 255];

/** An address as a packet wants it: bit 1 of its byte 1 asks for minute, second and frame. */
export function place(lba: number, p: Uint8Array): number[] {
  return (p[1] & 2) !== 0 ? [0, ...msf(lba)] : be32(lba);
}

/**
 * READ TOC (SFF-8020i §10.8.18, formats of MMC): a disc of one session with one data track. The
 * bytes of the answer, null for a format or a track that is not there.
 */
export function toc(sectors: number, p: Uint8Array, out: Uint8Array): number | null {
  // The format stood in byte 9 before it got its place in byte 2.
  const format = (p[2] & 15) || p[9] >> 6, from = p[6];
  const entries: number[] = [];
  const track = (n: number, lba: number): void => void entries.push(0, DATA_TRACK, n, 0, ...place(lba, p));
  switch (format) {
    case 0:
      if (from > 1 && from !== LEAD_OUT) return null;
      if (from <= 1) track(1, 0);
      track(LEAD_OUT, sectors);
      break;
    case 1: track(1, 0); break;
    case 2:
      // Raw Q of the lead-in: first and last track, lead-out, the track; always as MSF.
      if (from > 1) return null;
      for (const [point, pmsf] of [[0xa0, [1, 0, 0]], [0xa1, [1, 0, 0]], [0xa2, msf(sectors)], [1, msf(0)]] as const)
        entries.push(1, DATA_TRACK, 0, point, 0, 0, 0, 0, ...pmsf);
      break;
    default: return null;
  }
  const length = 2 + entries.length;
  out.set([length >> 8, length & 255, 1, 1, ...entries]);
  return 2 + length;
}
