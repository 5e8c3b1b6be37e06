import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import type { DeviceRecipe, DiskRecipe, SnapshotRecipe } from '../../../src/control/snapshot-recipe.ts';
import type { PcMachine } from '../../../src/machine/pc-machine.ts';
import type { Parameter } from '../../../src/sim/parameter.ts';
import type { RuleName } from '../../../src/sim/forgive.ts';
import type { FileDisk } from '../hosts/disk.ts';
import { InputError, systemReason } from '../input-error.ts';
import { VERSION } from '../package-info.ts';

/** Bytes of an image that are read at a time. */
const PIECE = 1024 * 1024;

/** What a machine was built from, beside itself. */
export interface BuiltFrom {
  readonly forgive: readonly RuleName[];
  readonly exitPort: boolean;
  readonly disk: FileDisk | null;
}

/** How a machine was built, as its snapshots say it. */
export function recipeOf(machine: PcMachine, from: BuiltFrom, moment: string): SnapshotRecipe {
  const rows = Object.entries(machine.definition.options as Readonly<Record<string, Parameter>>);
  const values = machine.options as Readonly<Record<string, unknown>>;
  return {
    generator: `northbridge ${VERSION}`, moment,
    options: Object.fromEntries(rows.map(([name, row]) => [name, row.format(values[name])])),
    forgiven: [...from.forgive].sort(),
    exitPort: from.exitPort,
    disks: [from.disk === null ? null : diskRecipe(from.disk)],
    devices: deviceRecipes(machine),
  };
}

/** The devices that are no part of the board. */
export function deviceRecipes(machine: PcMachine): DeviceRecipe[] {
  return machine.devices.map((d) => ({
    name: d.component.name, slot: `${d.device}.${d.function}`, settings: d.settings,
  }));
}

/**
 * What makes an image this one: its size and contents, whole. A second for every gigabyte and more;
 * what guests keep of a disk in memory can be of any part of it.
 * @throws InputError if it cannot be read
 */
export function diskRecipe(disk: FileDisk): DiskRecipe {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(PIECE);
  try {
    for (let at = 0; at < disk.size;) {
      const n = readSync(disk.fd, piece, 0, Math.min(PIECE, disk.size - at), at);
      if (n === 0) break;
      hash.update(piece.subarray(0, n));
      at += n;
    }
  } catch (error) {
    throw new InputError(`disk '${disk.path}' cannot be read: ${systemReason(error)}`);
  }
  return { name: disk.name, size: disk.size, sha256: hash.digest('hex') };
}
