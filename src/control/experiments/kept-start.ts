import type { BlockBackend } from '../../host/block.ts';
import { DiskOverlay } from '../disk-overlay.ts';
import type { Attachment, Session } from '../session.ts';
import { asciiBytes } from '../snapshot-blob.ts';
import { SnapshotError } from '../snapshot-error.ts';
import type { Experiment, JobOf, Kit, MachineSpec, Trial } from './experiment.ts';
import { disksOf, overlaysOf } from './trial-disks.ts';

/** Version of what a key is made of, and of what is kept beside the machine. */
const VERSION = 1;

/**
 * A host's store of starts: machines that have come to the mark `begin` of a trial. Its members do
 * not throw: what was lost, or cannot be kept, is made anew.
 */
export interface KeptStarts {
  /**
   * Identity of this program, e.g. a digest of its code: another one for every build that might
   * simulate anything differently.
   */
  readonly program: string;
  /** @param key 64 hexadecimal digits */
  find(key: string): Uint8Array | null;
  keep(key: string, file: Uint8Array): void;
}

type Disks = readonly (BlockBackend | null)[];

/** The start of one trial in a store. */
export class KeptStart {
  /** What a snapshot must take along: the disks' changed pages. */
  readonly attachments: Readonly<Record<string, Attachment>>;
  private readonly store: KeptStarts;
  private readonly disks: Disks;
  private readonly key: string;
  private readonly identities: string;

  private constructor(store: KeptStarts, spec: MachineSpec, key: string) {
    this.store = store;
    this.disks = disksOf(spec);
    this.key = key;
    this.identities = identitiesOf(this.disks).join();
    this.attachments = overlaysOf(spec);
  }

  /**
   * The start of a trial, or null if it cannot be kept: the trial is not resumable, or nobody can
   * tell what is on a disk.
   * @param config of the machine that was built for it
   */
  static of(
    store: KeptStarts, e: Experiment, job: JobOf, method: string, trial: Trial, config: string, kit: Kit,
  ): KeptStart | null {
    const disks = disksOf(trial.machine);
    const untouched = disks.every((d) => (d instanceof DiskOverlay ? d.changedPages === 0 : d?.readOnly ?? true));
    if (trial.resumable !== true || trial.posted !== undefined || !untouched) return null;
    const identities = identitiesOf(disks);
    if (identities.includes('')) return null;
    const hash = kit.sha256();
    hash.update(asciiBytes(canonical({
      version: VERSION, program: store.program, experiment: e.name, method, guest: job.guest, values: job.values,
      board: job.board, config, disks: identities, boot: trial.software.boot,
      phases: trial.phases, marks: trial.marks ?? [], limit: trial.limit,
    }, kit)));
    return new KeptStart(store, trial.machine, hash.digest());
  }

  find(): Uint8Array | null {
    return this.store.find(this.key);
  }

  /** Keeps a session that has come to its mark `begin`; nothing of it is changed. */
  keep(session: Session): void {
    // A disk that was written to meanwhile: nobody knows what the guest has seen of it.
    if (identitiesOf(this.disks).join() !== this.identities) return;
    let file: Uint8Array;
    try {
      file = session.snapshot();
    } catch (error) {
      // What is too large for the host, or has no form in a file, is not kept.
      if (error instanceof SnapshotError || error instanceof RangeError) return;
      throw error;
    }
    this.store.keep(this.key, file);
  }
}

/** Identities of the images, '' where there is none to be had. */
function identitiesOf(disks: Disks): string[] {
  return disks.map((d) => (d === null ? 'none' : (d instanceof DiskOverlay ? d.base : d).identity ?? ''));
}

/** JSON with keys in order, and bytes by their SHA-256. */
function canonical(value: unknown, kit: Kit): string {
  if (value instanceof Uint8Array) {
    const hash = kit.sha256();
    hash.update(value);
    return `"sha256 ${hash.digest()}"`;
  }
  if (Array.isArray(value)) return `[${value.map((v) => canonical(v, kit)).join()}]`;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new Error('a resumable trial is of plain values');
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v, kit)}`).join()}}`;
}
