import { reg, regs, ro, rw, unmodelled, w1c } from '../../../reg/layout.ts';
import { identityRows } from '../spec.ts';

/**
 * ISA bridge, function 0 of the 82371SB (PIIX3): Intel 290550-002, "82371FB (PIIX) and 82371SB
 * (PIIX3) PCI ISA IDE Xcelerator",; its PIIX4 counterpart is 82371AB, 290562-001, §4.1.
 * Configuration registers that both have stand here with the PIIX3's reset values.
 */

const SMM = 'no system management mode';
const BOARD_DECODE = 'the board decodes these ports and ROM ranges';
const NO_APIC = 'no I/O APIC on this board';

const pirqRoute = (offset: number, name: string) =>
  reg(
    offset,
    { ROUTE: rw(3, 0), DISABLE: rw(7, 7, { reset: 1 }) },
    { doc: `${name} route control: IRQ number, 80h off` },
  );

export function isaBridgeConfig(device: number) {
  return regs(8, {
    ...identityRows({ vendor: 0x8086, device, revision: 0x00, classCode: 0x060100, multifunction: true }),
    COMMAND: reg(
      0x04,
      {
        IO: ro(0, 0, { reset: 1 }),
        MEM: ro(1, 1, { reset: 1 }),
        BME: ro(2, 2, { reset: 1 }),
        SCE: unmodelled('no special cycles are made', 3),
      },
      { width: 16, doc: 'PCICMD' },
    ),
    STATUS: reg(
      0x06,
      { FBC: ro(7), DEVT: ro(10, 9, { reset: 1 }), STA: w1c(11), RTA: w1c(12), RMA: w1c(13), SERRS: w1c(14) },
      { width: 16, doc: 'PCISTS' },
    ),
    IORT: reg(
      0x4c,
      {
        RECOVERY_16: unmodelled('the ISA bus of the board has its own timing', 1, 0, { reset: 1 }),
        ENABLE_16: unmodelled('the ISA bus of the board has its own timing', 2, 2, { reset: 1 }),
        RECOVERY_8: unmodelled('the ISA bus of the board has its own timing', 5, 3, { reset: 1 }),
        ENABLE_8: unmodelled('the ISA bus of the board has its own timing', 6, 6, { reset: 1 }),
        DMAAC: unmodelled(BOARD_DECODE, 7),
      },
      { doc: 'ISA I/O recovery timer' },
    ),
    XBCS: reg(0x4e, { SELECTS: unmodelled(BOARD_DECODE, 8, 0, { reset: 3 }) }, { width: 16, doc: 'X-bus chip select' }),
    PIRQRCA: pirqRoute(0x60, 'PIRQA#'),
    PIRQRCB: pirqRoute(0x61, 'PIRQB#'),
    PIRQRCC: pirqRoute(0x62, 'PIRQC#'),
    PIRQRCD: pirqRoute(0x63, 'PIRQD#'),
    TOM: reg(
      0x69,
      { FORWARD: unmodelled('ISA bus masters see all of memory', 7, 0, { reset: 2 }) },
      { doc: 'Top of memory' },
    ),
    MSTAT: reg(
      0x6a,
      { ENABLES: unmodelled('no USB function on this board', 15, 0) },
      { width: 16, doc: 'Miscellaneous status' },
    ),
    MBIRQ0: reg(0x70, { ROUTE: unmodelled('no motherboard device interrupts', 7, 0, { reset: 0x80 }) }),
    MBDMA0: reg(0x76, { CHANNEL: unmodelled('no motherboard DMA devices', 7, 0, { reset: 0x0c }) }),
    MBDMA1: reg(0x77, { CHANNEL: unmodelled('no motherboard DMA devices', 7, 0, { reset: 0x0c }) }),
    PCSC: reg(
      0x78,
      { CHIP_SELECT: unmodelled('nothing hangs on the programmable chip select', 15, 0, { reset: 2 }) },
      { width: 16 },
    ),
    APICBASE: reg(0x80, { BASE: unmodelled(NO_APIC, 6, 0) }),
    DLC: reg(
      0x82,
      { CONTROL: unmodelled('no passive release or delayed transactions: ISA accesses hold PCI to their end', 3, 0) },
      { doc: 'Deterministic latency control' },
    ),
    SMICNTL: reg(0xa0, { CONTROL: unmodelled(SMM, 7, 0, { reset: 8 }) }),
    SMIEN: reg(0xa2, { ENABLES: unmodelled(SMM, 15, 0) }, { width: 16 }),
    SEE: reg(0xa4, { EVENTS: unmodelled(SMM, 31, 0) }, { width: 32, doc: 'System event enable' }),
    FTMR: reg(0xa8, { TIMER: unmodelled(SMM, 7, 0, { reset: 0x0f }) }, { doc: 'Fast-off timer' }),
    SMIREQ: reg(0xaa, { STATUS: unmodelled(SMM, 15, 0) }, { width: 16 }),
    CTLTMR: reg(0xac, { LOW: unmodelled('the processor clock is not throttled', 7, 0) }),
    CTHTMR: reg(0xae, { HIGH: unmodelled('the processor clock is not throttled', 7, 0) }),
  });
}

/**
 * Bytes at 0CF8h-0CFBh that are not the configuration address: reset control at 0CF9h (290550, RC).
 */
export const RESET_CONTROL = regs(8, {
  RC: reg(1, { SRST: rw(1), RCPU: rw(2) }, { doc: 'SRST: the reset is hard; RCPU 0 to 1: reset now' }),
});
