import type { Bank } from '../../../reg/bank.ts';
import type { SB16_REGISTERS } from './spec.ts';

type Ports = Bank<(typeof SB16_REGISTERS)['registers']>;

/** Indexes of the registers that a reset of the mixer sets. */
const FIRST = 0x30, LAST = 0x47;

/**
 * The volumes of the CT1745: the registers of the CT1345 show the upper bits of the new ones, and
 * the other way round (guide, chapter 4).
 */
export class MixerVolumes {
  private readonly ports: Ports;
  private readonly pairs: readonly (readonly [{ LEFT: number; RIGHT: number }, { LEVEL: number }, { LEVEL: number }])[];

  constructor(ports: Ports) {
    this.ports = ports;
    const { r } = ports;
    this.pairs = [
      [r.OLD_VOICE, r.VOICE_LEFT, r.VOICE_RIGHT], [r.OLD_MASTER, r.MASTER_LEFT, r.MASTER_RIGHT],
      [r.OLD_MIDI, r.MIDI_LEFT, r.MIDI_RIGHT], [r.OLD_CD, r.CD_LEFT, r.CD_RIGHT],
      [r.OLD_LINE, r.LINE_LEFT, r.LINE_RIGHT],
    ];
  }

  /** Index 0 was written: all as after power-on, but for the lines (80h, 81h). */
  reset(): void {
    const initial = this.ports.resetValues();
    Object.values(this.ports.layout.registers).forEach(({ options: { page = -1 } }, i) => {
      if (page >= FIRST && page <= LAST) this.ports.values[i] = initial[i];
    });
    this.newWritten();
  }

  /** A new register was written: the old ones show its upper bits. */
  newWritten(): void {
    for (const [old, left, right] of this.pairs) {
      old.LEFT = left.LEVEL >> 1;
      old.RIGHT = right.LEVEL >> 1;
    }
    this.ports.r.OLD_MIC.LEVEL = this.ports.r.MIC.LEVEL >> 2;
  }

  /** An old register was written. */
  oldWritten(): void {
    for (const [old, left, right] of this.pairs) {
      if (left.LEVEL >> 1 !== old.LEFT) left.LEVEL = old.LEFT << 1;
      if (right.LEVEL >> 1 !== old.RIGHT) right.LEVEL = old.RIGHT << 1;
    }
    const { MIC, OLD_MIC } = this.ports.r;
    if (MIC.LEVEL >> 2 !== OLD_MIC.LEVEL) MIC.LEVEL = OLD_MIC.LEVEL << 2;
  }
}
