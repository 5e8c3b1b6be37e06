import type { Ticks } from '../../../sim/time.ts';
import type { CableDrive } from '../../ata/cable-drive.ts';
import { multiwordCycle, ultraCycle } from '../../ata/transfer-mode.ts';
import type { ChannelTiming } from '../../ide/channel.ts';
import type { Clock } from '../../../sim/clock.ts';

/**
 * Cycle times of one channel, from the timing registers (82371SB 290550, table of IDE transaction
 * timings in PCI clocks; IORDY sample point + recovery): compatible timing 6 + 14 for the data port
 * and 11 + 22 for the other registers, fast timing 2-5 + 1-4.
 */
const COMPATIBLE_DATA = 6 + 14, COMPATIBLE_OTHER = 11 + 22;

/** The registers of a channel as numbers. */
export interface TimingRegisters {
  idetim: number;
  /** This channel's nibble of SIDETIM: ISP in 3:2, RTC in 1:0. */
  sidetim: number;
  /**
   * By drive: Ultra DMA enabled, code of the cycle time, base clock (0: 33 MHz, 1: 66 MHz, 2: 100
   * MHz).
   */
  ultra: readonly { enabled: boolean; code: number; base: number }[];
}

const IDETIM_TIME = 0x1, IDETIM_PPE = 0x4, IDETIM_DTE = 0x8, IDETIM_SITRE = 0x4000;

/** Cycle of drive `n` in fast timing, clocks. */
function fastClocks(r: TimingRegisters, n: number): number {
  const own = n === 1 && (r.idetim & IDETIM_SITRE) !== 0;
  const isp = own ? (r.sidetim >> 2) & 3 : (r.idetim >> 12) & 3;
  const rtc = own ? r.sidetim & 3 : (r.idetim >> 8) & 3;
  return 5 - isp + (4 - rtc);
}

/**
 * Ultra DMA mode that a cycle time code gives on a base clock: 33 MHz 0-2, 66 MHz 3 and 4, 100 MHz
 * 5 (290562 §UDMATIM, 290687 §SDMA_TIM).
 */
function ultraMode(code: number, base: number): number {
  const step = Math.min(code, 2);
  return base === 0 ? step : base === 1 ? (step === 2 ? 4 : 3) : 5;
}

/**
 * Host-timed Ultra DMA cycle: 4, 3 or 2 clocks of 33 MHz or of twice that; mode 5 at its nominal 20
 * ns.
 */
function hostUltraCycle(code: number, base: number, pci: Clock): Ticks {
  if (base === 2) return ultraCycle(5);
  return Math.ceil(pci.duration(4 - Math.min(code, 2)) / (base + 1));
}

/** Timing of a channel as its registers stand now, on a bus with the clock `pci`. */
export function channelTiming(r: TimingRegisters, pci: Clock): ChannelTiming {
  const cycle = (n: 0 | 1, dma: boolean): Ticks => {
    const bits = r.idetim >> (4 * n);
    const fast = (bits & IDETIM_TIME) !== 0 && (dma || (bits & IDETIM_DTE) === 0);
    return pci.duration(fast ? fastClocks(r, n) : COMPATIBLE_DATA);
  };
  const prefetch = (n: number): boolean => ((r.idetim >> (4 * n)) & IDETIM_PPE) !== 0;
  const pio: [Ticks, Ticks] = [cycle(0, false), cycle(1, false)];
  const multiword: [Ticks, Ticks] = [cycle(0, true), cycle(1, true)];
  return {
    pio,
    prefetch: [prefetch(0), prefetch(1)],
    register: pci.duration(COMPATIBLE_OTHER),
    dma(drive: CableDrive, toMemory: boolean): Ticks {
      const n = drive.position as 0 | 1;
      const u = r.ultra[n];
      const ultra = u !== undefined && u.enabled;
      if (ultra !== drive.s.ultra >= 0) return 0;
      if (!ultra) return Math.max(multiword[n], drive.s.multiword >= 0 ? multiwordCycle(drive.s.multiword) : 0);
      // The sender strobes (ATA-6 §9.13): the drive in its mode on a read, not faster than the
      // controller is set to receive; the controller's clock on a write.
      const mode = Math.min(drive.s.ultra, ultraMode(u.code, u.base));
      return toMemory ? ultraCycle(mode) : Math.max(hostUltraCycle(u.code, u.base, pci), ultraCycle(drive.s.ultra));
    },
  };
}
