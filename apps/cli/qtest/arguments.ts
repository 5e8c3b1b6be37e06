import { InputError } from '../input-error.ts';
import { nearest } from '../../../src/sim/nearest.ts';

/** `-drive` and its short forms. */
export interface DriveWish {
  /** A path, or null: zeros of `size` bytes; a floppy drive without a disk if that is 0. */
  readonly file: string | null;
  readonly size: number;
  readonly kind: 'ide' | 'floppy' | 'none';
  /** Its place among those of its kind, or -1: the first that is free. */
  readonly index: number;
  readonly id: string;
  /** `serial=`; '' if it was not given. */
  readonly serial: string;
}

/** `-device NAME,key=value,…` */
export interface DeviceWish {
  readonly name: string;
  readonly keys: Readonly<Record<string, string>>;
}

/** What QEMU-style arguments ask for. */
export interface QtestArguments {
  readonly ram: number;
  readonly drives: readonly DriveWish[];
  readonly devices: readonly DeviceWish[];
  /** By `driver.property`. */
  readonly globals: Readonly<Record<string, string>>;
  /** Addresses as they were written. */
  readonly qtest: string;
  readonly qmp: string;
  readonly paused: boolean;
  /** `-rtc base=`: a date, `utc`, `localtime`; '' if it was not given. */
  readonly clock: string;
  /** No -nodefaults: there is a floppy drive without a disk. */
  readonly defaults: boolean;
}

/** Options with a value that change nothing here. */
const IGNORED = new Set([
  'accel', 'audio', 'audiodev', 'boot', 'bios', 'cpu', 'd', 'D', 'display', 'k', 'L', 'monitor', 'msg', 'name', 'net',
  'netdev', 'nic', 'parallel', 'qtest-log', 'sandbox', 'serial', 'smp', 'trace', 'uuid', 'vga', 'object',
]);
const IGNORED_FLAGS = new Set([
  'daemonize', 'enable-fips', 'nodefaults', 'no-acpi', 'nographic', 'no-hpet', 'no-reboot', 'no-shutdown',
  'no-user-config', 'only-migratable',
]);
const TAKEN = [
  'M', 'machine', 'm', 'blockdev', 'drive', 'hda', 'hdb', 'hdc', 'hdd', 'fda', 'fdb', 'device', 'global', 'qtest',
  'qmp', 'chardev', 'mon', 'rtc',
];
const MiB = 2 ** 20;
/** Bytes of a drive without contents whose size nobody told: as QEMU's null-co. */
const EMPTY_DRIVE = 2 ** 30;

/**
 * Reads the arguments of a program that suites know as `qemu-system-i386`.
 * @throws InputError
 */
export function qtestArguments(args: readonly string[]): QtestArguments {
  const drives: DriveWish[] = [], devices: DeviceWish[] = [], globals: Record<string, string> = {};
  const chardevs = new Map<string, string>();
  let ram = 128 * MiB, qtest = '', qmp = '', monitor = '', paused = false, clock = '', defaults = true;
  for (let at = 0; at < args.length; at++) {
    const word = args[at], name = word.replace(/^--?/, '');
    if (!word.startsWith('-') || name === '')
      throw new InputError(`'${word}' is no option of qtest; drives are -drive`);
    if (name === 'S') paused = true;
    if (name === 'nodefaults') defaults = false;
    if (name === 'S' || IGNORED_FLAGS.has(name)) continue;
    if (!TAKEN.includes(name) && !IGNORED.has(name)) throw unknownOption(word, name);
    const value = args[++at];
    if (value === undefined) throw new InputError(`${word} needs a value`);
    switch (name) {
      case 'M': case 'machine': checkMachine(value); break;
      case 'accel': if (keyed(value).first !== 'qtest') throw noAccelerator(value); break;
      case 'm': ram = memory(value); break;
      case 'drive': drives.push(drive(value)); break;
      case 'blockdev': drives.push(blockNode(value)); break;
      case 'hda': case 'hdb': case 'hdc': case 'hdd':
        drives.push(plainDrive(value, 'ide', 'abcd'.indexOf(name[2])));
        break;
      case 'fda': case 'fdb': drives.push(plainDrive(value, 'floppy', 'ab'.indexOf(name[2]))); break;
      case 'device': {
        const { first, keys } = keyed(value, 'driver');
        devices.push({ name: first, keys });
        break;
      }
      case 'global': {
        const m = /^([^=]+)=(.*)$/.exec(value);
        if (m === null) throw new InputError(`-global '${value}': write DRIVER.PROPERTY=VALUE`);
        globals[m[1]] = m[2];
        break;
      }
      case 'qtest': qtest = value; break;
      case 'qmp': qmp = value; break;
      case 'chardev': {
        const { first, keys } = keyed(value);
        if (keys['id'] !== undefined) chardevs.set(keys['id'], chardevAddress(first, keys));
        break;
      }
      case 'mon': {
        const { first, keys } = keyed(value, 'chardev');
        if (keys['mode'] === 'control') monitor = keys['chardev'] ?? first;
        break;
      }
      case 'rtc': clock = keyed(value).keys['base'] ?? ''; break;
    }
  }
  if (qmp === '' && monitor !== '') qmp = chardevs.get(monitor.replace(/^chardev:/, '')) ?? '';
  if (qtest.startsWith('chardev:')) qtest = chardevs.get(qtest.slice('chardev:'.length)) ?? '';
  if (qtest === '' && qmp === '')
    throw new InputError('nobody could speak to the machine: give -qtest unix:PATH, or -qmp unix:PATH');
  return { ram, drives, devices, globals, qtest, qmp, paused, clock, defaults };
}

function unknownOption(word: string, name: string): InputError {
  const near = nearest(name, [...TAKEN, ...IGNORED, ...IGNORED_FLAGS].filter((n) => n.length > 1 || name.length === 1));
  return new InputError(`${word} is no option of qtest${near === null ? '' : `; did you mean '-${near}'?`}`);
}

const noAccelerator = (value: string): InputError =>
  new InputError(`-accel '${value}': there is only qtest, which runs no guest; for a guest: northbridge run`);

/** `first,key=value,flag,…`; a doubled comma stands for one. */
function keyed(text: string, firstKey = ''): { first: string; keys: Record<string, string> } {
  const parts = text.replaceAll(',,', '\0').split(',').map((p) => p.replaceAll('\0', ','));
  const pair = (part: string): [string, string] => {
    const at = part.indexOf('=');
    return at < 0 ? [part, 'on'] : [part.slice(0, at), part.slice(at + 1)];
  };
  const named = parts[0].includes('=');
  const keys = Object.fromEntries(parts.slice(named ? 0 : 1).filter((p) => p !== '').map(pair));
  return { first: named ? keys[firstKey] ?? '' : parts[0], keys };
}

function checkMachine(text: string): void {
  const { first, keys } = keyed(text, 'type');
  if (keys['accel'] !== undefined && keys['accel'] !== 'qtest') throw noAccelerator(keys['accel']);
  // Suites ask a machine `none` what there is (`query-machines`, `qom-list-types`).
  if (first !== '' && first !== 'none' && first !== 'pc' && !/^pc-i440fx-\d+\.\d+$/.test(first))
    throw new InputError(`-machine '${first}': there is only pc`);
}

function memory(text: string): number {
  const { first, keys } = keyed(text, 'size');
  const bytes = sizeOf(first === '' ? keys['size'] ?? '' : first, MiB);
  if (bytes === null) throw new InputError(`-m '${text}' is no size; write 128, 128M or 1G`);
  return bytes;
}

/** A size as QEMU writes it: `1440k`, `64M`; without a letter in `unit` bytes. Null: it is none. */
function sizeOf(text: string, unit: number): number | null {
  const m = /^(\d{1,15})([bkmg]?)(i?b)?$/i.exec(text);
  if (m === null) return null;
  const letter = m[2].toLowerCase() as 'b' | 'k' | 'm' | 'g' | '';
  return Number(m[1]) * { b: 1, k: 2 ** 10, m: MiB, g: 2 ** 30, '': unit }[letter];
}

function drive(text: string): DriveWish {
  const { keys } = keyed(text);
  const kind = keys['if'] ?? 'ide', format = keys['format'] ?? keys['file.driver'] ?? 'raw';
  if (kind !== 'ide' && kind !== 'floppy' && kind !== 'none')
    throw new InputError(`-drive if=${kind}: there are ide, floppy and none`);
  if (keys['media'] === 'cdrom') throw new InputError('-drive media=cdrom: there are no ATAPI drives');
  if (!['raw', 'null-co', 'file'].includes(format))
    throw new InputError(`-drive format=${format}: images are raw; convert it: qemu-img convert -O raw`);
  const file = keys['file'] ?? keys['file.filename'] ?? '', zeros = isNull(file, keys);
  return {
    file: zeros || file === '' ? null : file, kind, id: keys['id'] ?? '', serial: keys['serial'] ?? '',
    size: kind === 'floppy' && file === '' && !zeros ? 0 : driveSize('-drive', keys),
    index: keys['index'] === undefined ? unitOf(keys) : whole('-drive index', keys['index']),
  };
}

/** A null device of QEMU's: zeros. */
const isNull = (file: string, keys: Readonly<Record<string, string>>): boolean =>
  file.startsWith('null-co://') || keys['driver'] === 'null-co' || keys['file.driver'] === 'null-co';

function driveSize(option: string, keys: Readonly<Record<string, string>>): number {
  const text = keys['size'] ?? keys['file.size'];
  const size = text === undefined ? EMPTY_DRIVE : sizeOf(text, 1);
  if (size === null || !(size > 0 && size <= 2 ** 40 && size % 512 === 0))
    throw new InputError(`${option} size=${text}: no size of a drive`);
  return size;
}

/** `-blockdev driver=file,node-name=ID,filename=IMAGE`: an image that a -device names. */
function blockNode(text: string): DriveWish {
  const { keys } = keyed(text, 'driver');
  const driver = keys['driver'] ?? '', file = keys['filename'] ?? keys['file.filename'] ?? '';
  if (!['raw', 'file', 'null-co'].includes(driver))
    throw new InputError(`-blockdev driver=${driver}: there are file, raw and null-co`);
  if (driver !== 'null-co' && file === '') throw new InputError(`-blockdev '${text}': a filename is missing`);
  return {
    file: driver === 'null-co' ? null : file, size: driveSize('-blockdev', keys), kind: 'none', index: -1,
    id: keys['node-name'] ?? '', serial: '',
  };
}

const unitOf = (keys: Readonly<Record<string, string>>): number =>
  keys['unit'] === undefined && keys['bus'] === undefined
    ? -1 : 2 * whole('-drive bus', keys['bus'] ?? '0') + whole('-drive unit', keys['unit'] ?? '0');

function plainDrive(file: string, kind: 'ide' | 'floppy', index: number): DriveWish {
  return { file, size: 0, kind, index, id: '', serial: '' };
}

function whole(option: string, text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InputError(`${option} '${text}' is no number`);
  return Number(text);
}

function chardevAddress(kind: string, keys: Readonly<Record<string, string>>): string {
  const server = keys['server'] === 'on' || keys['server'] === 'yes' ? ',server=on' : '';
  if (kind === 'stdio') return 'stdio';
  if (kind === 'socket' && keys['path'] !== undefined) return `unix:${keys['path']}${server}`;
  if (kind === 'socket' && keys['port'] !== undefined) return `tcp:${keys['host'] ?? ''}:${keys['port']}${server}`;
  return '';
}
