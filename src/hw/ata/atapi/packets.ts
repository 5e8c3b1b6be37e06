import { STEP } from '../spec.ts';
import {
  capacity, configuration, discInformation, inquiry, mechanism, mediaEvent, modePages, senseData, subchannel,
} from './answers.ts';
import type { AtapiDrive } from './drive.ts';
import { PACKET, SENSE } from './spec.ts';
import { toc } from './toc.ts';

/** A row of the table of packet commands. */
export interface PacketRow {
  readonly name: string;
  /** Needs a disc that can be read. */
  readonly disc: boolean;
  /** Runs whatever the drive has to tell: UNIT ATTENTION waits. */
  readonly always: boolean;
  /** Runs when the packet has been taken; ends the command or begins its data. */
  readonly run: (drive: AtapiDrive, packet: Uint8Array) => void;
}

/** Fields of a packet have their most significant byte first. */
const word = (p: Uint8Array, at: number): number => (p[at] << 8) | p[at + 1];
const long = (p: Uint8Array, at: number): number => word(p, at) * 0x10000 + word(p, at + 2);

/** What an answer is made into: the drive's buffer; null: the packet asks for what there is not. */
type Answer = (drive: AtapiDrive, packet: Uint8Array, out: Uint8Array) => number | null;

const answer = (make: Answer, allocation: (p: Uint8Array) => number) => (d: AtapiDrive, p: Uint8Array): void => {
  const bytes = make(d, p, d.buffer);
  if (bytes === null) d.check(SENSE.INVALID_FIELD);
  else d.data.reply(bytes, allocation(p));
};

function read(d: AtapiDrive, lba: number, n: number): void {
  if (lba + n > d.sectors) {
    d.check(SENSE.OUT_OF_RANGE, Math.max(lba, d.sectors));
    return;
  }
  d.s.lba = lba;
  d.s.left = n;
  d.data.readSectors();
}

/**
 * READ CD (SFF-8020i §10.8.16): of the parts of a sector, user data alone (byte 9: 10h) can be had;
 * no part at all is a seek.
 */
function readCd(d: AtapiDrive, p: Uint8Array): void {
  const n = p[6] * 0x10000 + word(p, 7), type = (p[1] >> 2) & 7, parts = p[9] & 0xfe;
  if (parts === 0 && (p[10] & 7) === 0) seek(d, long(p, 2));
  else if (parts !== 0x10 || (p[10] & 7) !== 0 || (type !== 0 && type !== 2)) d.check(SENSE.INVALID_FIELD);
  else read(d, long(p, 2), n);
}

function seek(d: AtapiDrive, lba: number): void {
  if (lba >= d.sectors) {
    d.check(SENSE.OUT_OF_RANGE, d.sectors);
    return;
  }
  d.surface.read(d.now, lba, 0);
  d.later(STEP.FINISH, d.surface.positioning?.seek ?? 0);
}

/** START STOP UNIT (SFF-8020i §10.8.25): LoEj and Start in byte 4. */
function startStop(d: AtapiDrive, p: Uint8Array): void {
  const { s } = d, start = (p[4] & 1) !== 0, tray = (p[4] & 2) !== 0;
  if (!tray) {
    if (!start) s.turning = false;
    else if (!s.turning && d.loaded) d.spinUp();
  } else if (start) close(d);
  else if (s.locked) {
    d.check(SENSE.REMOVAL_PREVENTED);
    return;
  } else open(d);
  d.complete();
}

function open(d: AtapiDrive): void {
  const { s } = d;
  if (s.trayOpen) return;
  s.event = d.loaded ? 3 : 0;
  s.trayOpen = true;
  s.turning = false;
}

function close(d: AtapiDrive): void {
  const { s } = d;
  if (!s.trayOpen) {
    if (!s.turning && d.loaded) d.spinUp();
    return;
  }
  s.trayOpen = false;
  if (!d.loaded) return;
  s.changed = true;
  s.event = 2;
  d.spinUp();
}

const rows: Record<number, PacketRow> = {};
function row(name: keyof typeof PACKET, run: PacketRow['run'], o: { disc?: boolean; always?: boolean } = {}): void {
  rows[PACKET[name]] = { name, run, disc: o.disc ?? false, always: o.always ?? false };
}
const disc = { disc: true }, always = { always: true };
row('TEST_UNIT_READY', (d) => d.complete(), disc);
row('REQUEST_SENSE', answer(senseData, (p) => p[4]), always);
row('INQUIRY', answer(inquiry, (p) => p[4]), always);
row('START_STOP_UNIT', startStop);
row('PREVENT_ALLOW', (d, p) => {
  d.s.locked = (p[4] & 1) !== 0;
  d.complete();
});
row('READ_CAPACITY', answer(capacity, () => 8), disc);
row('READ_10', (d, p) => read(d, long(p, 2), word(p, 7)), disc);
row('READ_12', (d, p) => read(d, long(p, 2), long(p, 6)), disc);
row('READ_CD', readCd, disc);
row('SEEK', (d, p) => seek(d, long(p, 2)), disc);
row('READ_SUBCHANNEL', answer(subchannel, (p) => word(p, 7)), disc);
row('READ_TOC', answer((d, p, out) => toc(d.sectors, p, out), (p) => word(p, 7)), disc);
row('GET_CONFIGURATION', answer(configuration, (p) => word(p, 7)), always);
row('GET_EVENT_STATUS', answer(mediaEvent, (p) => word(p, 7)), always);
row('READ_DISC_INFORMATION', answer(discInformation, (p) => word(p, 7)), disc);
row('MODE_SENSE_10', (d, p) => {
  // PC 3: values that were saved; none are.
  if (p[2] >> 6 === 3) d.check(SENSE.SAVING_NOT_SUPPORTED);
  else answer(modePages, (packet) => word(packet, 7))(d, p);
});
row('SET_CD_SPEED', (d) => d.complete());
row('MECHANISM_STATUS', answer(mechanism, (p) => word(p, 8)));

/** The packet commands; a code without a row ends in ILLEGAL REQUEST. */
export const PACKETS: Readonly<Record<number, PacketRow>> = rows;
