// Made by npm run experiment-list -- --write from the folders here.
import { CAMERA_STREAM } from './camera-stream/experiment.ts';
import { COPY_TO_DEVICE } from './copy-to-device/experiment.ts';
import { DEVICE_MMAP } from './device-mmap/experiment.ts';
import { DIRECT_IO } from './direct-io/experiment.ts';
import { DISK_READ } from './disk-read/experiment.ts';
import { DISK_WRITE } from './disk-write/experiment.ts';
import { FB_DRAW } from './fb-draw/experiment.ts';
import { FILE_MMAP } from './file-mmap/experiment.ts';
import { FLOPPY_READ } from './floppy-read/experiment.ts';
import { FLOPPY_WRITE } from './floppy-write/experiment.ts';
import { FRAME_BUFFER } from './frame-buffer/experiment.ts';
import { KEY_ECHO } from './key-echo/experiment.ts';
import { MANY_MASTERS } from './many-masters/experiment.ts';
import { PAGING } from './paging/experiment.ts';
import { PATHS } from './paths/experiment.ts';
import { RAID_READ } from './raid-read/experiment.ts';
import { REGISTER_BLOCK } from './register-block/experiment.ts';
import { REGISTER_EFFECTS } from './register-effects/experiment.ts';
import { RING_RECEIVE } from './ring-receive/experiment.ts';
import { SOUND_PLAY } from './sound-play/experiment.ts';
import { TWO_JOBS } from './two-jobs/experiment.ts';
import { UART_RECEIVE } from './uart-receive/experiment.ts';
import { UART_SEND } from './uart-send/experiment.ts';
import { USE_IN_PLACE } from './use-in-place/experiment.ts';
import type { Experiment } from './experiment.ts';

/** Every experiment that has a folder here. */
export const FOUND: readonly Experiment[] = [
  CAMERA_STREAM,
  COPY_TO_DEVICE,
  DEVICE_MMAP,
  DIRECT_IO,
  DISK_READ,
  DISK_WRITE,
  FB_DRAW,
  FILE_MMAP,
  FLOPPY_READ,
  FLOPPY_WRITE,
  FRAME_BUFFER,
  KEY_ECHO,
  MANY_MASTERS,
  PAGING,
  PATHS,
  RAID_READ,
  REGISTER_BLOCK,
  REGISTER_EFFECTS,
  RING_RECEIVE,
  SOUND_PLAY,
  TWO_JOBS,
  UART_RECEIVE,
  UART_SEND,
  USE_IN_PLACE,
];
