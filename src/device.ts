/** The device kit: what a device model is written with. `examples/copy-engine` shows it at work. */
export { Device, type RegsOptions } from './hw/device.ts';
export { DmaPort, type DmaBinding, type DmaCompletion, type DmaCounters, type DmaPortOptions } from './hw/dma-port.ts';
export { PciFunction } from './hw/pci/pci-function.ts';
export {
  capabilityPointerRow, commandRow, headerRows, identityRows, interruptRows, ioBar, memoryBar, memoryBar64, romBar,
  statusRow, subsystemRows, timerRows, upperBar, type PciIdentity,
} from './hw/pci/spec.ts';
export {
  rclr, reg, regs, ro, rset, rsvd, rw, unmodelled, w0c, w1c, w1s, wo, wonce, type Field, type FieldKind,
  type Fields, type Layout, type Register, type RegisterOptions, type Registers,
} from './reg/layout.ts';
export { Bank, type BankHooks, type BankView, type Hooks, type RegisterView, type Written } from './reg/bank.ts';
export { MEMORY_TYPE, STATUS, Transaction, type Guard, type Target } from './mem/transaction.ts';
export { Ram } from './mem/ram.ts';
export { IrqLine, type InputPin, type IrqSink } from './irq/line.ts';
export type { BlockBackend } from './host/block.ts';
export type { CharBackend } from './host/char.ts';
export { Component, type Figure, type Identity, type Simulation } from './sim/component.ts';
export type { Counter } from './sim/counter.ts';
export { Clock } from './sim/clock.ts';
export type { SimEvent } from './sim/scheduler.ts';
export {
  choice, count, duration, flag, frequency, ParameterError, size, valuesOf, type Parameter, type ParameterKind,
  type ParameterRows, type ValuesOf,
} from './sim/parameter.ts';
export { ms, ns, seconds, TICKS_PER_SECOND, toNs, toSeconds, us, type Ticks } from './sim/time.ts';
