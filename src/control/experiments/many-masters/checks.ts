import { GeneratedDrive } from '../../../hw/raid/generated-drive.ts';
import type { Sensor } from '../../../hw/camera/sensor.ts';
import type { BlockBackend } from '../../../host/block.ts';
import type { Machine } from '../../../machine/machine.ts';
import { DISK_BYTES, MASTERS_MEMORY, PART, SLOTS } from './block.ts';

const PAGE = 4096, CAMERA_ENTRIES = 4;

function word(machine: Machine, at: number): number {
  const { ram } = machine;
  return new DataView(ram.buffer, ram.byteOffset).getUint32(at, true);
}

/** The last command's bytes are the disk's. */
export function diskRight(machine: Machine, disk: BlockBackend, lba: number): boolean {
  const want = new Uint8Array(DISK_BYTES), at = MASTERS_MEMORY + PART.disk;
  disk.read(lba * 512, want, 0, DISK_BYTES);
  const came = machine.ram.subarray(at, at + DISK_BYTES);
  return want.every((b, k) => b === came[k]);
}

/** The last whole frame is the test picture of its number (camera's data sheet, §Picture). */
export function cameraRight(machine: Machine, sensor: Sensor, frames: number): boolean {
  if (frames === 0) return true;
  const ring = MASTERS_MEMORY + PART.camera, entry = ring + ((frames - 1) % CAMERA_ENTRIES) * 16;
  const list = word(machine, entry), frame = word(machine, entry + 4), damaged = (word(machine, entry + 8) & 2) !== 0;
  if (damaged) return true;
  for (let k = 0; k < sensor.frameBytes; k++) {
    const page = word(machine, list + 4 * Math.floor(k / PAGE)), l = Math.floor(k / sensor.lineBytes);
    const c = k % sensor.lineBytes, value = 3 * c + 5 * l + 7 * frame + Math.floor((c * l) / 16);
    if (machine.ram[page + (k % PAGE)] !== (value & 0xff)) return false;
  }
  return true;
}

/** What the directory names is in its slot. */
export function raidRight(machine: Machine): boolean {
  const mailbox = MASTERS_MEMORY + PART.raid, stripe = word(machine, mailbox + 0x48);
  const want = new Uint8Array(stripe);
  for (let slot = 0; slot < SLOTS; slot++) {
    const held = word(machine, mailbox + PAGE + 8 * slot) - 1;
    if (held < 0) continue;
    new GeneratedDrive(held % 4, 64 << 20).read(Math.floor(held / 4) * stripe, want, 0, stripe);
    const at = mailbox + 2 * PAGE + slot * stripe, came = machine.ram.subarray(at, at + stripe);
    if (!want.every((b, k) => b === came[k])) return false;
  }
  return true;
}
