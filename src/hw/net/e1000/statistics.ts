import { destinationKind, KIND } from '../mac-address.ts';

type Counter = { value: number };
type Names =
  | 'MPC' | 'RNBC' | 'GPRC' | 'BPRC' | 'MPRC' | 'GPTC' | 'BPTC' | 'MPTC' | 'TPR' | 'TPT' | 'TSCTC'
  | 'GORCL' | 'GORCH' | 'GOTCL' | 'GOTCH' | 'TORL' | 'TORH' | 'TOTL' | 'TOTH'
  | 'PRC64' | 'PRC127' | 'PRC255' | 'PRC511' | 'PRC1023' | 'PRC1522'
  | 'PTC64' | 'PTC127' | 'PTC255' | 'PTC511' | 'PTC1023' | 'PTC1522';

/** What the statistics registers count (§13.7); a counter stays at its greatest value. */
export class Statistics {
  private readonly r: Readonly<Record<Names, Counter>>;
  private readonly received: readonly Counter[];
  private readonly sent: readonly Counter[];

  constructor(r: Readonly<Record<Names, Counter>>) {
    this.r = r;
    this.received = [r.PRC64, r.PRC127, r.PRC255, r.PRC511, r.PRC1023, r.PRC1522];
    this.sent = [r.PTC64, r.PTC127, r.PTC255, r.PTC511, r.PTC1023, r.PTC1522];
  }

  /** A frame of `length` bytes without FCS was taken. */
  frameReceived(frame: Uint8Array, length: number): void {
    const { r } = this, bytes = length + 4, kind = destinationKind(frame);
    one(r.GPRC);
    one(r.TPR);
    if (kind === KIND.broadcast) one(r.BPRC);
    if (kind === KIND.multicast) one(r.MPRC);
    one(this.received[sizeClass(bytes)]);
    add(r.GORCL, r.GORCH, bytes);
    add(r.TORL, r.TORH, bytes);
  }

  frameSent(frame: Uint8Array, length: number): void {
    const { r } = this, bytes = length + 4, kind = destinationKind(frame);
    one(r.GPTC);
    one(r.TPT);
    if (kind === KIND.broadcast) one(r.BPTC);
    if (kind === KIND.multicast) one(r.MPTC);
    one(this.sent[sizeClass(bytes)]);
    add(r.GOTCL, r.GOTCH, bytes);
    add(r.TOTL, r.TOTH, bytes);
  }

  missed(): void {
    one(this.r.MPC);
  }
  withoutBuffer(): void {
    one(this.r.RNBC);
  }
  segmented(): void {
    one(this.r.TSCTC);
  }
}

function one(counter: Counter): void {
  if (counter.value < 0xffffffff) counter.value++;
}

function add(low: Counter, high: Counter, bytes: number): void {
  const sum = low.value + bytes;
  low.value = sum % 2 ** 32;
  if (sum >= 2 ** 32) high.value++;
}

/** 64, 65 to 127, to 255, to 511, to 1023, more. */
function sizeClass(bytes: number): number {
  if (bytes <= 64) return 0;
  let n = 1;
  while (n < 5 && bytes >= 64 << n) n++;
  return n;
}
