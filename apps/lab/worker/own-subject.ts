import { OwnSubject, type OwnPlan } from '../../../src/control/explore/own-software.ts';
import { bootable, DEFAULT_APPEND } from '../../../src/control/software/bootable.ts';
import { blamed, type PlaceIn } from '../../../src/control/software/device-module.ts';
import { UnusableError } from '../../../src/control/software/unusable.ts';
import { boardOptionRows, findBoard } from '../../../src/machine/boards/index.ts';
import { CARDS, houseCard } from '../../../src/machine/cards.ts';
import { parseBzImage } from '../../../src/machine/loader/bzimage.ts';
import { LoadError } from '../../../src/machine/loader/load-error.ts';
import { obstacleToEntry, parseVmlinux } from '../../../src/machine/loader/vmlinux.ts';
import type { Software } from '../../../src/machine/software.ts';
import type { UserDevice } from '../../../src/machine/user-devices.ts';
import { ParameterError, type Parameter } from '../../../src/sim/parameter.ts';
import type { MachinePlan } from '../protocol/machine.ts';
import type { OwnCard, OwnSoftware } from '../protocol/own.ts';
import { browserKit } from './kit.ts';
import { compileDevice } from './own-device.ts';
import { FileCd, FileDisk, OWN_BOARD, wholeFile } from './own-files.ts';

const MiB = 2 ** 20;
/** RAM where the user says nothing, as `northbridge run`. */
const MEMORY = 256 * MiB;

/** Where in their sources the devices of the machine that is open went wrong. */
let places: ReadonlyMap<string, PlaceIn> = new Map();

/**
 * Builds what the user asks for.
 * @param heard each character that leaves COM1
 * @throws UnusableError, LoadError, ParameterError
 */
export async function ownSubject(
  plan: MachinePlan, own: OwnSoftware, heard: (byte: number) => void,
): Promise<OwnSubject> {
  const software = softwareOf(own);
  const entry = software.kind === 'linux' && software.vmlinux !== undefined ? 'vmlinux' : 'decompressor';
  const rows: Readonly<Record<string, Parameter>> = boardOptionRows(findBoard(OWN_BOARD)!, ['kernelEntry']);
  const compiled = own.device === null ? [] : [await compileDevice(own.device)];
  places = new Map(compiled.map(({ name, placeIn }) => [name, placeIn]));
  const built: OwnPlan = {
    board: OWN_BOARD, software, disk: own.disk === null ? null : new FileDisk(own.disk),
    cd: own.cd === null ? null : new FileCd(own.cd),
    boardOptions: { ram: MEMORY, ...parsed(rows, plan.texts, 'the board'), kernelEntry: entry },
    devices: [...own.cards.map(cardOf), ...compiled.map(({ device }) => device)],
  };
  return new OwnSubject(built, { heard });
}

/** An error in a line for the user. */
export function inWords(error: unknown): string {
  const e = blamed(error, places);
  if (e instanceof LoadError && /\bRAM\b/.test(e.message)) return `${e.message}; give the machine more memory`;
  return e instanceof Error ? e.message : String(e);
}

function softwareOf(own: OwnSoftware): Software {
  if (own.kernel === null) {
    if (own.guest === '') throw new UnusableError('nothing to run: add a Linux kernel or a program');
    return { kind: 'program', image: browserKit.guestImage(own.guest), commandLine: `${own.guest} ${own.append}` };
  }
  const { name } = own.kernel, { kind, image } = bootable(wholeFile(own.kernel), `'${name}'`);
  if (kind === 'program') {
    if (own.initrd !== null) throw new UnusableError(`an initrd is for Linux; '${name}' is a program`);
    return { kind, image, commandLine: `${name} ${own.append}`.trimEnd() };
  }
  const append = own.append === '' ? DEFAULT_APPEND : own.append;
  return {
    kind, kernel: image, append,
    ...(own.initrd === null ? {} : { initrd: wholeFile(own.initrd) }),
    ...(own.vmlinux === null ? {} : { vmlinux: entered(image, own.vmlinux, append) }),
  };
}

/** An unpacked kernel that can be entered in place of its decompressor. */
function entered(kernel: Uint8Array, file: File, append: string): Uint8Array {
  const vmlinux = wholeFile(file), why = obstacleToEntry(parseBzImage(kernel), parseVmlinux(vmlinux), append);
  if (why !== '') throw new UnusableError(`'${file.name}' cannot be entered: ${why}; take it away, it is not needed`);
  return vmlinux;
}

function cardOf({ kind, slot, texts }: OwnCard): UserDevice {
  const card = Object.hasOwn(CARDS, kind) ? CARDS[kind] : undefined;
  if (card === undefined) throw new UnusableError(`there is no card ${kind}`);
  return houseCard(kind, slot === '' ? 'pci' : `pci ${slot}`, parsed(card.options, texts, kind));
}

/** Values of texts by their rows. @throws UnusableError */
function parsed(
  rows: Readonly<Record<string, Parameter>>, texts: Readonly<Record<string, string>>, of: string,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => {
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
    if (row === undefined) throw new UnusableError(`${of} has no option ${name}`);
    try {
      return [name, row.parse(text)];
    } catch (error) {
      if (error instanceof ParameterError) throw new UnusableError(`${name}: ${error.message}`);
      throw error;
    }
  }));
}
