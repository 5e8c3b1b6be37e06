import { reg, regs, ro, rw, unmodelled, w1c } from '../../../reg/layout.ts';
import { identityRows, ioBar } from '../spec.ts';

/**
 * IDE function of the south bridges: 82371SB (PIIX3) 290550-002; 82371AB (PIIX4) 290562-001 §5.1,
 * which adds Ultra DMA at 48h and 4Ah; 82801AA/82801BA (ICH/ICH2) 290655 / 290687, which add the
 * I/O configuration register at 54h with the base clocks of modes above 2.
 */

/**
 * The chips: 8086:7010, 8086:7111 (Ultra DMA to mode 2), 8086:2411 (to mode 4), 8086:244B (to mode
 * 5).
 */
export type IdeVariant = 'piix3' | 'piix4' | 'ich' | 'ich2';

export const IDE_VARIANTS: Readonly<
  Record<IdeVariant, { device: number; revision: number; maxUltra: number; ioConfig: boolean }>
> = {
  piix3: { device: 0x7010, revision: 0x00, maxUltra: -1, ioConfig: false },
  piix4: { device: 0x7111, revision: 0x01, maxUltra: 2, ioConfig: false },
  ich: { device: 0x2411, revision: 0x02, maxUltra: 4, ioConfig: true },
  ich2: { device: 0x244b, revision: 0x02, maxUltra: 5, ioConfig: true },
};

/**
 * IDETIM (290550): one word a channel. ISP: IORDY sample point, 5-ISP clocks; RTC: recovery time,
 * 4-RTC clocks.
 */
const idetim = (offset: number) =>
  reg(
    offset,
    {
      TIME0: rw(0),
      IE0: unmodelled('drives never stretch a cycle with IORDY', 1),
      PPE0: rw(2),
      DTE0: rw(3),
      TIME1: rw(4),
      IE1: unmodelled('drives never stretch a cycle with IORDY', 5),
      PPE1: rw(6),
      DTE1: rw(7),
      RTC: rw(9, 8),
      ISP: rw(13, 12),
      SITRE: rw(14),
      IDE: rw(15),
    },
    {
      width: 16,
      doc: 'IDE timing: TIMEx fast timing of drive x, PPEx prefetch and posting, DTEx fast timing for DMA ' +
        'only, IDE decode enable',
    },
  );

export const BUS_MASTER_BYTES = 16;

export function ideConfig(variant: IdeVariant, cable80: boolean) {
  const chip = IDE_VARIANTS[variant];
  return regs(8, {
    ...identityRows({ vendor: 0x8086, device: chip.device, revision: chip.revision, classCode: 0x010180 }),
    // DEVIATES: bit 1 (memory space), which is hardwired to 0 in the chip, keeps what is written.
    COMMAND: reg(0x04, { IO: rw(0), MEM: rw(1), BME: rw(2) }, { width: 16, doc: 'PCICMD' }),
    STATUS: reg(
      0x06,
      { FBC: ro(7, 7, { reset: 1 }), DEVT: ro(10, 9, { reset: 1 }), STA: w1c(11), RTA: w1c(12), RMA: w1c(13) },
      { width: 16, doc: 'PCISTS' },
    ),
    MLT: reg(0x0d, { COUNT: rw(7, 4) }),
    // BMIBA. DEVIATES: bits 31:16, which are 0 in the chip, keep what is written: SeaBIOS sizes by
    // them.
    BAR4: ioBar(0x20, BUS_MASTER_BYTES),
    IDETIM0: idetim(0x40),
    IDETIM1: idetim(0x42),
    SIDETIM: reg(
      0x44,
      { PRTC1: rw(1, 0), PISP1: rw(3, 2), SRTC1: rw(5, 4), SISP1: rw(7, 6) },
      { doc: 'Slave IDE timing: drive 1 of either channel, where IDETIM has SITRE' },
    ),
    ...(chip.maxUltra < 0
      ? {}
      : {
          UDMACTL: reg(
            0x48,
            { PSDE0: rw(0), PSDE1: rw(1), SSDE0: rw(2), SSDE1: rw(3) },
            { doc: 'Ultra DMA control, 290562' },
          ),
          UDMATIM: reg(
            0x4a,
            { PCT0: rw(1, 0), PCT1: rw(5, 4), SCT0: rw(9, 8), SCT1: rw(13, 12) },
            { width: 16, doc: 'Ultra DMA timing, 290562: cycle time code of each drive' },
          ),
        }),
    ...(!chip.ioConfig
      ? {}
      : {
          IOCONFIG: reg(
            0x54,
            {
              PCB0: rw(0),
              PCB1: rw(1),
              SCB0: rw(2),
              SCB1: rw(3),
              PCR: rw(5, 4, { reset: cable80 ? 3 : 0 }),
              SCR: rw(7, 6, { reset: cable80 ? 3 : 0 }),
              WR_PINGPONG: unmodelled('posting has one buffer', 10),
              FAST_PCB0: rw(12),
              FAST_PCB1: rw(13),
              FAST_SCB0: rw(14),
              FAST_SCB1: rw(15),
            },
            {
              width: 16,
              doc: 'IDE I/O configuration, 290687: xCBx 66 MHz base clock, FAST 100 MHz, xCR cable ' +
                'reported by firmware',
            },
          ),
        }),
  });
}
