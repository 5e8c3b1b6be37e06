/** Who moves the data, as the rest of the page shows who began a transfer: by colour and shape. */
import type { Carrier } from '../../../../src/control/experiments/experiment.ts';
import { initiatorStyle, type InitiatorStyle } from '../palette.ts';

const KINDS = [
  { name: 'processor', kind: 'processor' }, { name: 'device', kind: 'dma' }, { name: 'DMA controller', kind: 'dma' },
] as const;

const WORDS: Readonly<Record<Carrier, string>> = {
  'processor': 'the processor moves the data', 'device': 'the device moves the data by itself',
  'DMA controller': 'a DMA controller moves the data',
};

/** In a sentence: `the processor moves the data, then the device …`. */
export function carrierWords(carriers: readonly Carrier[]): string {
  return carriers.map((c) => WORDS[c]).join(', then ');
}

export function carrierStyle(carrier: Carrier): InitiatorStyle {
  return initiatorStyle(carrier, KINDS);
}

/** The marks beside a method's name. */
export function CarrierMarks({ carriers }: { carriers: readonly Carrier[] }) {
  return (
    <span class="carriers" aria-hidden="true">
      {carriers.map((c) => <Mark key={c} carrier={c} />)}
    </span>
  );
}

const PATHS: Partial<Readonly<Record<InitiatorStyle['shape'], string>>> = {
  circle: 'M6 1a5 5 0 1 0 .01 0z', square: 'M1.5 1.5h9v9h-9z', diamond: 'M6 0l6 6-6 6-6-6z',
};

function Mark({ carrier }: { carrier: Carrier }) {
  const { light, dark, shape } = carrierStyle(carrier);
  return (
    <svg viewBox="0 0 12 12" width="10" height="10" style={{ fill: `light-dark(${light}, ${dark})` }}>
      <path d={PATHS[shape] ?? PATHS.square} />
    </svg>
  );
}
