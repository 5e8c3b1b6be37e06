/** Reference semantics: memory, segmentation, ports. */
import { byWidth } from '../family.ts';
import { SEGMENT } from '../layout.ts';
import { ENGINE_HELPER, type Width } from '../ops.ts';
import { type Machine, signed, type Slot, unsigned } from './machine.ts';
import type { Step } from './step.ts';

type Size = 1 | 2 | 4;

/** Cell w2 + displacement w3. */
function effective(m: Machine): number {
  return (m.get(2, 32) + m.word(3)) >>> 0;
}

function load(from: Width, to: Width, isSigned: boolean, forWrite: boolean): Step {
  return (m) => {
    const value = m.load(effective(m), (from / 8) as Size, forWrite);
    if (value !== undefined) m.set(1, to, isSigned ? signed(value, from) : value);
    m.leaveIfAsked();
  };
}

/** The low `width` bits of `value` with their bytes in the other order. */
function reversed(value: number, width: 16 | 32): number {
  let out = 0;
  for (let at = 0; at < width; at += 8) out = out * 256 + ((value >>> at) & 255);
  return out;
}

function loadBigEndian(width: 16 | 32, isSigned: boolean): Step {
  return (m) => {
    const value = m.load(effective(m), (width / 8) as Size, false);
    if (value !== undefined) m.set(1, 32, isSigned ? signed(reversed(value, width), width) : reversed(value, width));
    m.leaveIfAsked();
  };
}

function push(immediate: boolean): Step {
  return (m) => {
    const address = (m.get(2, 32) - 4) >>> 0;
    if (m.store(address, 4, m.source(1, 32, immediate))) m.set(2, 32, address);
    m.leaveIfAsked();
  };
}

const pop32: Step = (m) => {
  const address = m.get(2, 32);
  const value = m.load(address, 4, false);
  if (value !== undefined) {
    m.set(2, 32, address + 4);
    m.set(1, 32, value);
  }
  m.leaveIfAsked();
};

const probew: Step = (m) => {
  const address = (m.get(1, 32) + m.word(2)) >>> 0;
  if (m.translate(address, m.word(3), true) >= 0) return;
  m.imports.slowLoad(address | 0, m.word(3), 2, m.ip);
  m.leaveIfAsked();
};

const seg: Step = (m) => {
  const packed = m.word(3);
  const cell = packed & 0xffff, size = (packed >>> 16) & 0xff, write = packed >>> 24 !== 0;
  const offset = m.get(2, 32);
  const last = offset + size - 1;
  const least = m.read(cell + (write ? SEGMENT.WMIN : SEGMENT.RMIN), 32);
  const most = m.read(cell + (write ? SEGMENT.WMAX : SEGMENT.RMAX), 32);
  if (last > 0xffffffff || offset < least || last > most) {
    m.imports.helper(ENGINE_HELPER.SEGMENT, packed, offset | 0, m.ip);
    m.leave();
    return;
  }
  m.set(1, 32, m.read(cell + SEGMENT.BASE, 32) + offset);
};

function input(immediate: boolean): (width: Width) => Step {
  return (w) => (m) => {
    const value = m.imports.portIn(m.source(2, 16, immediate), w / 8, m.ip);
    if (!m.faulted) m.set(1, w, value);
    m.leaveIfAsked();
  };
}

function output(immediate: boolean): (width: Width) => Step {
  return (w) => (m) => {
    m.imports.portOut(m.source(2, 16, immediate), m.get(1, w) | 0, w / 8, m.ip);
    m.leaveIfAsked();
  };
}

function store(value: (m: Machine, slot: Slot, width: Width) => number): (width: Width) => Step {
  return (w) => (m) => {
    m.store(effective(m), (w / 8) as Size, value(m, 1, w));
    m.leaveIfAsked();
  };
}

export const ACCESS_STEPS = {
  ...byWidth('ld', (w) => load(w, w, false, false)),
  ...byWidth('ldw', (w) => load(w, w, false, true)),
  ldzx8: load(8, 32, false, false),
  ldzx16: load(16, 32, false, false),
  ldsx8: load(8, 32, true, false),
  ldsx16: load(16, 32, true, false),
  ...byWidth(
    'st',
    store((m, slot, w) => m.get(slot, w)),
  ),
  ...byWidth(
    'sti',
    store((m, slot, w) => unsigned(m.word(slot), w)),
  ),
  ld32be: loadBigEndian(32, false), ldzx16be: loadBigEndian(16, false), ldsx16be: loadBigEndian(16, true),
  st16be: store((m, slot, w) => reversed(m.get(slot, w), 16))(16),
  st32be: store((m, slot, w) => reversed(m.get(slot, w), 32))(32),
  push32: push(false),
  pushi32: push(true),
  pop32, probew, seg, ...byWidth('in', input(false)), ...byWidth('in', input(true), 'i'),
  ...byWidth('out', output(false)), ...byWidth('out', output(true), 'i'),
};
