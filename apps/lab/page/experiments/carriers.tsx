/** Who moves the data, as the rest of the page shows who began a transfer: by colour and shape. */
import type { Carrier } from '../../../../src/control/experiments/experiment.ts';
import { CARRIER_STYLES, type InitiatorStyle } from '../palette.ts';
import { ShapeMark } from '../shape-mark.tsx';

const WORDS: Readonly<Record<Carrier, string>> = {
  'processor': 'the processor moves the data', 'device': 'the device moves the data by itself',
  'DMA controller': 'a DMA controller moves the data',
};

/** In a sentence: `the processor moves the data, then the device …`. */
export function carrierWords(carriers: readonly Carrier[]): string {
  return carriers.map((c) => WORDS[c]).join(', then ');
}

export function carrierStyle(carrier: Carrier): InitiatorStyle {
  return CARRIER_STYLES[carrier];
}

/** The marks beside a method's name. */
export function CarrierMarks({ carriers }: { carriers: readonly Carrier[] }) {
  return (
    <span class="carriers" aria-hidden="true">
      {carriers.map((c) => <ShapeMark key={c} style={carrierStyle(c)} size={10} />)}
    </span>
  );
}
