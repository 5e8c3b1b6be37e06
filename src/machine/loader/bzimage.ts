import type { FirmwareScreen } from '../firmware/vga-setup.ts';
import { LoadError } from './load-error.ts';
import type { LoadPlan, LoadSegment, MemoryRange } from './plan.ts';
import { planVmlinux } from './vmlinux.ts';
import { checkPlacement, flatDescriptors, isRam, usableRam } from './plan.ts';

/**
 * What the setup header of a Linux/x86 bzImage says (Documentation/x86/boot.rst, "The Real-Mode
 * Kernel Header").
 */
export interface BzImage {
  /** Boot protocol, e.g. 0x020f for 2.15. */
  readonly version: number;
  /** Bytes to copy to boot_params: [headerStart, headerEnd) of the image. */
  readonly headerEnd: number;
  /** Boot sector and setup code, a view of the image. */
  readonly setup: Uint8Array;
  /** The protected-mode kernel, a view of the image. */
  readonly kernel: Uint8Array;
  /** Highest address that the initrd's last byte may have. */
  readonly initrdAddressMax: number;
  /** Longest command line without its NUL. */
  readonly commandLineSize: number;
  /**
   * Memory [workStart, workEnd) that the kernel takes for unpacking itself before it looks at the
   * memory map; both are the load address if the header does not tell.
   */
  readonly workStart: number;
  readonly workEnd: number;
  /** Whether it runs at other addresses than it was linked for, too. */
  readonly relocatable: boolean;
  /**
   * Where the compressed kernel lies in `kernel`; null where the header does not tell (before
   * protocol 2.08).
   */
  readonly payload: { readonly offset: number; readonly size: number } | null;
  /** The kernel's own version line, if it has one. */
  readonly kernelVersion: string;
}

/** Everything about a start that is not the kernel image. */
export interface LinuxBoot {
  /** Rows for boot_params, at most 128; also tells where things may be placed. */
  readonly memoryMap: readonly MemoryRange[];
  /** Printable ASCII, without NUL. */
  readonly commandLine: string;
  readonly initrd?: Uint8Array;
  /** What a VGA shows, for the console; none without. */
  readonly screen?: FirmwareScreen | null;
  /** The unpacked kernel, to be entered in place of its decompressor. */
  readonly vmlinux?: Uint8Array;
}

/** Where the protected-mode kernel goes and begins. */
export const KERNEL_ADDRESS = 0x10_0000;
/** Where the plan puts its own things in low memory. */
export const BOOT_GDT_ADDRESS = 0x1000;
export const BOOT_STACK_TOP = 0x9000;
export const BOOT_PARAMS_ADDRESS = 0x1_0000;
export const COMMAND_LINE_ADDRESS = 0x2_0000;

const HEADER_START = 0x1f1;
const BOOT_PARAMS_SIZE = 4096;
const E820_TABLE = 0x2d0;
const E820_MAX = 128;
const LOADED_HIGH = 1;
/** loadflags, bit 1: set by the decompressor alone (boot.rst, loadflags). */
const KASLR = 2;
/** xloadflags, bit 0: the kernel has the 64-bit entry point (boot.rst, xloadflags). */
const XLF_KERNEL_64 = 1;
const PARAGRAPH = 16;
const KEEP_SEGMENTS = 0x40;
const PAGE = 4096;
/** A command line longer than this would leave its place in low memory. */
const COMMAND_LINE_LIMIT = 0x1_0000;

const hex = (value: number): string => `0x${value.toString(16)}`;

/**
 * Checks a bzImage's headers and lengths.
 * @throws LoadError if it is none, is truncated, is a zImage, or has a protocol older than 2.03
 */
export function parseBzImage(image: Uint8Array): BzImage {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (image.length < 0x268)
    throw new LoadError('bzImage', image.length, 'the file ends before the end of the setup header');
  if (view.getUint16(0x1fe, true) !== 0xaa55)
    throw new LoadError('bzImage', 0x1fe, `boot flag ${hex(view.getUint16(0x1fe, true))}, wanted 0xaa55`);
  if (view.getUint32(0x202, true) !== 0x53726448)
    throw new LoadError('bzImage', 0x202, 'no "HdrS": not a Linux/x86 kernel, or older than boot protocol 2.00');
  const version = view.getUint16(0x206, true);
  if (version < 0x203)
    throw new LoadError('bzImage', 0x206, `boot protocol ${version >> 8}.${version & 255}, wanted 2.03 or later`);
  if ((image[0x211] & LOADED_HIGH) === 0)
    throw new LoadError('bzImage', 0x211, 'a zImage (LOADED_HIGH is clear), wanted a bzImage');

  // A zero stands for 4 (boot.rst, setup_sects).
  const setupSize = ((image[HEADER_START] || 4) + 1) * 512;
  const headerEnd = 0x202 + image[0x201];
  if (headerEnd > 0x290 || headerEnd > setupSize || headerEnd > image.length)
    throw new LoadError('bzImage', 0x201, `the setup header ends at ${hex(headerEnd)}, outside its room`);
  // A kernel for x86-64 has a 32-bit entry as well, which finds no long mode and halts.
  if (version >= 0x20c && headerEnd >= 0x238 && (view.getUint16(0x236, true) & XLF_KERNEL_64) !== 0)
    throw new LoadError(
      'bzImage', 0x236,
      "this kernel is for x86-64 (XLF_KERNEL_64 is set), and the board's processor is IA-32; take one for i386",
    );
  // syssize is a word before protocol 2.04, and counts paragraphs: the last may not be full. A
  // signature may follow the kernel in the file.
  const paragraphs = version >= 0x204 ? view.getUint32(0x1f4, true) : view.getUint16(0x1f4, true);
  const least = (paragraphs - 1) * PARAGRAPH + 1;
  const kernelSize = Math.min(paragraphs * PARAGRAPH, Math.max(image.length - setupSize, least));
  if (paragraphs === 0) throw new LoadError('bzImage', 0x1f4, 'a protected-mode kernel of 0 bytes');
  if (setupSize + kernelSize > image.length)
    throw new LoadError(
      'bzImage', image.length,
      `truncated: ${image.length} bytes, but setup and kernel have ${setupSize + kernelSize}`,
    );

  const field = (since: number, offset: number, otherwise: number): number =>
    version >= since && offset + 4 <= headerEnd ? view.getUint32(offset, true) : otherwise;
  const relocatable = (field(0x205, 0x234, 0) & 0xff) !== 0;
  const workStart = runtimeStart(field(0x205, 0x230, 1), relocatable, field(0x20a, 0x258, KERNEL_ADDRESS));
  const payload = { offset: field(0x208, 0x248, 0), size: field(0x208, 0x24c, 0) };
  return {
    version, headerEnd, relocatable,
    payload: payload.offset === 0 ? null : payload,
    setup: image.subarray(0, setupSize),
    kernel: image.subarray(setupSize, setupSize + kernelSize),
    initrdAddressMax: field(0x203, 0x22c, 0x37ff_ffff),
    commandLineSize: field(0x206, 0x238, 255),
    workStart, workEnd: workStart + field(0x20a, 0x260, 0),
    kernelVersion: versionLine(image.subarray(0, setupSize), view.getUint16(0x20e, true)),
  };
}

/**
 * boot.rst, init_size. A relocatable kernel also never unpacks itself below its preferred address,
 * which is how Linux behaves and stays inside what the document allows.
 */
function runtimeStart(alignment: number, relocatable: boolean, preferred: number): number {
  if (!relocatable) return preferred;
  return Math.max(preferred, alignment > 1 ? Math.ceil(KERNEL_ADDRESS / alignment) * alignment : KERNEL_ADDRESS);
}

/**
 * boot.rst, kernel_version: a pointer less 200h to a NUL-terminated line; 0 or nonsense gives an
 * empty text.
 */
function versionLine(setup: Uint8Array, pointer: number): string {
  let text = '';
  if (pointer === 0) return text;
  for (let at = pointer + 0x200; at < setup.length && text.length < 256; at++) {
    const byte = setup[at];
    if (byte < 0x20 || byte > 0x7e) break;
    text += String.fromCharCode(byte);
  }
  return text;
}

/**
 * Makes the plan to start a kernel by the 32-bit boot protocol (boot.rst, "32-bit Boot Protocol"):
 * zero page, command line, descriptor table, kernel at 1 MiB, initrd as high as the kernel and the
 * RAM allow. With `vmlinux` that stands at its own addresses in place of the kernel at 1 MiB, and
 * is entered as the decompressor would have entered it; all else is the same.
 * @throws LoadError if the image is bad or does not fit into the map's RAM
 */
export function planLinux(image: Uint8Array, boot: LinuxBoot): LoadPlan {
  const kernel = parseBzImage(image);
  const commandLine = encodeCommandLine(boot.commandLine, kernel.commandLineSize);
  const initrd = boot.initrd !== undefined && boot.initrd.length > 0 ? boot.initrd : undefined;
  const vmlinux = boot.vmlinux === undefined ? null : planVmlinux(kernel, boot.vmlinux, boot.commandLine);
  const kernelEnd = Math.max(KERNEL_ADDRESS + kernel.kernel.length, kernel.workEnd, vmlinux?.end ?? 0);
  const initrdAddress =
    initrd === undefined ? 0 : placeInitrd(initrd.length, kernelEnd, kernel.initrdAddressMax, boot.memoryMap);
  const gdt = flatDescriptors(BOOT_GDT_ADDRESS);

  const segments: LoadSegment[] = [
    { name: 'descriptor table', address: BOOT_GDT_ADDRESS, bytes: gdt.bytes, zeroBytes: 0 },
    {
      name: 'boot_params', address: BOOT_PARAMS_ADDRESS,
      bytes: bootParams(image, kernel, boot, initrdAddress, initrd?.length ?? 0),
      zeroBytes: 0,
    },
    { name: 'command line', address: COMMAND_LINE_ADDRESS, bytes: commandLine, zeroBytes: 0 },
    ...(vmlinux?.segments ?? [{ name: 'kernel', address: KERNEL_ADDRESS, bytes: kernel.kernel, zeroBytes: 0 }]),
  ];
  if (initrd !== undefined) segments.push({ name: 'initrd', address: initrdAddress, bytes: initrd, zeroBytes: 0 });
  checkPlacement('bzImage', segments, boot.memoryMap);
  if (
    kernel.workEnd > kernel.workStart &&
    !isRam(usableRam(boot.memoryMap), kernel.workStart, kernel.workEnd - kernel.workStart)
  ) {
    throw new LoadError(
      'bzImage', 0x260,
      `the kernel ${vmlinux === null ? 'unpacks itself to' : 'works in'} ` +
        `${hex(kernel.workStart)}-${hex(kernel.workEnd)}, where there is not that much RAM`,
    );
  }
  return {
    segments, entry: vmlinux?.entry ?? KERNEL_ADDRESS, gdt,
    registers: { eax: 0, ebx: 0, ecx: 0, edx: 0, esi: BOOT_PARAMS_ADDRESS, edi: 0, ebp: 0, esp: BOOT_STACK_TOP },
  };
}

function encodeCommandLine(text: string, limit: number): Uint8Array {
  if (text.length > Math.min(limit, COMMAND_LINE_LIMIT - 1))
    throw new LoadError('kernel command line', -1, `${text.length} characters, the kernel takes ${limit}`);
  const bytes = new Uint8Array(text.length + 1);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e)
      throw new LoadError('kernel command line', i, `character code ${hex(code)} is not printable ASCII`);
    bytes[i] = code;
  }
  return bytes;
}

/** The highest page-aligned place in RAM above the kernel and not above `last`. */
function placeInitrd(size: number, kernelEnd: number, last: number, map: readonly MemoryRange[]): number {
  for (const ram of usableRam(map).reverse()) {
    const end = Math.min(ram.end, last + 1);
    const address = Math.floor((end - size) / PAGE) * PAGE;
    if (address >= Math.max(ram.start, kernelEnd)) return address;
  }
  throw new LoadError(
    'initrd', -1,
    `no RAM for ${size} bytes between the kernel's end ${hex(kernelEnd)} and its limit ${hex(last)}`,
  );
}

/** screen_info, at the beginning of the zero page (include/uapi/linux/screen_info.h). */
function describeScreen(view: DataView, screen: FirmwareScreen): void {
  const word = (at: number, value: number): void => view.setUint16(at, value, true);
  view.setUint8(0x0f, screen.kind === 'text' ? 1 : VIDEO_TYPE_VLFB);
  if (screen.kind === 'text') {
    view.setUint8(0x06, screen.mode);
    view.setUint8(0x07, screen.columns);
    // What INT 10h, AH = 12h, BL = 10h answers: colour, 256 KiB.
    word(0x0a, 3);
    view.setUint8(0x0e, screen.rows);
    word(0x10, screen.points);
    return;
  }
  word(0x12, screen.width);
  word(0x14, screen.height);
  word(0x16, screen.bits);
  view.setUint32(0x18, screen.base, true);
  view.setUint32(0x1c, screen.bytes / 0x10000, true);
  word(0x24, screen.lineBytes);
  // Size and place of red, green, blue and what is over; all zero: a palette, 6 bits wide.
  PIXEL_FIELDS[screen.bits]?.forEach((value, n) => view.setUint8(0x26 + n, value));
}

const VIDEO_TYPE_VLFB = 0x23;
const PIXEL_FIELDS: Readonly<Record<number, readonly number[]>> = {
  16: [5, 11, 6, 5, 5, 0, 0, 0], 32: [8, 16, 8, 8, 8, 0, 8, 24],
};

/** The "zero page" (Documentation/x86/zero-page.rst). */
function bootParams(
  image: Uint8Array, kernel: BzImage,
  { memoryMap: map, screen = null }: LinuxBoot,
  initrdAddress: number, initrdSize: number,
): Uint8Array {
  const bytes = new Uint8Array(BOOT_PARAMS_SIZE);
  const view = new DataView(bytes.buffer);
  bytes.set(image.subarray(HEADER_START, kernel.headerEnd), HEADER_START);
  bytes[0x210] = 0xff; // type_of_loader: one without a number of its own
  // No heap end given: CAN_USE_HEAP stays clear.
  bytes[0x211] = LOADED_HIGH | (image[0x211] & ~KEEP_SEGMENTS & ~KASLR & 0x7f);
  view.setUint32(0x214, KERNEL_ADDRESS, true);
  view.setUint32(0x218, initrdAddress, true);
  view.setUint32(0x21c, initrdSize, true);
  view.setUint32(0x228, COMMAND_LINE_ADDRESS, true);
  if (screen !== null) describeScreen(view, screen);

  if (map.length > E820_MAX)
    throw new LoadError('memory map', -1, `${map.length} rows, boot_params has room for ${E820_MAX}`);
  bytes[0x1e8] = map.length;
  map.forEach((row, i) => {
    const at = E820_TABLE + i * 20;
    view.setUint32(at, row.base % 2 ** 32, true);
    view.setUint32(at + 4, Math.floor(row.base / 2 ** 32), true);
    view.setUint32(at + 8, row.size % 2 ** 32, true);
    view.setUint32(at + 12, Math.floor(row.size / 2 ** 32), true);
    view.setUint32(at + 16, row.type, true);
  });
  return bytes;
}
