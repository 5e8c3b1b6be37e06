import { serialPattern } from '../../../hw/char/serial-peer/pattern.ts';
import { digestOf } from '../disk/disk-job.ts';
import { bare, experiment, type EndedTrial, type Kit, type Measure, type Trial } from '../experiment.ts';
import { found, SHA256 } from '../measures.ts';
import { judgeSerial } from '../serial/judge.ts';
import {
  BITS, lineOf, partsOf, SERIAL_DECIDES, SERIAL_MEASURES, SERIAL_PARAMETERS, serialInput, serialLacks, serialLimit,
  serialMachine, settleSerial, type SerialJob,
} from '../serial/serial-job.ts';
import { SERIAL_BUFFER, SERIAL_METHODS, type SerialMethod } from '../uart-receive/block.ts';
import { UART_SEND_BLOCK } from './block.ts';
import { UART_SEND_STATEMENTS } from './statements.ts';

/** Not what the far end sends: characters that never arrived must not look right. */
const SEED = 0x5eed_0017;

function prepare(job: SerialJob, method: string, kit: Kit): Trial {
  const { characters } = job.values;
  const data = serialPattern(SEED, characters), reference = digestOf(kit, data);
  return {
    machine: serialMachine(job),
    software: bare(kit.guestImage('uart-send'), UART_SEND_BLOCK, {
      method: method as SerialMethod, ...serialInput(job),
    }),
    bytes: characters,
    phases: ['starting', 'sending', 'finishing'],
    limit: serialLimit(job),
    attach: (machine) => machine.ram.set(data, SERIAL_BUFFER),
    finish: ({ machine, block, failure }: EndedTrial) => {
      const { sent } = UART_SEND_BLOCK.decode(block);
      if (sent !== characters) throw failure(`the guest sent ${sent} of ${characters} characters`);
      const sha256 = digestOf(kit, partsOf(machine).peer.taken);
      return {
        mode: null, matches: sha256 === reference,
        found: { lineTime: (characters * BITS) / lineOf(job).baud, lost: 0, sha256, reference },
      };
    },
  };
}

/** The line's own time for the characters, as a share of the time that they took. */
const LINE_SHARE: Measure = {
  key: 'lineShare', label: 'line in use', unit: 'share', better: 'more',
  of: (run) => Number(run.found['lineTime']) / run.seconds,
};

/** Characters to a serial line, one by one. */
export const UART_SEND = experiment({
  name: 'uart-send',
  place: 110,
  question: 'And in the other direction: what does it cost to send one character at a time?',
  summary: 'Characters sent to a serial line by polling, by an interrupt each, with a FIFO, and by the 8237.',
  shows: ['R3', 'R4'],
  statements: UART_SEND_STATEMENTS,
  parameters: SERIAL_PARAMETERS,
  variants: SERIAL_METHODS.map((method) => ({
    method, guest: 'bare', boards: ['pc'], fits: (job: SerialJob) => serialLacks(method, job),
    carriers: [method === 'dma-8237' ? 'DMA controller' : 'processor'],
  }) as const),
  measures: [LINE_SHARE, found('lost', 'characters lost', { better: 'less' }), ...SERIAL_MEASURES, SHA256],
  plots: [
    { x: 'baud', y: 'cpuBusy', series: 'method', log: 'x' }, { x: 'baud', y: 'lineShare', series: 'method', log: 'x' },
  ],
  blocks: [UART_SEND_BLOCK as never],
  checks: { right: 'the characters are right', wrong: 'the characters are wrong' },
  decides: SERIAL_DECIDES,
  settle: settleSerial,
  title: ({ values }) => `${values.characters} characters at ${values.baud} baud`,
  prepare,
  judge: (runs, job) => judgeSerial(runs, job, 'send'),
});
