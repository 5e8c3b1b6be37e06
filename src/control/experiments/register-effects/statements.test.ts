/** What register-effects' statements say of its table and its trace is so: a check for each. */
import { expect, test } from 'vitest';
import { tracedRun, type TracedRun } from '../../../../test/benches/traced-run.ts';
import { PathsCard } from '../../../hw/paths/paths.ts';
import { PATHS_REGISTERS } from '../../../hw/paths/spec.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import { dataSheetPage } from '../../data-sheet.ts';
import { cardOf } from '../paths/experiment.ts';
import { ACTS, REGISTER_EFFECTS_METHODS } from './block.ts';
import { REGISTER_EFFECTS } from './experiment.ts';
import { REGISTER_EFFECTS_STATEMENTS } from './statements.ts';

type Method = (typeof REGISTER_EFFECTS_METHODS)[number];
/** Acts that have to do with memory alone, or with nothing. */
const NOT_ON_THE_CARD = ['ramWrite', 'ramRead', 'ramReadAgain', 'wait'];
const ON_THE_CARD = ACTS.filter((a) => !NOT_ON_THE_CARD.includes(a.key));
const { FIFO, COLOUR } = PATHS_REGISTERS.registers;
/** First byte of an instruction: MOV between memory and register, IN and OUT of a doubleword. */
const MOV = [0x89, 0x8b, 0xa1, 0xa3, 0xc7], IN_OUT = [0xed, 0xef];

const traces = new Map<string, TracedRun>();
function traced(method: Method): TracedRun {
  if (!traces.has(method)) traces.set(method, tracedRun(REGISTER_EFFECTS, method, {}, true));
  return traces.get(method) as TracedRun;
}
const said = (key: string, method: Method = 'memory'): string => String(traced(method).run.measures[key]);
const read = (key: string, method: Method = 'memory'): string => said(key, method).split('; ')[0];
/** What an act said, but for what depends on when it was. */
const timeless = (key: string, method: Method): string => said(key, method).replace(/(; )?coloured lines .*/, '');
const accesses = (method: Method): TransactionRecord[] =>
  traced(method).transactions.filter((r) => r.target === 'paths.registers');
const first = (method: Method, write: boolean, offset: number): TransactionRecord =>
  accesses(method).find((r) => r.write === write && (r.address & 0x3f) === offset) as TransactionRecord;
const spaces = (method: Method): string[] => accesses(method).map((r) => r.space);

function theSameByBothWays(): void {
  for (const { key, text, reads } of ACTS) {
    if (reads === null) continue;
    expect(timeless(key, 'memory'), text).toBe(timeless(key, 'ports'));
  }
}
function bothAnswer(): void {
  expect(spaces('memory').slice(0, -1)).toEqual(Array.from({ length: ON_THE_CARD.length - 1 }, () => 'memory'));
  expect(spaces('ports').slice(0, -1)).toEqual(Array.from({ length: ON_THE_CARD.length - 1 }, () => 'io'));
  expect([spaces('memory').at(-1), spaces('ports').at(-1)]).toEqual(['io', 'memory']);
  expect([read('otherWay'), read('otherWay', 'ports')]).toEqual(['4060A0h', '4060A0h']);
}
function fifo(): void {
  expect([read('pop'), read('popAgain')]).toEqual(['11h', '22h']);
}

const CHECKS: Readonly<Record<string, () => void>> = {
  S3: () => {
    const all = accesses('memory').slice(0, -1);
    expect(all).toHaveLength(ON_THE_CARD.length - 1);
    expect(all.every((r) => r.initiator === 'cpu0' && r.space === 'memory')).toBe(true);
    expect(traced('memory').run.measures['cpuMmioAccesses']).toBe(all.length);
  },
  S12: () => {
    const push = { initiator: 'cpu0', space: 'memory', value: 0x11 };
    expect(first('memory', true, FIFO.offset)).toMatchObject(push);
  },
  S15: theSameByBothWays,
  S17: () => {
    for (const method of REGISTER_EFFECTS_METHODS)
      for (const r of accesses(method)) {
        expect(r.space === 'io' ? IN_OUT : MOV).toContain(traced(method).machine.ram[r.pc]);
      }
  },
  S18: bothAnswer,
  S35: fifo,
  S36: () => {
    const { transactions } = traced('memory');
    const at = transactions.indexOf(first('memory', false, FIFO.offset));
    const next = transactions.slice(at).find((r) => r.target === 'ram' && r.write && r.value === 0x11);
    expect([transactions[at].value, next?.initiator]).toEqual([0x11, 'cpu0']);
  },
  S110: () => expect(said('colour')).toBe('COLOUR 0 → 4060A0h'),
  S111: () => {
    expect(new Set(traced('memory').transactions.map((r) => r.initiator))).toEqual(new Set(['cpu0']));
    expect(said('colourRead')).toMatch(/^4060A0h; coloured lines 0 → [1-8]$/);
    expect(new Set(cardOf(traced('memory').machine).frame)).toContain(0x4060a0);
  },
  S114: () => {
    expect(ON_THE_CARD).toHaveLength(22);
    for (const method of REGISTER_EFFECTS_METHODS) expect(accesses(method)).toHaveLength(22);
  },
  S115: () => {
    const bus = traced('memory').transactions.filter((r) => r.target !== 'ram');
    const at = bus.indexOf(first('memory', true, COLOUR.offset));
    expect([bus[at - 1].target, bus[at + 1].target]).toEqual(['post.ports', 'post.ports']);
  },
  S116: () => {
    expect([read('ramRead'), read('ramReadAgain')]).toEqual(['5', '5']);
    fifo();
  },
  S117: () => {
    expect(first('memory', true, FIFO.offset).address).toBe(first('memory', false, FIFO.offset).address);
    expect(said('push')).toContain('STATUS.LEVEL 0 → 1');
    expect(said('pop')).toContain('STATUS.LEVEL 2 → 1');
  },
  S118: () => {
    expect([said('status'), said('statusAgain')]).toEqual(['20002h; STATUS.UNDERRUN 1 → 0', '2']);
    expect([said('clearNothing'), said('clear')]).toEqual(['nothing changed', 'INT.SOFT 1 → 0']);
  },
  S121: () => {
    const all = accesses('memory').filter((r) => r.space === 'memory');
    expect(new Set(all.map((r) => r.address >>> 12)).size).toBe(1);
    const offsets = Object.values(PATHS_REGISTERS.registers).map((r) => r.offset);
    expect(new Set(all.map((r) => r.address & 0xfff)).size).toBeGreaterThan(4);
    for (const r of all) expect(offsets).toContain(r.address & 0xfff);
  },
  S125: () => {
    const card = cardOf(traced('memory').machine);
    expect(card).toBeInstanceOf(PathsCard);
    const page = dataSheetPage(card);
    for (const { text } of ON_THE_CARD) {
      const [name] = text.match(/FIFO|STATUS|COMMAND|INT|CONTROL|COLOUR|LINE/) ?? [];
      expect(page).toMatch(new RegExp(`\\b${name}\\b`));
    }
  },
  S126: () => expect(read('status')).toBe('20002h'),
  S127: () => {
    expect(said('pop')).toBe('11h; STATUS.LEVEL 2 → 1');
    expect(said('raise')).toBe('INT.SOFT 0 → 1');
  },
  S144: () => {
    theSameByBothWays();
    const [memory, ports] = REGISTER_EFFECTS_METHODS.map((m) => traced(m).run.measures);
    expect([memory['cpuMmioAccesses'], ports['cpuMmioAccesses']]).toEqual([21, 1]);
    expect(memory['seconds']).not.toBe(ports['seconds']);
  },
  S145: bothAnswer,
  S146: bothAnswer,
};

test('there is a check for each statement, and each row that one names is there', () => {
  expect(Object.keys(CHECKS)).toEqual(REGISTER_EFFECTS_STATEMENTS.map((s) => s.id));
  const labels = new Set(REGISTER_EFFECTS.measures.map((m) => m.label.trim()));
  for (const { id, where } of REGISTER_EFFECTS_STATEMENTS)
    for (const [, row] of where.matchAll(/"([^"…]+)"/g)) expect(labels, id).toContain(row);
});

test.each(REGISTER_EFFECTS_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
