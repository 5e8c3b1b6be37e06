/** Northbridge as a library: build a machine, load a guest, run it, look at every transaction. */
export type { EngineMemory } from './webassembly-names.ts';
export { PcMachine, PC_RAM, type PcMachineOptions } from './machine/pc-machine.ts';
export { Machine, type MachineOptions } from './machine/machine.ts';
export type { BoardDefinition, BoardParts, Hosts, OptionRows } from './machine/definition.ts';
export { boardOptionRows, BOARDS, findBoard } from './machine/boards/index.ts';
export { pc, type PcParts } from './machine/boards/pc/pc.ts';
export { BOARD_SCHEMA, describeBoard, type BoardDescription } from './machine/describe.ts';
export type { DeviceMaker, PlacedDevice, UserDevice } from './machine/user-devices.ts';
export { ParameterError, type Parameter } from './sim/parameter.ts';
export { DEFAULT_ENGINE, ENGINE_KINDS, type EngineKind } from './jit/engine-kind.ts';
export type { MachineCounters } from './machine/counters.ts';
export {
  DISK_READ_BLOCK, DISK_READ_BUFFER, type DiskReadInput, type DiskReadMethod,
} from './control/experiments/disk-read/block.ts';
export { block, BlockError, GuestBlock } from './control/guests/block.ts';
export { CPU_LOOP, type CpuLoopKind } from './control/guests/cpu-loop.ts';
export { digest, i32, truth, u32, word, type ByteOrder, type Field } from './control/guests/fields.ts';
export { POST } from './control/guests/status.ts';
export { LoadError } from './machine/loader/load-error.ts';
export { DiskOverlay } from './control/disk-overlay.ts';
export { ImageDisk, pseudoRandomImage } from './control/image-disk.ts';
export {
  stateChecksum, stateDigests, type ChecksumAttachments, type ChecksumMachine,
} from './control/state-checksum.ts';
export { Session, type SessionMachine, type SessionOptions } from './control/session.ts';
export { EXPERIMENTS, findExperiment } from './control/experiments/index.ts';
export {
  bare, experiment, type EndedTrial, type Experiment, type FinishedRun, type GuestKind,
  type JobOf, type Judgement, type Kit, type MachineSpec, type Measure, type MeasuredValue, type Outcome, type Plot,
  type RunResult, type Shown, type Software, type Trial, type Variant,
} from './control/experiments/experiment.ts';
export * from './control/experiments/measures.ts';
export { defaultMethodsOf, guestsOf, jobOf, methodsOf, type JobWish } from './control/experiments/job.ts';
export type { KeptStarts } from './control/experiments/kept-start.ts';
export { runMethod, type Progress } from './control/experiments/runner.ts';
export type { Bench } from './control/experiments/trial-run.ts';
export { judgementOf, resultJson, RESULT_SCHEMA, type ExperimentResult } from './control/experiments/result.ts';
export { GuestFailure } from './control/failure.ts';
export type { BlockBackend } from './host/block.ts';
export type { CharBackend } from './host/char.ts';
export { Board } from './machine/board.ts';
export type { NoteRecord, Trace, TraceRecord, TransactionRecord } from './sim/trace.ts';
export { ms, ns, seconds, toNs, toSeconds, us, TICKS_PER_SECOND, type Ticks } from './sim/time.ts';
