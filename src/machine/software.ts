/** What a machine can be started with. Which kinds a board takes is the board's affair. */
export type Software =
  /** One of our guest programs with its parameter block. */
  | { readonly kind: 'guest'; readonly image: Uint8Array; readonly block: Uint8Array }
  /** A bare-metal program: an ELF executable or an image with a multiboot header. */
  | { readonly kind: 'program'; readonly image: Uint8Array; readonly commandLine: string }
  | LinuxSoftware;

/** A Linux kernel by its 32-bit boot protocol. */
export interface LinuxSoftware {
  readonly kind: 'linux';
  /** The bzImage. */
  readonly kernel: Uint8Array;
  /** What is in it, unpacked: entered where the board's option `kernelEntry` says so. */
  readonly vmlinux?: Uint8Array;
  readonly initrd?: Uint8Array;
  /** Kernel command line. */
  readonly append: string;
}
