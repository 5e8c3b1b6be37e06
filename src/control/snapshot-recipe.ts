import { count, list, object, text } from './snapshot-values.ts';

/** A disk that a machine was made with: its image is not in the snapshot. */
export interface DiskRecipe {
  /** The image's name, without its folder. */
  name: string;
  /** Bytes. */
  size: number;
  /** SHA-256 of the whole image, lower-case hexadecimal digits. */
  sha256: string;
}

/** A device that is no part of the board. */
export interface DeviceRecipe {
  name: string;
  /** `3.0`: device and function on PCI. */
  slot: string;
  /** Its options as JSON, or ''. */
  settings: string;
}

/**
 * How to build a machine that a snapshot fits, for whoever has the file alone (`run --load`). A
 * snapshot need not have one: who builds the machine from something else does not ask.
 */
export interface SnapshotRecipe {
  /** The program that wrote it, with its version. */
  generator: string;
  /** What the moment is, for people: `when the console said 'login:'`. */
  moment: string;
  /** Every option of the board, as its row writes it. */
  options: Record<string, string>;
  /** Rules of devices that are not kept. */
  forgiven: string[];
  /** The machine has the exit port. */
  exitPort: boolean;
  /** The hard disks, from the primary master on. */
  disks: DiskRecipe[];
  /** The floppy disks, from drive A on. */
  floppies: DiskRecipe[];
  /** The disc in the CD-ROM drive. */
  cd: DiskRecipe | null;
  /** The BIOS in its socket and what it is to start from, as `biosIdentity` says it. */
  bios: string | null;
  devices: DeviceRecipe[];
}

/** A recipe as it was parsed, checked. @throws SnapshotError */
export function decodeRecipe(value: unknown): SnapshotRecipe {
  const recipe = object(value, 'the recipe');
  const field = (of: Record<string, unknown>, name: string): string => text(of[name], `the recipe's ${name}`);
  const disk = (entry: unknown): DiskRecipe => {
    const of = object(entry, 'a disk');
    return { name: field(of, 'name'), size: count(of['size'], "a disk's size"), sha256: field(of, 'sha256') };
  };
  return {
    generator: field(recipe, 'generator'), moment: field(recipe, 'moment'),
    options: Object.fromEntries(
      Object.entries(object(recipe['options'], "the recipe's options")).map(([k, v]) => [k, text(v, `option ${k}`)]),
    ),
    forgiven: list(recipe['forgiven'], 'forgiven rules').map((rule) => text(rule, 'a forgiven rule')),
    exitPort: recipe['exitPort'] === true,
    disks: list(recipe['disks'], 'disks').map(disk),
    floppies: list(recipe['floppies'], 'floppy disks').map(disk),
    cd: recipe['cd'] == null ? null : disk(recipe['cd']),
    bios: recipe['bios'] == null ? null : text(recipe['bios'], 'the BIOS'),
    devices: list(recipe['devices'], 'devices').map((entry) => {
      const device = object(entry, 'a device');
      return { name: field(device, 'name'), slot: field(device, 'slot'), settings: field(device, 'settings') };
    }),
  };
}
