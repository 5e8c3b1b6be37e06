/** The registers of a mode of the BIOS, in the order of their indexes. */
export interface ModeRegisters {
  readonly misc: number;
  readonly sequencer: readonly number[];
  readonly crtc: readonly number[];
  readonly graphics: readonly number[];
  readonly attribute: readonly number[];
}

/** Registers written as hex digits, two each. */
function bytes(hex: string): number[] {
  return hex.trim().split(/\s+/).map((b) => Number.parseInt(b, 16));
}

function mode(misc: number, sequencer: string, crtc: string, graphics: string, attribute: string): ModeRegisters {
  return {
    misc, sequencer: bytes(sequencer), crtc: bytes(crtc), graphics: bytes(graphics), attribute: bytes(attribute),
  };
}

/** The 16 colours of a palette that leads to the CGA's colours at 0-7, 14h, 38h-3Fh of the DAC. */
const EGA = '00 01 02 03 04 05 14 07 38 39 3a 3b 3c 3d 3e 3f';

/**
 * Register values of modes of the video BIOS, by number (IBM VGA/XGA Technical Reference, "Mode
 * settings"; as printed in the FreeVGA and OSDev tables).
 */
export const STANDARD_MODES = {
  /** 80 × 25 characters, 720 × 400 dots, 16 colours. */
  3: mode(
    0x67, '03 00 03 00 02',
    '5f 4f 50 82 55 81 bf 1f 00 4f 0d 0e 00 00 00 00 9c 8e 8f 28 1f 96 b9 a3 ff',
    '00 00 00 00 00 10 0e 00 ff', `${EGA} 0c 00 0f 08 00`,
  ),
  /** 320 × 200, 4 colours. */
  4: mode(
    0x63, '03 09 03 00 02',
    '2d 27 28 90 2b 80 bf 1f 00 c1 00 00 00 00 00 00 9c 8e 8f 14 00 96 b9 a2 ff',
    '00 00 00 00 00 30 0f 00 ff', '00 13 15 17 02 04 06 07 10 11 12 13 14 15 16 17 01 00 03 00 00',
  ),
  /** 640 × 200, 2 colours. */
  6: mode(
    0x63, '03 01 01 00 06',
    '5f 4f 50 82 54 80 bf 1f 00 c1 00 00 00 00 00 00 9c 8e 8f 28 00 96 b9 c2 ff',
    '00 00 00 00 00 00 0d 00 ff', '00 17 17 17 17 17 17 17 17 17 17 17 17 17 17 17 01 00 01 00 00',
  ),
  /** 80 × 25 characters, monochrome, at B0000h. */
  7: mode(
    0x66, '03 00 03 00 02',
    '5f 4f 50 82 55 81 bf 1f 00 4f 0d 0e 00 00 00 00 9c 8e 8f 28 0d 96 b9 a3 ff',
    '00 00 00 00 00 10 0a 00 ff', '00 08 08 08 08 08 08 08 10 18 18 18 18 18 18 18 0e 00 0f 08 00',
  ),
  /** 640 × 480, 16 colours in planes. */
  0x12: mode(
    0xe3, '03 01 0f 00 06',
    '5f 4f 50 82 54 80 0b 3e 00 40 00 00 00 00 00 00 ea 8c df 28 00 e7 04 e3 ff',
    '00 00 00 00 00 00 05 0f ff', `${EGA} 01 00 0f 00 00`,
  ),
  /** 320 × 200, 256 colours in chain 4. */
  0x13: mode(
    0x63, '03 01 0f 00 0e',
    '5f 4f 50 82 54 80 bf 1f 00 41 00 00 00 00 00 00 9c 8e 8f 28 40 96 b9 a3 ff',
    '00 00 00 00 00 40 05 0f ff', '00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 41 00 0f 00 00',
  ),
} as const satisfies Record<number, ModeRegisters>;

/**
 * The writes to ports that set a mode, in order: the sequencer in reset first, the palette back to
 * the display last.
 */
function modeWrites(m: ModeRegisters): readonly (readonly [port: number, value: number])[] {
  const colour = (m.misc & 1) === 1, crtc = colour ? 0x3d4 : 0x3b4, status = colour ? 0x3da : 0x3ba;
  const indexed = (port: number, values: readonly number[]): [number, number][] =>
    values.flatMap((value, index): [number, number][] => [[port, index], [port + 1, value]]);
  return [
    [0x3c2, m.misc],
    [0x3c4, 0], [0x3c5, 1],
    ...indexed(0x3c4, m.sequencer).slice(2),
    [crtc, 0x11], [crtc + 1, 0x0e],
    ...indexed(crtc, m.crtc),
    ...indexed(0x3ce, m.graphics),
    // The flip-flop of the attribute controller: a read of the status sets it to the address.
    [status, -1],
    ...m.attribute.flatMap((value, index): [number, number][] => [[0x3c0, index], [0x3c0, value]]),
    [0x3c6, 0xff], [0x3c4, 0], [0x3c5, 3],
    [status, -1],
    [0x3c0, 0x20],
  ];
}

/** Writes of a mode through the ports; -1 stands for a read. */
export function setMode(
  m: ModeRegisters, ports: { inb(port: number): number; outb(port: number, value: number): void },
): void {
  for (const [port, value] of modeWrites(m)) {
    if (value < 0) ports.inb(port);
    else ports.outb(port, value);
  }
}
