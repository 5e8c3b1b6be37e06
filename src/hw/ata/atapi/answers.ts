import type { AtapiDrive } from './drive.ts';
import { CD_SECTOR, KEY, SENSE } from './spec.ts';
import { be32, place } from './toc.ts';

/**
 * What the drive answers with data of its own. Each writes to the buffer and returns how many
 * bytes; null: the packet asks for what there is not. Sections are those of SFF-8020i unless MMC
 * is named.
 */

/** kB/s of single speed, as rates are told. */
const SINGLE_SPEED = 176;

const be16 = (v: number): number[] => [(v >> 8) & 255, v & 255];

function give(out: Uint8Array, bytes: readonly number[]): number {
  out.set(bytes);
  return bytes.length;
}

function text(t: string, length: number): number[] {
  return Array.from({ length }, (_, k) => (t.charCodeAt(k) || 0x20) & 0x7f);
}

/** §10.8.20 REQUEST SENSE; what it has told is forgotten. */
export function senseData(d: AtapiDrive, _p: Uint8Array, out: Uint8Array): number {
  const { s } = d;
  // Nothing went wrong since: it is what waits to be told.
  if (s.key === KEY.NONE) d.keepSense(d.takeAttention() ?? SENSE.NONE);
  const known = s.sector >= 0;
  const n = give(out, [
    known ? 0xf0 : 0x70, 0, s.key, ...be32(known ? s.sector : 0), 10, 0, 0, 0, 0, s.asc, s.ascq, 0, 0, 0, 0,
  ]);
  d.keepSense(SENSE.NONE);
  return n;
}

/** §10.8.3 INQUIRY. Vital product data are none. */
export function inquiry(d: AtapiDrive, p: Uint8Array, out: Uint8Array): number | null {
  if ((p[1] & 1) !== 0 || p[2] !== 0) return null;
  const [vendor, ...product] = d.model.split(' ');
  return give(out, [
    0x05, 0x80, 0x00, 0x21, 31, 0, 0, 0, ...text(vendor, 8), ...text(product.join(' '), 16), ...text(d.firmware, 4),
  ]);
}

/** §10.8.14 READ CD-ROM CAPACITY: the last sector and its size. */
export function capacity(d: AtapiDrive, _p: Uint8Array, out: Uint8Array): number {
  return give(out, [...be32(d.sectors - 1), ...be32(CD_SECTOR)]);
}

/** §10.8.19 READ SUB-CHANNEL: no audio is played; the position, nothing of catalogue or ISRC. */
export function subchannel(d: AtapiDrive, p: Uint8Array, out: Uint8Array): number | null {
  const header = [0, 0x15, 0, 0];
  if ((p[2] & 0x40) === 0) return give(out, header);
  const lba = Math.min(d.s.lba, d.sectors - 1);
  const at = place(lba, p);
  switch (p[3]) {
    case 1: return give(out, [0, 0x15, 0, 12, 1, 0x14, 1, 1, ...at, ...at]);
    case 2: case 3: return give(out, [0, 0x15, 0, 20, p[3], ...new Array<number>(19).fill(0)]);
    default: return null;
  }
}

/** MMC-2 GET CONFIGURATION: a CD-ROM drive. Byte 1: all features, the current ones, one. */
export function configuration(d: AtapiDrive, p: Uint8Array, out: Uint8Array): number | null {
  const kind = p[1] & 3, from = (p[2] << 8) | p[3], here = +d.loaded;
  if (kind === 3) return null;
  const features: readonly (readonly [code: number, current: number, version: number, data: readonly number[]])[] = [
    [0x0000, 1, 0, [0x00, 0x08, here, 0]],
    [0x0001, 1, 0, be32(2)],
    [0x0003, 1, 0, [0x29, 0, 0, 0]],
    [0x0010, here, 0, [...be32(CD_SECTOR), ...be16(1), 0, 0]],
    [0x001e, here, 0, []],
  ];
  const told = features.filter(([code, current]) =>
    kind === 2 ? code === from : code >= from && (kind === 0 || current === 1));
  const bytes = told.flatMap(([code, current, version, data]) =>
    [...be16(code), (version << 2) | 2 | current, data.length, ...data]);
  return give(out, [...be32(bytes.length + 4), 0, 0, ...be16(here * 8), ...bytes]);
}

/** MMC-2 GET EVENT STATUS NOTIFICATION: of the media class; waiting for one is not offered. */
export function mediaEvent(d: AtapiDrive, p: Uint8Array, out: Uint8Array): number | null {
  if ((p[1] & 1) === 0) return null;
  const MEDIA = 0x10;
  if ((p[4] & MEDIA) === 0) return give(out, [0, 2, 0x80, MEDIA]);
  const { s } = d;
  const n = give(out, [0, 6, 4, MEDIA, s.event, +s.trayOpen | (+d.loaded << 1), 0, 0]);
  s.event = 0;
  return n;
}

/** MMC READ DISC INFORMATION: complete, one session with one track, cannot be written. */
export function discInformation(_d: AtapiDrive, _p: Uint8Array, out: Uint8Array): number {
  return give(out, [0, 32, 0x0e, 1, 1, 1, 1, 0x20, 0, 0, 0, 0, ...new Array<number>(22).fill(0)]);
}

/** §10.8.8 MECHANISM STATUS: one disc, no changer. */
export function mechanism(d: AtapiDrive, _p: Uint8Array, out: Uint8Array): number {
  return give(out, [0, d.s.trayOpen ? 0x10 : 0, 0, 0, 0, 1, 0, 0]);
}

/**
 * §10.8.7 MODE SENSE: pages 01h, 0Dh, 0Eh, 2Ah; values of now, or (PC 1) which may be changed:
 * none.
 */
export function modePages(d: AtapiDrive, p: Uint8Array, out: Uint8Array): number | null {
  const page = p[2] & 0x3f, mask = p[2] >> 6 === 1;
  const pages: Readonly<Record<number, readonly number[]>> = {
    // Error recovery: no retries are counted.
    0x01: [0, 0, 0, 0, 0, 0],
    // Device parameters: 60 seconds in a minute, 75 frames in a second.
    0x0d: [0, 0, ...be16(60), ...be16(75)],
    // Audio control: nothing plays.
    0x0e: [0x04, 0, 0, 0, 0, 75, 1, 0xff, 2, 0xff, 0, 0, 0, 0],
    0x2a: capabilities(d),
  };
  const wanted = page === 0x3f ? Object.keys(pages).map(Number).sort((a, b) => a - b) : [page];
  const bytes: number[] = [];
  for (const code of wanted) {
    const data = pages[code];
    if (data === undefined) return null;
    bytes.push(code, data.length, ...(mask ? data.map(() => 0) : data));
  }
  // Medium type (table 27): 71h tray open, 70h no disc, 01h data on 120 mm.
  const medium = d.s.trayOpen ? 0x71 : d.loaded ? 0x01 : 0x70;
  return give(out, [...be16(6 + bytes.length), medium, 0, 0, 0, 0, 0, ...bytes]);
}

/** §10.8.7.3 capabilities and mechanical status. */
function capabilities(d: AtapiDrive): readonly number[] {
  const rate = be16(d.figures.speed * SINGLE_SPEED);
  return [
    0x00, 0x00, 0x00, 0x00,
    // Loading by a tray, eject, lock; whether it is locked.
    0x29 | (d.s.locked ? 0x02 : 0), 0x00,
    ...rate, ...be16(0), ...be16(Math.floor((d.figures.buffer * CD_SECTOR) / 1024)), ...rate, 0, 0, 0, 0,
  ];
}
