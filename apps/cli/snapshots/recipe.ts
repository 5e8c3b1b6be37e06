import type { DeviceRecipe, DiskRecipe, SnapshotRecipe } from '../../../src/control/snapshot-recipe.ts';
import { biosIdentity, type Bios } from '../../../src/machine/firmware/bios.ts';
import type { PcMachine } from '../../../src/machine/pc-machine.ts';
import type { Parameter } from '../../../src/sim/parameter.ts';
import type { RuleName } from '../../../src/sim/forgive.ts';
import type { FileDisk } from '../hosts/disk.ts';
import { VERSION } from '../package-info.ts';

/** What a machine was built from, beside itself. */
export interface BuiltFrom {
  readonly forgive: readonly RuleName[];
  readonly exitPort: boolean;
  readonly disks: readonly FileDisk[];
  readonly floppies: readonly FileDisk[];
  readonly cd: FileDisk | null;
  readonly bios: Bios | null;
}

/**
 * How a machine was built, as its snapshots say it.
 * @throws InputError if its disk cannot be said
 */
export function recipeOf(machine: PcMachine, from: BuiltFrom, moment: string): SnapshotRecipe {
  return {
    generator: `northbridge ${VERSION}`, moment,
    options: optionTexts(machine),
    forgiven: [...from.forgive].sort(),
    exitPort: from.exitPort,
    disks: from.disks.map(diskRecipe),
    floppies: from.floppies.map(diskRecipe),
    cd: from.cd === null ? null : diskRecipe(from.cd),
    bios: from.bios === null ? null : biosIdentity(from.bios),
    devices: deviceRecipes(machine),
  };
}

/** Every option of a machine's board, as its row writes it. */
export function optionTexts(machine: PcMachine): Record<string, string> {
  const rows = Object.entries(machine.definition.options as Readonly<Record<string, Parameter>>);
  const values = machine.options as Readonly<Record<string, unknown>>;
  return Object.fromEntries(rows.map(([name, row]) => [name, row.format(values[name])]));
}

/** The devices that are no part of the board. */
export function deviceRecipes(machine: PcMachine): DeviceRecipe[] {
  return machine.devices.map((d) => ({
    name: d.component.name, slot: `${d.device}.${d.function}`, settings: d.settings,
  }));
}

/**
 * What makes an image this one: its size and contents, whole; what guests keep of a disk in memory
 * can be of any part of it.
 * @throws InputError if it cannot be read, or is not as it was when it was opened
 */
export function diskRecipe(disk: FileDisk): DiskRecipe {
  return { name: disk.name, size: disk.size, sha256: disk.sha256() };
}
