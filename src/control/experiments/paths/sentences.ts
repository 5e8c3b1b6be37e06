import type { RunResult } from '../experiment.ts';

function number(run: RunResult, key: string): number | null {
  const value = run.measures[key];
  return typeof value === 'number' ? value : null;
}

function rate(bytesPerSecond: number | null): string {
  return bytesPerSecond === null ? 'no measured rate' : `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
}

function percent(share: number | null): string {
  return `${((share ?? 0) * 100).toFixed(1)} %`;
}

/** One text for two that are equal. */
function same(a: string, b: string): string {
  return a === b ? a : `${a} and ${b}`;
}

function grouped(n: number | null): string {
  return String(n ?? 0).replace(/\B(?=(\d{3})+$)/g, ',');
}

/**
 * The answer to "what is the difference between DMA and memory-mapped I/O?", in three sentences
 * made of what was measured.
 */
export function sentences(runs: readonly RunResult[]): string {
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  if (wrong.length > 0) return `The bytes that arrived by ${wrong.join(', ')} are wrong.`;
  const by = (method: string): RunResult | undefined => runs.find((r) => r.method === method);
  const ports = by('port-pio'), memory = by('mmio-uc'), device = by('device-dma');
  if (ports === undefined || memory === undefined || device === undefined) {
    const each = runs.map((r) =>
      `${r.method} at ${rate(number(r, 'bytesPerSecond'))}, the processor busy for ${percent(number(r, 'cpuBusy'))}`);
    return `${each.join('; ')}. The whole answer needs port-pio, mmio-uc and device-dma: leave --methods out.`;
  }
  return [reached(ports, memory), moved(memory, device), directions(device, memory)].join('\n');
}

function reached(ports: RunResult, memory: RunResult): string {
  return 'Memory-mapped I/O is a way for the processor to reach a device, as ports are: it moved the same bytes at ' +
    `${rate(number(memory, 'bytesPerSecond'))} through memory addresses and at ` +
    `${rate(number(ports, 'bytesPerSecond'))} through ports, and was busy for ` +
    `${same(percent(number(memory, 'cpuBusy')), percent(number(ports, 'cpuBusy')))} of the time.`;
}

function moved(memory: RunResult, device: RunResult): string {
  const way = device.measures['registers'] === 'memory' ? 'memory-mapped I/O' : 'ports';
  return 'DMA means that a device moves the data in place of the processor: the card did it at ' +
    `${rate(number(device, 'bytesPerSecond'))}, the processor was busy for ${percent(number(device, 'cpuBusy'))} of ` +
    `the time, and through it went ${grouped(number(device, 'controlBytes'))} bytes of control, by ${way}, in place ` +
    `of the ${grouped(number(memory, 'processorDataBytes'))} bytes of data.`;
}

function directions(device: RunResult, memory: RunResult): string {
  const both = (r: RunResult): string => {
    const to = number(r, 'rateTo'), from = number(r, 'rateFrom');
    return [to === null ? '' : `${rate(to)} to the card`, from === null ? '' : `${rate(from)} from it`]
      .filter((part) => part !== '').join(' and ');
  };
  const measured = number(device, 'rateTo') === null || number(device, 'rateFrom') === null ? 'can move' : 'moved';
  return `They are neither opposites nor directions: both ${measured} data both ways (memory-mapped I/O ` +
    `${both(memory)}, DMA ${both(device)}), and every DMA was begun by the processor writing a register.`;
}
