/**
 * The rate of every ATA mode against its cycle time plus the overheads that are stated, within 5 %
 * (calibration A7).
 */
import { describe, expect, test } from 'vitest';
import { runToEnd } from '../../../../test/benches/experiment-bench.ts';
import { PC_OPTIONS } from '../../../machine/boards/pc/options.ts';
import { ns, TICKS_PER_SECOND } from '../../../sim/time.ts';
import { DISK_READ } from '../disk-read/experiment.ts';
import { DISK_WRITE } from '../disk-write/experiment.ts';

const BYTES = 512 * 1024, WORDS = BYTES / 2, SECTORS = BYTES / 512, BLOCKS = SECTORS / 16, COMMANDS = SECTORS / 256;
const { driveCommand, driveBlockGap, driveFinish } = PC_OPTIONS;

/**
 * Cycle times (ns): A7, rounded up to what a controller with a clock of 30 ns can do (Intel
 * 290550-002, IDE transaction timing: mode 1 has only the compatible timing of 20 clocks).
 */
const PIO = { pio0: 600, pio1: 600, pio2: 240, pio3: 180, pio4: 120 };
const MULTIWORD = { mwdma0: 480, mwdma1: 180, mwdma2: 120 };
/** The drive strobes a read, the controller a write: 2, 3 or 4 clocks. */
const ULTRA_READ = { udma0: 120, udma1: 80, udma2: 60 }, ULTRA_WRITE = { udma0: 120, udma1: 90, udma2: 60 };

/** An access to a port on PCI: 2 clocks of arbitration and 8 to the data; and the instruction. */
const PORT = 10 * 30 + 5;

const seconds = (ticks: number): number => ticks / TICKS_PER_SECOND;
const experiments = { read: DISK_READ, write: DISK_WRITE };
type Direction = keyof typeof experiments;

describe.each(['read', 'write'] as const)('%s', (direction: Direction) => {
  const measured = (method: string, mode: string[]): number => {
    const run = runToEnd(experiments[direction], method, { values: { bytes: BYTES, mode } });
    expect(run.matches).toBe(true);
    return Number(run.measures['seconds']);
  };

  test.each(Object.entries(PIO))('%s: prefetch and posting hide the shorter of cable and bus', (mode, cycle) => {
    // A sector's first word is not prefetched, nor does a posted write wait for its own cycle.
    const demand = direction === 'read' ? SECTORS * cycle : 0;
    const expected = seconds(ns(WORDS * Math.max(PORT, cycle) + demand)) +
      seconds(COMMANDS * driveCommand.default + BLOCKS * driveBlockGap.default);
    expect(Math.abs(measured('pio-polled', [mode]) / expected - 1)).toBeLessThan(0.05);
  });

  test.each([...Object.entries(MULTIWORD), ...Object.entries(direction === 'read' ? ULTRA_READ : ULTRA_WRITE)])(
    '%s', (mode, cycle) => {
      const expected = seconds(ns(WORDS * cycle) + COMMANDS * (driveCommand.default + driveFinish.default));
      expect(Math.abs(measured(mode, []) / expected - 1)).toBeLessThan(0.05);
    },
  );
});
