import { signal } from '@preact/signals';
import type { RunReport } from '../../protocol/experiments.ts';
import { cellText } from '../state/report-cells.ts';
import { runReport } from '../state/run-report.ts';
import { JOB, lanes, METHODS, race } from './race.ts';

/** What both methods cost, from the experiment's own table. */
const measured = signal<RunReport | null>(null);

/** Runs the job once at full speed, for the figures of the sentence. */
export async function measureJob(): Promise<void> {
  // Without them the sentence stays short: the machines themselves are what is seen.
  const request = { experiment: 'paths', guest: 'bare', methods: METHODS, texts: JOB } as const;
  measured.value = await runReport(request).catch(() => null);
}

/** The sentence under the pair, which completes itself with what was measured. */
export function Answer() {
  const [byProcessor, byCard] = lanes;
  const left = byProcessor.value.over, right = byCard.value.over;
  const report = measured.value;
  return (
    <p class="answer" role="status">
      {race.value === 'opening' && 'Both machines start.'}
      {race.value === 'failed' && 'The machines cannot be shown here; the prediction below may still be run.'}
      {race.value === 'running' && !right && 'One word at a time on the left, 64 bytes at a time on the right …'}
      {right && report !== null && (
        <>
          The card fetched 64 KiB by itself in <b>{cellText(report, 'seconds', 'device-dma')}</b>, and the processor was
          busy for {cellText(report, 'cpuBusy', 'device-dma')} of that time: it wrote and read registers{' '}
          {cellText(report, 'controlAccesses', 'device-dma')} times.{' '}
        </>
      )}
      {right && !left && 'The processor on the left still carries words …'}
      {right && left && report !== null && (
        <>
          Carrying each word took <b>{cellText(report, 'seconds', 'mmio-uc')}</b>, and the processor could do nothing
          else. They are no opposites: memory-mapped I/O is how a processor reaches a device, DMA is a device that moves
          the data itself, and here the one began the other.
        </>
      )}
    </p>
  );
}
