import type { MeasuredValue, RunResult } from '../experiment.ts';
import { formatCount, formatRate, formatShare } from '../../quantities.ts';
import { listed } from './crossover.ts';

/** Rates that differ by less than this are called alike. */
const ALIKE = 0.02;

function rate(bytesPerSecond: MeasuredValue | undefined): string {
  return typeof bytesPerSecond === 'number' ? formatRate(bytesPerSecond) : 'no measured rate';
}

function share(busy: MeasuredValue | undefined): string {
  return formatShare(Number(busy));
}

function count(n: MeasuredValue | undefined): string {
  return formatCount(Number(n));
}

/**
 * The answer to "what is the difference between DMA and memory-mapped I/O?", in three sentences
 * made of what was measured.
 */
export function sentences(runs: readonly RunResult[]): string {
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  if (wrong.length > 0) return `The bytes that arrived by ${wrong.join(', ')} are wrong.`;
  const by = (method: string): RunResult | undefined => runs.find((r) => r.method === method);
  const ports = by('port-pio'), uncached = by('mmio-uc'), combined = by('mmio-wc'), device = by('device-dma');
  if (ports === undefined || uncached === undefined || device === undefined) {
    const each = runs.map((r) =>
      `${r.method} at ${rate(r.measures['bytesPerSecond'])}, the processor busy for ` +
        share(r.measures['cpuBusy']));
    return `${each.join('; ')}. The whole answer needs port-pio, mmio-uc and device-dma: leave --methods out.`;
  }
  const memory = combined === undefined ? [uncached] : [uncached, combined];
  return [reached(ports, memory), moved(device), directions(device, memory)].join('\n');
}

function reached(ports: RunResult, memory: readonly RunResult[]): string {
  const rates = memory.map((r) => `${rate(r.measures['bytesPerSecond'])} (${r.method})`);
  const busy = [...new Set([...memory, ports].map((r) => share(r.measures['cpuBusy'])))];
  return 'Memory-mapped I/O is a way for the processor to reach a device, as ports are: in this model it moved the ' +
    `same bytes at ${listed(rates)} through memory addresses and at ${rate(ports.measures['bytesPerSecond'])} ` +
    `through ports, and was busy for ${listed(busy)} of the time.`;
}

function moved(device: RunResult): string {
  const { bytesPerSecond, cpuBusy, controlBytes, dataBytes, registers } = device.measures;
  const way = registers === 'memory' ? 'memory-mapped I/O' : 'ports';
  return 'DMA means that a device moves the data in place of the processor: the card did it at ' +
    `${rate(bytesPerSecond)}, the processor was busy for ${share(cpuBusy)} of the time, and through it ` +
    `went ${count(controlBytes)} bytes of control, by ${way}, and none of the ${count(dataBytes)} bytes of ` +
    'data.';
}

/** `faster than mmio-uc (13.1 MB/s) and slower than mmio-wc (85.1 MB/s)` */
function beside(own: number, others: readonly RunResult[], key: string): string {
  const groups = new Map<string, string[]>();
  for (const r of others) {
    const other = Number(r.measures[key]);
    const word = Math.abs(own / other - 1) < ALIKE ? 'about as fast as' : own > other ? 'faster than' : 'slower than';
    groups.set(word, [...groups.get(word) ?? [], `${r.method} (${rate(other)})`]);
  }
  return listed([...groups].map(([word, names]) => `${word} ${listed(names)}`));
}

function directions(device: RunResult, memory: readonly RunResult[]): string {
  const ways = [['rateTo', 'to the card'], ['rateFrom', 'from it']] as const;
  const each = ways.flatMap(([key, way]) => {
    const own = device.measures[key];
    return typeof own === 'number' ? [`${way} DMA, at ${rate(own)}, was ${beside(own, memory, key)}`] : [];
  });
  const measured = each.length < ways.length ? 'can move' : 'moved';
  return `They are neither opposites nor directions: both ${measured} data both ways (${each.join('; ')}), and every ` +
    'DMA was begun by the processor writing a register.';
}
