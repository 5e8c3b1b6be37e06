import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of camera-stream show. */
export const CAMERA_STREAM_STATEMENTS: readonly Shown[] = [
  shown('S7', 'row "bytes moved by devices": every pixel reached memory by the camera itself'),
  shown('S27', 'trace: camera.dma begins transactions that no access of cpu0 asked for'),
  shown('S30', 'trace: no access of cpu0 reads pixels from the camera; it has no register that holds any'),
  shown('S38', 'trace: before the first frame cpu0 writes RING; the camera then reads where the pages are'),
  shown('S74', 'trace: ring and page lists are set up before RUN is written'),
  shown('S75', 'row "register writes a frame": 1 for grab (the permission), 0 for overwrite; a ring goes on'),
  shown('S100', 'trace: camera.dma stores pixels of the next frame while the processor works on one'),
  shown('S128', 'row "interrupts": one for each frame that came while the processor waited'),
];
