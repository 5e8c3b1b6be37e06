import { LostRises } from './line-units.ts';
import { FaultUnit } from './unit.ts';

const WORD = 4;

/** A fault of a word on its way between a bus master and memory. */
export class WordFault extends FaultUnit {
  /** Spoils words of one bus transaction, in place; adds the offsets of those that are lost. */
  cross(master: string, address: number, data: Uint8Array, at: number, bytes: number, lost: number[]): void {
    const words = Math.ceil(bytes / WORD);
    for (let done = 0; done < words;) {
      const strike = this.strikeWithin(words - done);
      if (strike < 0) return;
      const offset = (done + strike) * WORD;
      this.spoil(data, at + offset, at + bytes, lost, offset);
      this.tell(`${master}: ${this.fault.name.slice('dma-'.length)} at 0x${(address + offset).toString(16)}`);
      done += strike + 1;
    }
  }

  private spoil(data: Uint8Array, at: number, end: number, lost: number[], offset: number): void {
    const n = Math.min(WORD, end - at);
    if (this.fault.name === 'dma-drop') lost.push(offset);
    else if (this.fault.name === 'dma-repeat') data.copyWithin(at + n, at, Math.min(at + n, Math.max(at, end - n)));
    else {
      const bit = this.pick(8 * n);
      data[at + (bit >> 3)] ^= 1 << (bit & 7);
    }
  }
}

/**
 * Bus transactions of masters that never end. A device that asks a DMA controller gets no DACK#:
 * its DREQ is not seen.
 */
export class HangFault extends LostRises {
  hangs(master: string, address: number): boolean {
    if (!this.strikes()) return false;
    this.tell(`${master}: the transaction at 0x${address.toString(16)} does not end`);
    return true;
  }
}
