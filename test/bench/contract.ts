import { describe, test } from 'vitest';
import { contractChecks, type ContractOptions, type ContractSubject } from '../../src/reg/contract.ts';
import type { Device } from '../../src/hw/device.ts';

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
