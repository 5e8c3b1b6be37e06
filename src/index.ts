/** Northbridge as a library: build a machine, load a guest, run it, look at every transaction. */
export type { EngineMemory } from './webassembly-names.ts';
export { PcMachine, PC_RAM, type PcMachineOptions } from './machine/pc-machine.ts';
export { DEFAULT_ENGINE, ENGINE_KINDS, type EngineKind } from './jit/engine-kind.ts';
export type { MachineCounters } from './machine/counters.ts';
export {
  decodeCpuLoop, decodeDiskRead, DISK_READ_BUFFER, encodeCpuLoop, encodeDiskRead, POST, type CpuLoopKind,
  type CpuLoopResult, type DiskReadInput, type DiskReadMethod,
  type DiskReadResult,
} from './machine/loader/guest-block.ts';
export { LoadError } from './machine/loader/load-error.ts';
export { DiskOverlay } from './control/disk-overlay.ts';
export { ImageDisk, pseudoRandomImage } from './control/image-disk.ts';
export {
  stateChecksum, stateDigests, type ChecksumAttachments, type ChecksumMachine,
} from './control/state-checksum.ts';
export { Session, type SessionMachine, type SessionOptions } from './control/session.ts';
export { EXPERIMENTS, findExperiment, type ExperimentInfo } from './control/experiments/index.ts';
export type { BlockBackend } from './host/block.ts';
export type { CharBackend } from './host/char.ts';
export { Board } from './machine/board.ts';
export type { NoteRecord, Trace, TraceRecord, TransactionRecord } from './sim/trace.ts';
export { ms, ns, seconds, toNs, toSeconds, us, TICKS_PER_SECOND, type Ticks } from './sim/time.ts';
