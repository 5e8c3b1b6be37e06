/** The built guest programs, by the path below guest/images without `.elf`: made by the build. */
declare module 'guest-images' {
  export const images: Readonly<Record<string, Uint8Array>>;
}
