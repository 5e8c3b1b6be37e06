import { address28, address48, sectorCount, storeAddress } from './address.ts';
import type { AtaDrive } from './drive.ts';
import { identify } from './identify.ts';
import { setFeatures } from './set-features.ts';
import { COMMAND, ERROR_BIT, SECTOR, STEP } from './spec.ts';

/** A row of the command table. */
export interface CommandRow {
  readonly name: string;
  /** Works on the medium: takes the drive's command overhead. */
  readonly media: boolean;
  /** Runs when the overhead is over; ends the command or begins its data phase. */
  readonly run: (drive: AtaDrive) => void;
}

/**
 * Address and count of a command from the registers, checked against the drive's size. False: the
 * command has failed with IDNF.
 */
function range(d: AtaDrive, ext: boolean): boolean {
  const s = d.s;
  s.ext = ext;
  const lba = ext ? address48(s) : address28(s);
  const n = sectorCount(s, ext);
  if (lba < 0) {
    d.fail(ERROR_BIT.IDNF);
    return false;
  }
  if (lba + n > d.sectors) {
    d.fail(ERROR_BIT.IDNF, Math.max(lba, d.sectors));
    return false;
  }
  s.standby = false;
  s.lba = lba;
  s.left = n;
  return true;
}

function writable(d: AtaDrive): boolean {
  if (!d.disk.readOnly) return true;
  d.note('write-protected', `disk ${d.disk.name} is read-only; aborted`);
  d.abort();
  return false;
}

/**
 * Sectors of a DRQ block; READ and WRITE MULTIPLE without SET MULTIPLE MODE are aborted (§READ
 * MULTIPLE, §WRITE MULTIPLE).
 */
function blocks(d: AtaDrive, multiple: boolean): boolean {
  d.s.block = multiple ? d.s.multiple : 1;
  if (d.s.block > 0) return true;
  d.abort();
  return false;
}

const read = (ext: boolean, multiple: boolean) => (d: AtaDrive): void => {
  if (blocks(d, multiple) && range(d, ext)) d.data.beginIn();
};
const write = (ext: boolean, multiple: boolean) => (d: AtaDrive): void => {
  if (writable(d) && blocks(d, multiple) && range(d, ext)) d.data.nextOut(false);
};
const readDma = (ext: boolean) => (d: AtaDrive): void => {
  if (range(d, ext)) d.data.beginDmaIn();
};
const writeDma = (ext: boolean) => (d: AtaDrive): void => {
  if (writable(d) && range(d, ext)) d.data.beginDmaOut();
};
const verify = (ext: boolean) => (d: AtaDrive): void => {
  if (!range(d, ext)) return;
  if (d.badSectors.size > 0) {
    for (let k = 0; k < d.s.left; k++) {
      if (!d.badSectors.has(d.s.lba + k)) continue;
      d.fail(ERROR_BIT.UNC, d.s.lba + k);
      return;
    }
  }
  d.complete();
};
const done = (d: AtaDrive): void => d.complete();
const flush = (d: AtaDrive): void => {
  d.disk.flush();
  const wait = d.mediumFlush();
  if (wait === 0) d.complete();
  else d.later(STEP.FINISH, wait);
};

function seek(d: AtaDrive): void {
  const lba = address28(d.s);
  d.s.ext = false;
  if (lba < 0 || lba >= d.sectors) d.fail(ERROR_BIT.IDNF);
  else d.complete();
}

/**
 * INITIALIZE DEVICE PARAMETERS (ATA/ATAPI-5, obsolete in ATA-6): heads in the low bits of the
 * device register, sectors per track in the count.
 */
function initializeParameters(d: AtaDrive): void {
  if (d.s.count === 0) {
    d.abort();
    return;
  }
  d.s.heads = (d.s.device & 15) + 1;
  d.s.sectorsPerTrack = d.s.count;
  d.complete();
}

/**
 * §SET MULTIPLE MODE: a power of two to the drive's maximum; 0 switches the multiple commands off.
 * A count that the drive does not support is aborted and switches them off as well: so say the
 * makers' manuals (Seagate ST3636A §5.4.15, Hitachi Travelstar 5K100 §13.37).
 */
function setMultiple(d: AtaDrive): void {
  const n = d.s.count;
  if (n > d.maxMultiple || (n & (n - 1)) !== 0) {
    d.s.multiple = 0;
    d.abort();
    return;
  }
  d.s.multiple = n;
  d.complete();
}

const nativeMax = (ext: boolean) => (d: AtaDrive): void => {
  d.s.ext = ext;
  storeAddress(d.s, ext ? d.sectors - 1 : Math.min(d.sectors, 0x10000000) - 1, ext);
  d.complete();
};

const standby = (on: boolean) => (d: AtaDrive): void => {
  d.s.standby = on;
  d.complete();
};

/** §CHECK POWER MODE: 00h standby, FFh active or idle. */
function checkPower(d: AtaDrive): void {
  d.s.count = d.s.standby ? 0x00 : 0xff;
  d.complete();
}

function identifyDevice(d: AtaDrive): void {
  identify(d, d.buffer);
  d.data.offer(SECTOR);
}

const rows: Record<number, CommandRow> = {};
function row(name: keyof typeof COMMAND, media: boolean, run: (drive: AtaDrive) => void): void {
  rows[COMMAND[name]] = { name, media, run };
}
row('NOP', false, (d) => d.abort()); // §NOP: always ends in ABRT
row('RECALIBRATE', false, done);
row('READ_SECTORS', true, read(false, false));
row('READ_SECTORS_NO_RETRY', true, read(false, false));
row('READ_SECTORS_EXT', true, read(true, false));
row('READ_MULTIPLE', true, read(false, true));
row('READ_MULTIPLE_EXT', true, read(true, true));
row('READ_DMA', true, readDma(false));
row('READ_DMA_NO_RETRY', true, readDma(false));
row('READ_DMA_EXT', true, readDma(true));
row('WRITE_SECTORS', true, write(false, false));
row('WRITE_SECTORS_NO_RETRY', true, write(false, false));
row('WRITE_SECTORS_EXT', true, write(true, false));
row('WRITE_MULTIPLE', true, write(false, true));
row('WRITE_MULTIPLE_EXT', true, write(true, true));
row('WRITE_DMA', true, writeDma(false));
row('WRITE_DMA_NO_RETRY', true, writeDma(false));
row('WRITE_DMA_EXT', true, writeDma(true));
row('READ_VERIFY_SECTORS', true, verify(false));
row('READ_VERIFY_SECTORS_NO_RETRY', true, verify(false));
row('READ_VERIFY_SECTORS_EXT', true, verify(true));
row('SEEK', false, seek);
row('INITIALIZE_DEVICE_PARAMETERS', false, initializeParameters);
row('SET_MULTIPLE_MODE', false, setMultiple);
row('STANDBY_IMMEDIATE', false, standby(true));
row('STANDBY', false, standby(true));
row('SLEEP', false, standby(true));
row('IDLE_IMMEDIATE', false, standby(false));
row('IDLE', false, standby(false));
row('CHECK_POWER_MODE', false, checkPower);
row('FLUSH_CACHE', true, flush);
row('FLUSH_CACHE_EXT', true, flush);
row('IDENTIFY_DEVICE', false, identifyDevice);
row('SET_FEATURES', false, setFeatures);
row('READ_NATIVE_MAX_ADDRESS', false, nativeMax(false));
row('READ_NATIVE_MAX_ADDRESS_EXT', false, nativeMax(true));

/**
 * The command set; a code without a row is aborted. EXECUTE DEVICE DIAGNOSTIC is the channel's, as
 * both drives take part.
 */
export const COMMANDS: Readonly<Record<number, CommandRow>> = rows;
