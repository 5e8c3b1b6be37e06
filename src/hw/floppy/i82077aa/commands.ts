import { COMMAND, OPTION, ST0, ST3, UNITS, VERSION_ENHANCED } from './spec.ts';
import type { I82077aa } from './i82077aa.ts';

/** A command: how many bytes it has, which option bits its first byte may have, what it does. */
export interface CommandRow {
  readonly name: string;
  readonly bytes: number;
  /** Bits of the first byte beside the code. */
  readonly options: number;
  /** `p`: its bytes. Sets the next phase. */
  run(chip: I82077aa, p: Uint8Array): void;
}

const { MT, MFM, SK } = OPTION;

function data(name: string, options: number): CommandRow {
  return { name, bytes: 9, options, run: (chip, p) => chip.transferCommand(p) };
}

/** Table 5-1, by the low five bits of the first byte. What is not here is invalid. */
export const COMMANDS: Readonly<Record<number, CommandRow>> = {
  [COMMAND.READ_DATA]: data('READ DATA', MT | MFM | SK),
  [COMMAND.READ_DELETED_DATA]: data('READ DELETED DATA', MT | MFM | SK),
  [COMMAND.WRITE_DATA]: data('WRITE DATA', MT | MFM),
  [COMMAND.WRITE_DELETED_DATA]: data('WRITE DELETED DATA', MT | MFM),
  [COMMAND.READ_TRACK]: data('READ TRACK', MFM | SK),
  [COMMAND.VERIFY]: data('VERIFY', MT | MFM | SK),
  [COMMAND.FORMAT_TRACK]: { name: 'FORMAT TRACK', bytes: 6, options: MFM, run: (chip, p) => chip.transferCommand(p) },
  [COMMAND.READ_ID]: { name: 'READ ID', bytes: 2, options: MFM, run: (chip, p) => chip.transferCommand(p) },
  [COMMAND.RECALIBRATE]: {
    name: 'RECALIBRATE', bytes: 2, options: 0,
    run: (chip, p) => {
      chip.seeks.recalibrate(p[1] & 3);
      chip.ready();
    },
  },
  [COMMAND.SEEK]: {
    name: 'SEEK', bytes: 3, options: OPTION.RELATIVE | OPTION.INWARD,
    run: (chip, p) => {
      if ((p[0] & OPTION.RELATIVE) !== 0) chip.seeks.by(p[1] & 3, p[2], (p[0] & OPTION.INWARD) !== 0);
      else chip.seeks.to(p[1] & 3, p[2], false);
      chip.ready();
    },
  },
  [COMMAND.SENSE_INTERRUPT_STATUS]: {
    name: 'SENSE INTERRUPT STATUS', bytes: 1, options: 0,
    run: (chip) => {
      const unit = chip.nextPending();
      if (unit < 0) chip.invalid();
      else chip.answer([chip.takePending(unit), chip.seeks.s.pcn[unit]]);
    },
  },
  [COMMAND.SPECIFY]: {
    name: 'SPECIFY', bytes: 3, options: 0,
    run: (chip, p) => {
      const c = chip.control;
      c.srt = p[1] >> 4;
      c.hut = p[1] & 15;
      c.hlt = p[2] >> 1;
      c.nonDma = (p[2] & 1) !== 0;
      chip.ready();
    },
  },
  [COMMAND.SENSE_DRIVE_STATUS]: {
    name: 'SENSE DRIVE STATUS', bytes: 2, options: 0,
    run: (chip, p) => {
      const drive = chip.drive(p[1] & 3);
      const t0 = drive !== null && drive.s.cylinder === 0 ? ST3.T0 : 0;
      const wp = drive?.medium?.writeProtected === true ? ST3.WP : 0;
      chip.answer([ST3.ALWAYS | t0 | wp | p[1] & 7]);
    },
  },
  [COMMAND.CONFIGURE]: {
    name: 'CONFIGURE', bytes: 4, options: 0,
    run: (chip, p) => {
      const c = chip.control;
      c.config = p[2] & 0x7f;
      c.pretrk = p[3];
      // §8.2: within the first polling loop after a reset it keeps the interrupt from coming.
      if ((c.config & 0x10) !== 0) chip.polled.cancel();
      chip.ready();
    },
  },
  [COMMAND.DUMPREG]: {
    name: 'DUMPREG', bytes: 1, options: 0,
    run: (chip) => {
      const c = chip.control, t = chip.transfer.s;
      chip.answer([
        ...chip.seeks.s.pcn.subarray(0, UNITS), c.srt << 4 | c.hut, c.hlt << 1 | +c.nonDma, t.eot,
        +c.lock << 7 | c.perpendicular, c.config, c.pretrk,
      ]);
    },
  },
  [COMMAND.VERSION]: {
    name: 'VERSION', bytes: 1, options: 0, run: (chip) => chip.answer([VERSION_ENHANCED]),
  },
  [COMMAND.PERPENDICULAR_MODE]: {
    name: 'PERPENDICULAR MODE', bytes: 2, options: 0,
    run: (chip, p) => {
      const c = chip.control;
      // OW = 0: the bits of the drives stay (§5.2.8).
      c.perpendicular = (p[1] & 0x80) !== 0 ? p[1] & 0x3f : c.perpendicular & 0x3c | p[1] & 3;
      chip.ready();
    },
  },
  [COMMAND.LOCK]: {
    name: 'LOCK', bytes: 1, options: OPTION.LOCK,
    run: (chip, p) => {
      chip.control.lock = (p[0] & OPTION.LOCK) !== 0;
      chip.answer([+chip.control.lock << 4]);
    },
  },
};

/** The row of a first byte, or null if the command is invalid. */
export function commandOf(first: number): CommandRow | null {
  const row = COMMANDS[first & 0x1f];
  return row !== undefined && (first & 0xe0 & ~row.options) === 0 ? row : null;
}

/** What an invalid command answers (§5.2.4). */
export const INVALID_ANSWER: readonly number[] = [ST0.INVALID];

