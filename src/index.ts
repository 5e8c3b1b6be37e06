/** Northbridge as a library: build a machine, load a guest, run it, look at every transaction. */
export { PcMachine, PC_RAM, type PcMachineOptions } from './machine/pc-machine.ts';
export type { MachineCounters } from './machine/counters.ts';
export { LoadError } from './machine/loader/load-error.ts';
export { ImageDisk, pseudoRandomImage } from './control/image-disk.ts';
export { Session, type SessionMachine, type SessionOptions } from './control/session.ts';
export { EXPERIMENTS, findExperiment, type ExperimentInfo } from './control/experiments/index.ts';
export type { BlockBackend } from './host/block.ts';
export type { CharBackend } from './host/char.ts';
export { Device } from './hw/device.ts';
export { Board } from './machine/board.ts';
export { reg, regs, ro, rw, wo, w1c, w1s, w0c, rclr, rset, wonce, rsvd, unmodelled } from './reg/layout.ts';
export type { NoteRecord, Trace, TraceRecord, TransactionRecord } from './sim/trace.ts';
export { ms, ns, seconds, toNs, toSeconds, us, TICKS_PER_SECOND, type Ticks } from './sim/time.ts';
