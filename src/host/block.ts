/** What a drive says of itself (IDENTIFY DEVICE); what is left out is the model's own. */
export interface DriveLabel {
  readonly model?: string;
  readonly serial?: string;
  readonly firmware?: string;
}

/**
 * A disk image as the host keeps it. Offsets and lengths in bytes. Reads are synchronous: files are
 * opened by the host side (`apps/`), which reads ahead or keeps them in memory. `write` changes an
 * overlay unless the host was asked to write through.
 */
export interface BlockBackend {
  readonly name: string;
  /** Bytes; a multiple of 512. */
  readonly size: number;
  readonly readOnly: boolean;
  /**
   * A text that is another one whenever the contents are, as they are now; '' or absent if nobody
   * can tell.
   */
  readonly identity?: string;
  /** What it is an image of; absent: a fixed disk (or a floppy disk, in such a drive). */
  readonly medium?: 'cd';
  /** What its drive says of itself. */
  readonly label?: DriveLabel;
  read(offset: number, buffer: Uint8Array, at: number, length: number): void;
  write(offset: number, buffer: Uint8Array, at: number, length: number): void;
  /** Makes earlier writes durable. */
  flush(): void;
}

/** In a floppy drive's place: the drive is there, with no disk in it. */
export const NO_DISK: BlockBackend = {
  name: 'no disk', size: 0, readOnly: true, read: () => {}, write: () => {}, flush: () => {},
};

/** In a disk's place: a CD-ROM drive with no disc in it. */
export const NO_DISC: BlockBackend = { ...NO_DISK, name: 'no disc', medium: 'cd' };
