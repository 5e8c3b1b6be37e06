import { describe, expect, test } from 'vitest';
import type { Device } from '../hw/device.ts';
import { contractChecks, type ContractOptions, type ContractSubject } from '../reg/contract.ts';
import { MATCHERS } from './matchers.ts';
import type { BenchRecord, RecordPattern } from './recording.ts';

/** What devices add to Vitest's `expect`. */
export interface DeviceMatchers<R = unknown> {
  /** A recording holds a transaction whose fields are these; with `times`, exactly so many. */
  toHaveTransaction: (pattern: RecordPattern, times?: number) => R;
  /** The line of a probe has risen; with `times`, exactly so often. */
  toHaveRaisedIrq: (times?: number) => R;
  /** A record had ended when the other one began; of one time, the cause comes first. */
  toComeBefore: (later: BenchRecord) => R;
  /**
   * The recording is these lines, in order: `*` stands for anything in a line, a line `...` for any
   * number of lines.
   */
  toMatchTrace: (text: string) => R;
}

declare module 'vitest' {
  // oxlint-disable-next-line no-explicit-any: as Vitest declares it
  interface Matchers<T = any> extends DeviceMatchers<T> {}
}

expect.extend(MATCHERS);

/**
 * Runs the contract checks of a device as tests; those that cannot be made are skipped and say why.
 */
export function describeContract(name: string, make: () => Device, options: ContractOptions = {}): void {
  const subject = (): ContractSubject => {
    const device = make();
    return { component: device, banks: device.banks };
  };
  describe(`${name}: contract of its rows`, () => {
    for (const c of contractChecks(subject, options)) {
      if (c.skip === '') test(c.name, c.run);
      else test.skip(`${c.name} (skipped: ${c.skip})`, c.run);
    }
  });
}
