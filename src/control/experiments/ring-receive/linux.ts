import { houseCard } from '../../../machine/cards.ts';
import { toNs, toSeconds, type Ticks } from '../../../sim/time.ts';
import type { EndedTrial, Kit, MeasuredValue, Outcome, Trial } from '../experiment.ts';
import { datagramsCrc } from '../linux/datagrams.ts';
import { linuxJob } from '../linux/job.ts';
import type { RingMethod } from './block.ts';

/** Ethernet, IP and UDP headers before a datagram's payload. */
const HEADERS = 14 + 20 + 8;
/** The name of the interface; the card's line in /proc/interrupts ends in it. */
const INTERFACE = 'eth0';

/**
 * Debian's driver for each method's card, and how many bytes of a frame it has the processor move
 * before the network stack sees them (drivers/net/ethernet of Linux 6.1).
 */
const DRIVERS: Readonly<Record<RingMethod, { module: string; moves: (size: number) => number }>> = {
  // ne2k_pci_block_input: the whole frame, through the data port.
  'ne2000-pio': { module: 'ne2k-pci', moves: (size) => size },
  // rtl8139_rx: from the ring into a buffer of its own.
  'rtl8139-ring': { module: '8139too', moves: (size) => size },
  // e1000_copybreak: a frame below 256 bytes, with its FCS.
  'e1000-rings': { module: 'e1000', moves: (size) => (size + 4 < 256 ? size : 0) },
};

/** What Debian is to receive. */
export interface LinuxSeries {
  readonly method: RingMethod;
  readonly card: string;
  readonly mover: string;
  /** Mbit/s. */
  readonly rate: string;
  readonly frames: number;
  /** Bytes of a frame without FCS. */
  readonly size: number;
  readonly interval: Ticks;
  readonly seed: number;
  /** Parameters of the driver, as modprobe takes them, or ''. */
  readonly parameters: string;
}

/**
 * A trial: Debian's own driver takes a stream of datagrams from the peer, of which a program of
 * ours checks each.
 */
export function linuxTrial(kit: Kit, series: LinuxSeries): Trial {
  const { method, card, rate, frames, size, interval, seed } = series, payload = size - HEADERS;
  return {
    machine: { options: {}, devices: [houseCard(card, 'pci 3', { rate }, 'nic')] },
    software: linuxJob(kit, {
      modules: [`${DRIVERS[method].module} ${series.parameters}`.trimEnd()],
      programs: ['udp'],
      parameters: { nic: INTERFACE, bytes: frames * payload, payload, interval: Math.round(toNs(interval)), seed },
      script: `
        ifconfig $nic 10.0.2.15 netmask 255.255.255.0 up || fail "$nic did not come up"
        ping -c 1 10.0.2.2 > /dev/null || fail "nobody answers"
        measure_begin
        udp 10.0.2.2 receive $bytes $payload 1 $interval $seed > /tmp/said 2>&1 || fail "udp: $(cat /tmp/said)"
        measure_end
        measured
        copy said /tmp/said
      `,
    }),
    bytes: frames * size,
    phases: ['booting Debian', 'receiving', 'finishing'],
    limit: 60 + 10 * frames * (toSeconds(interval) + 2e-3),
    resumable: true,
    finish: (end) => outcomeOf(end, series),
  };
}

/** What the program said: `receive DATAGRAMS BYTES LOST CRC`. */
function outcomeOf(end: EndedTrial, { method, mover, frames, size, seed }: LinuxSeries): Outcome {
  const said = end.lines.section('said')?.[0] ?? '';
  const match = /^receive (\d+) \d+ (\d+) ([0-9a-f]{8})$/.exec(said);
  if (match === null) throw end.failure(`the program said '${said}'`);
  const received = Number(match[1]), lost = Number(match[2]), { module, moves } = DRIVERS[method];
  const interrupts = interruptsOf(end);
  const found: Record<string, MeasuredValue> = {
    mover, sent: frames, received, lost, overflows: null,
    receivedBytes: received * size, processorBytes: received * moves(size),
    interruptsPer100: interrupts === null || received === 0 ? null : (100 * interrupts) / received,
    sha256: null, elsewhere: 0,
  };
  // The program has checked every payload against its number; the CRC says that none is missing.
  const whole = lost > 0 || match[3] === datagramsCrc(frames * (size - HEADERS), size - HEADERS, seed);
  return { mode: module, matches: whole && received + lost === frames, found };
}

/** Interrupts of the card between the marks, as the kernel counted; null if it did not tell. */
function interruptsOf({ lines }: EndedTrial): number | null {
  const count = (section: string): number | null => {
    const line = lines.section(section)?.find((l) => l.trimEnd().endsWith(INTERFACE));
    return line === undefined ? null : Number(/^ *\d+: +(\d+)/.exec(line)?.[1] ?? NaN);
  };
  const before = count('interrupts-before'), after = count('interrupts');
  return before === null || after === null ? null : after - before;
}
