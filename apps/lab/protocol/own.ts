/** Software and devices of the user's own. */
import type { Field } from '../../../src/control/experiments/form.ts';
import type { FileRole } from '../../../src/control/software/own-files.ts';

/**
 * What a machine with the user's own software is built of. Files stay where they are and are read
 * as needed.
 */
export interface OwnSoftware {
  /** A Linux kernel or a program; null: `guest`. */
  readonly kernel: File | null;
  /** One of our guest programs, by its name; '' where a kernel is given. */
  readonly guest: string;
  /** The kernel unpacked, to be entered at once; null: it unpacks itself, which takes a while. */
  readonly vmlinux: File | null;
  readonly initrd: File | null;
  /** Command line of a kernel or a multiboot program; '': the usual one. */
  readonly append: string;
  /** Raw disk image, primary master: what is written to it is forgotten at the end. */
  readonly disk: File | null;
  /** Image of a data CD, in a drive as secondary master. */
  readonly cd: File | null;
  /** Cards of the house. */
  readonly cards: readonly OwnCard[];
  readonly device: OwnDevice | null;
  /** Its transfers are recorded, which takes time and memory. */
  readonly record: boolean;
}

/** A card of the house, its slot (`3`; '': the first that is free), its options as texts. */
export interface OwnCard {
  readonly kind: string;
  readonly slot: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** A device of the user's own: TypeScript. */
export interface OwnDevice {
  /** Name of the file, for messages. */
  readonly file: string;
  readonly source: string;
  readonly slot: string;
}

/** What a file is for, or why it is for nothing: one line. */
export interface FileLook {
  readonly role: FileRole | null;
  readonly refusal: string;
}

/** Options of the board, and the cards of the house with theirs. */
export interface OwnForm {
  readonly machine: readonly Field[];
  readonly cards: readonly { readonly kind: string; readonly options: readonly Field[] }[];
}

/** What can be asked of a worker that has no machine. */
export interface OwnApi {
  look(files: readonly File[]): Promise<FileLook[]>;
  /** What the machine can be given. */
  form(): Promise<OwnForm>;
}

/** COM1 of the machine of a worker. It is always that of the front, whichever moment is shown. */
export interface TerminalApi {
  /**
   * Tells what COM1 has said and says, from its beginning on, in pieces, not more often than the
   * screen is drawn anew; the next comes when `told` has taken the last. One listener at a time.
   */
  follow(told: (bytes: Uint8Array) => Promise<void>): Promise<void>;
  /** Types; the guest gets the characters as it takes them. */
  type(text: string): Promise<void>;
}
