import { serialPattern } from '../../../hw/char/serial-peer/pattern.ts';
import { PEER_SEED } from '../../../hw/char/serial-peer/serial-peer.ts';
import { toSeconds } from '../../../sim/time.ts';
import { digestOf } from '../disk/disk-job.ts';
import { bare, experiment, type EndedTrial, type Kit, type Trial } from '../experiment.ts';
import { found, SHA256 } from '../measures.ts';
import { judgeSerial } from '../serial/judge.ts';
import {
  partsOf, SERIAL_DECIDES, SERIAL_MEASURES, SERIAL_PARAMETERS, serialInput, serialLacks, serialLimit,
  serialMachine, settleSerial, type SerialJob,
} from '../serial/serial-job.ts';
import { SERIAL_BUFFER, SERIAL_METHODS, UART_RECEIVE_BLOCK, type SerialMethod } from './block.ts';
import { UART_RECEIVE_STATEMENTS } from './statements.ts';

/** Whether `part` is `whole` with some bytes left out. */
export function leftOut(part: Uint8Array, whole: Uint8Array): boolean {
  let n = 0;
  for (let k = 0; k < whole.length && n < part.length; k++) if (whole[k] === part[n]) n++;
  return n === part.length;
}

function prepare(job: SerialJob, method: string, kit: Kit): Trial {
  const { characters } = job.values;
  const sent = serialPattern(PEER_SEED, characters);
  return {
    machine: serialMachine(job),
    software: bare(kit.guestImage('uart-receive'), UART_RECEIVE_BLOCK, {
      method: method as SerialMethod, ...serialInput(job),
    }),
    bytes: characters,
    phases: ['starting', 'receiving', 'finishing'],
    limit: serialLimit(job),
    finish: ({ machine, block, failure }: EndedTrial) => {
      const { received, overruns } = UART_RECEIVE_BLOCK.decode(block);
      if (received > characters) throw failure(`the guest stored ${received} of ${characters} characters`);
      const came = machine.ram.slice(SERIAL_BUFFER, SERIAL_BUFFER + received);
      const { characters: read, ticks, longest } = partsOf(machine).uart.receiveWaits;
      return {
        mode: null,
        // What is lost is counted; what is there must be right and in order. Nothing is not right.
        matches: received > 0 && leftOut(came, sent),
        found: {
          received, lost: characters - received, overruns,
          wait: read === 0 ? null : toSeconds(ticks) / read, longestWait: toSeconds(longest),
          sha256: digestOf(kit, came), reference: digestOf(kit, sent),
        },
      };
    },
  };
}

/** Characters of a serial line, one by one. */
export const UART_RECEIVE = experiment({
  name: 'uart-receive',
  place: 100,
  question: 'Polling or interrupts: what does it cost to receive one character at a time, and where does each win?',
  summary: 'Characters that a serial line brings, received by polling, by an interrupt each, with a FIFO, by the 8237.',
  shows: ['R3', 'R4'],
  statements: UART_RECEIVE_STATEMENTS,
  parameters: SERIAL_PARAMETERS,
  variants: SERIAL_METHODS.map((method) => ({
    method, guest: 'bare', boards: ['pc'], fits: (job: SerialJob) => serialLacks(method, job),
    carriers: [method === 'dma-8237' ? 'DMA controller' : 'processor'],
  }) as const),
  measures: [
    found('received', 'characters received', { better: 'more' }), found('lost', '  lost', { better: 'less' }),
    found('overruns', '  overruns that were seen', { better: 'less' }),
    found('wait', 'a character waits in the UART', { unit: 's', better: 'less' }),
    found('longestWait', '  longest', { unit: 's', better: 'less' }),
    ...SERIAL_MEASURES, SHA256,
  ],
  plots: [
    { x: 'baud', y: 'cpuBusy', series: 'method', log: 'x' }, { x: 'baud', y: 'lost', series: 'method', log: 'x' },
    { x: 'baud', y: 'wait', series: 'method', log: 'xy' },
  ],
  blocks: [UART_RECEIVE_BLOCK as never],
  checks: {
    right: 'the characters are right', wrong: 'the characters are wrong',
    part: { right: 'the characters that arrived are right', counts: { lost: 'lost' } },
  },
  decides: SERIAL_DECIDES,
  settle: settleSerial,
  title: ({ values }) => `${values.characters} characters at ${values.baud} baud`,
  prepare,
  judge: (runs, job) => judgeSerial(runs, job, 'receive'),
});
