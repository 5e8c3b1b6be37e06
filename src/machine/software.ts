/** What a machine can be started with. Which kinds a board takes is the board's affair. */
export type Software =
  /** One of our guest programs with its parameter block. */
  | { readonly kind: 'guest'; readonly image: Uint8Array; readonly block: Uint8Array }
  /** A bare-metal program: an ELF executable or an image with a multiboot header. */
  | { readonly kind: 'program'; readonly image: Uint8Array; readonly commandLine: string }
  /** A Linux kernel by its 32-bit boot protocol. */
  | { readonly kind: 'linux'; readonly kernel: Uint8Array; readonly initrd?: Uint8Array; readonly append: string };
