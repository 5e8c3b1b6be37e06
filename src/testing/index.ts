/**
 * Tests of device models with Vitest: a bench without a processor, the contract tests that follow
 * from register rows, small drivers, and matchers. Importing it gives `expect` the matchers.
 */
export { DeviceBench, IrqProbe } from './device-bench.ts';
export { BSY, DRDY, DRQ, ERR, IdeDriver, type IdePorts, type Prd } from './drivers/ide.ts';
export { PciDriver } from './drivers/pci.ts';
export { IsaBench, type ChannelProgram } from './isa-bench.ts';
export { PciBench, type BenchFunction } from './pci-bench.ts';
export { MATCHERS, type MatcherResult } from './matchers.ts';
export {
  comesBefore, fits, lineOf, Recording, spanOf, type BenchRecord, type LevelRecord, type RecordPattern,
} from './recording.ts';
export {
  contractChecks, type ContractCheck, type ContractOptions, type ContractSubject,
} from '../reg/contract.ts';
export { describeContract, type DeviceMatchers } from './vitest.ts';
