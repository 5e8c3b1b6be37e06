import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of many-masters shows. */
export const MANY_MASTERS_STATEMENTS: readonly Shown[] = [
  shown('S10', 'rows "share of the bus": several devices use the way to main memory, none of them the processor'),
  shown('S28', 'rows of the array: its bursts begin whenever a drive has read, without a command'),
  shown('S81', 'column and-sound: disk, camera, array, network and sound at once, the processor busy for a part of it'),
  shown('S94', 'trace of and-sound: the other end of every transfer by a master is ram; card to card is not tried'),
];
