import { zeroWords } from '../bits/zero.ts';
import { Processor } from '../cpu/processor.ts';
import type { Board } from '../machine/board.ts';
import { MainMemory } from '../machine/main-memory.ts';
import type { SavedState } from '../sim/state.ts';
import type { Counters } from './counters.ts';
import { StateHash } from './state-hash.ts';

/** What a checksum needs of a machine. */
export interface ChecksumMachine {
  readonly board: Board;
  /** What must be equal for a snapshot to fit. */
  readonly config: string;
  /** All of its main memory. */
  readonly ram: Uint8Array;
  counters(): Counters;
}

/** State beside the machine that shall count as well, e.g. a disk's overlay. */
export type ChecksumAttachments = Readonly<Record<string, { save(): SavedState }>>;

/**
 * One number for everything that a machine is: 64 bits, as 16 lower-case hexadecimal digits. Take
 * it between two runs. Equal machines have equal checksums, whatever executed them (interpreter,
 * JIT, with or without a snapshot and a restore on the way), in Node and in browsers.
 *
 * Counts: board and configuration, simulated time, pending events in their order, buses, lines,
 * every component's declared state, RAM, counters, and the processor's registers, FPU, MSRs, time,
 * architectural TLBs, counters.
 *
 * Does not count, because no guest and no device can ever see it:
 * - what the processor says software cannot see (`Architecture.architectural`);
 * - the sequence numbers of events (only their order has consequences);
 * - what was noted: it is for people;
 * - engine TLB, jump cache, µops, compiled code: derived (ADR 0002), and in no snapshot either.
 *
 * About 30 ms for 64 MiB of RAM, half of that if it is zero.
 */
export function stateChecksum(machine: ChecksumMachine, attachments: ChecksumAttachments = {}): string {
  const hash = new StateHash();
  for (const [part, digest] of Object.entries(stateDigests(machine, attachments))) {
    hash.text(part);
    hash.text(digest);
  }
  return hash.digest();
}

/**
 * The parts of the checksum by name, to tell where two machines differ: `configuration`,
 * `scheduler`, `buses`, `lines`, `counters`, then `<component>.<group>` for every group of declared
 * cells, `<component>.contents` for RAM and `attachment.<name>`.
 */
export function stateDigests(machine: ChecksumMachine, attachments: ChecksumAttachments = {}): Record<string, string> {
  const { board } = machine;
  const out: Record<string, string> = {};
  const part = (name: string, take: (hash: StateHash) => void): void => {
    const hash = new StateHash();
    take(hash);
    out[name] = hash.digest();
  };
  part('configuration', (h) => {
    h.text(board.name);
    h.text(machine.config);
  });
  part('scheduler', (h) => {
    const { now, events } = board.scheduler.save();
    h.number(now);
    for (const e of events) {
      h.text(e.name);
      h.number(e.time);
    }
  });
  part('buses', (h) => {
    for (const bus of board.buses) {
      h.text(bus.name);
      h.number(bus.busyUntil);
    }
  });
  part('lines', (h) => {
    for (const line of board.lines) {
      h.text(line.name);
      h.cell(line.level);
    }
  });
  part('counters', (h) => h.state({ counters: { ...machine.counters() } }));
  for (const c of board.components) {
    if (c instanceof MainMemory) {
      part(`${c.name}.contents`, (h) => memory(h, machine.ram));
      continue;
    }
    const saved = c instanceof Processor ? c.architectural() : c.save();
    for (const [group, cells] of Object.entries(saved)) part(`${c.name}.${group}`, (h) => h.state({ [group]: cells }));
  }
  for (const [name, a] of Object.entries(attachments)) part(`attachment.${name}`, (h) => h.state(a.save()));
  return out;
}

/** Words of a page of RAM. */
const PAGE = 1024;

/** Hashes the pages that are not all zero, with their numbers. */
function memory(hash: StateHash, ram: Uint8Array): void {
  const words = new Int32Array(ram.buffer, ram.byteOffset, ram.length >>> 2);
  hash.word(words.length);
  for (let at = 0; at < words.length; at += PAGE) {
    const end = Math.min(at + PAGE, words.length);
    if (zeroWords(words, at, end)) continue;
    hash.word(at / PAGE);
    hash.words(words, at, end);
  }
}
