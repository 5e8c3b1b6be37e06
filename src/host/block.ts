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
  read(offset: number, buffer: Uint8Array, at: number, length: number): void;
  write(offset: number, buffer: Uint8Array, at: number, length: number): void;
  /** Makes earlier writes durable. */
  flush(): void;
}
