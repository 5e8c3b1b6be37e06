import { allOnes } from '../../../bits/field.ts';
import type { Guard, Target, Transaction } from '../../../mem/transaction.ts';
import type { Bank } from '../../../reg/bank.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { Device } from '../../device.ts';
import { DATA_REGISTERS, FEATURES, KEY, NAME_BYTES, SELECTOR_REGISTERS } from './spec.ts';

/** What firmware is told. */
export interface FwCfgItems {
  /** Bytes of RAM. */
  readonly ramBytes: number;
  readonly cpus: number;
  /** Files by name (`etc/e820`), names of at most 55 bytes. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** Tells firmware about the board: items of bytes, chosen by a key, read byte by byte. */
export class FwCfg extends Device {
  private readonly items: ReadonlyMap<number, Uint8Array>;
  private readonly s = this.cells('state', { key: 0, next: 0 });
  private readonly selector: Bank;
  private readonly data: Bank;
  /** Ports 510h and 511h. */
  readonly ports: Target;

  constructor(name: string, sim: Simulation, items: FwCfgItems) {
    super(name, sim);
    this.items = itemsOf(items);
    this.selector = this.regs('selector', SELECTOR_REGISTERS, {
      SELECTOR: {
        write: (w) => {
          this.s.key = w.KEY;
          this.s.next = 0;
        },
      },
    });
    this.data = this.regs('data', DATA_REGISTERS, {
      DATA: {
        value: () => this.items.get(this.s.key)?.[this.s.next] ?? 0,
        read: () => {
          this.s.next++;
        },
      },
    });
    this.ports = this.target(new FwCfgPorts(`${name}.ports`, this.guard, this.selector, this.data));
  }

  override describe(): Identity {
    return {
      compatible: 'qemu,fw-cfg', title: "Firmware configuration: what QEMU tells its firmware",
      datasheet: 'QEMU, docs/specs/fw_cfg.rst',
      absent: ['DMA interface at 514h: the feature bitmap says that there is none', 'writable items'],
    };
  }
}

/** The selector is a word at 510h, the data register a byte at 511h. */
class FwCfgPorts implements Target {
  readonly name: string;
  readonly guard: Guard;
  private readonly selector: Bank;
  private readonly data: Bank;

  constructor(name: string, guard: Guard, selector: Bank, data: Bank) {
    this.name = name;
    this.guard = guard;
    this.selector = selector;
    this.data = data;
  }

  read(offset: number, size: number, tx: Transaction): number {
    return offset === 1 && size === 1 ? this.data.read(0, 1, tx) : allOnes(size);
  }

  write(offset: number, size: number, value: number, tx: Transaction): void {
    if (offset === 0 && size === 2) this.selector.write(0, 2, value, tx);
  }
}

function itemsOf({ ramBytes, cpus, files }: FwCfgItems): Map<number, Uint8Array> {
  const names = Object.keys(files);
  return new Map<number, Uint8Array>([
    [KEY.SIGNATURE, text('QEMU')],
    [KEY.ID, littleEndian(FEATURES, 4)],
    [KEY.RAM_SIZE, littleEndian(ramBytes, 8)],
    [KEY.CPUS, littleEndian(cpus, 2)],
    [KEY.BOOT_MENU, littleEndian(0, 2)],
    [KEY.MOST_CPUS, littleEndian(cpus, 2)],
    [KEY.FILE_DIRECTORY, directory(files)],
    ...names.map((name, n): [number, Uint8Array] => [KEY.FIRST_FILE + n, files[name] as Uint8Array]),
  ]);
}

/** Number of files, then for each: size, key (both big endian), two bytes reserved, name. */
function directory(files: FwCfgItems['files']): Uint8Array {
  const names = Object.keys(files), entry = 8 + NAME_BYTES;
  const bytes = new Uint8Array(4 + names.length * entry), view = new DataView(bytes.buffer);
  view.setUint32(0, names.length);
  names.forEach((name, n) => {
    if (name.length >= NAME_BYTES) throw new Error(`fw_cfg: the name ${name} is longer than ${NAME_BYTES - 1} bytes`);
    const at = 4 + n * entry;
    view.setUint32(at, (files[name] as Uint8Array).length);
    view.setUint16(at + 4, KEY.FIRST_FILE + n);
    bytes.set(text(name), at + 8);
  });
  return bytes;
}

function text(s: string): Uint8Array {
  return Uint8Array.from(s, (c) => c.charCodeAt(0));
}

/** A whole number below 2^53. */
export function littleEndian(value: number, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  for (let i = 0, v = value; i < bytes; i++, v = Math.floor(v / 256)) out[i] = v % 256;
  return out;
}
