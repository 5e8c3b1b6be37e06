import type { MachineState } from '../machine/snapshot.ts';
import type { CellValue, SavedState } from '../sim/state.ts';
import { crc32 } from '../bits/crc32.ts';
import { asciiBytes, blobOf, blobStart, readBlob, writeBlob, type Blob, type BlobInfo } from './snapshot-blob.ts';
import { SnapshotError } from './snapshot-error.ts';
import { decodeRecipe, type SnapshotRecipe } from './snapshot-recipe.ts';
import { count, list, object, text } from './snapshot-values.ts';

/**
 * The snapshot file. All numbers little-endian.
 *
 *     00  8 bytes   magic "NBSNAP\r\n": text transfers that mangle line ends break it at once
 *     08  u32       version of this format
 *     0c  u32       configuration hash: CRC-32 of board and configuration
 *     10  u32 u32   length of the whole file (low, high)
 *     18  u32       length of the structure (JSON, ASCII)
 *     1c  u32       CRC-32 of the structure
 *     20            structure: the machine's state, typed arrays replaced by {"$": type, …}
 *                   the arrays' contents, in the order in which the structure names them, each from
 *                   a multiple of 8 on, with zeros before it (`snapshot-blob.ts`)
 *     end u32       CRC-32 of everything before it
 */
export const SNAPSHOT_VERSION = 3;
const MAGIC = asciiBytes('NBSNAP\r\n');
const HEADER = 0x20;

/**
 * What a snapshot file holds: the machine, and what belongs to it on the host's side (changed disk
 * pages).
 */
export interface Snapshot {
  machine: MachineState;
  attachments: Record<string, SavedState>;
  recipe?: SnapshotRecipe;
}

/** Hash of the configuration that a state fits. */
function configurationHash(board: string, config: string): number {
  return crc32(asciiBytes(JSON.stringify([board, config])));
}

/** The file's bytes. The same state gives the same bytes. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const blobs: Blob[] = [];
  const structure = asciiBytes(JSON.stringify({
    machine: { ...snapshot.machine, components: mapStates(snapshot.machine.components, (v) => encodeCell(v, blobs)) },
    attachments: mapStates(snapshot.attachments, (v) => encodeCell(v, blobs)),
    ...(snapshot.recipe === undefined ? {} : { recipe: snapshot.recipe }),
  }));
  let at = HEADER + structure.length;
  const places = blobs.map((blob) => {
    const start = blobStart(at);
    at = start + blob.size;
    return start;
  });
  const length = at + 4;
  const file = new Uint8Array(length);
  const view = new DataView(file.buffer);
  file.set(MAGIC, 0);
  view.setUint32(0x08, SNAPSHOT_VERSION, true);
  view.setUint32(0x0c, configurationHash(snapshot.machine.board, snapshot.machine.config), true);
  view.setUint32(0x10, length % 2 ** 32, true);
  view.setUint32(0x14, Math.floor(length / 2 ** 32), true);
  view.setUint32(0x18, structure.length, true);
  view.setUint32(0x1c, crc32(structure), true);
  file.set(structure, HEADER);
  blobs.forEach((blob, i) => writeBlob(blob, file, places[i]));
  view.setUint32(at, crc32(file.subarray(0, at)), true);
  return file;
}

/**
 * Reads a file back, whole and checked: magic, version, length, checksum, structure. Large arrays
 * are views into `file`, which must not change while they are used.
 * @throws SnapshotError
 */
export function decodeSnapshot(file: Uint8Array): Snapshot {
  if (file.length < 8 || MAGIC.some((b, i) => file[i] !== b))
    throw new SnapshotError('this is no snapshot file (wrong magic)');
  if (file.length < HEADER + 4) throw new SnapshotError(`truncated: ${file.length} bytes`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const version = view.getUint32(0x08, true);
  if (version !== SNAPSHOT_VERSION)
    throw new SnapshotError(
      `version ${version}, this program reads version ${SNAPSHOT_VERSION}; make the snapshot anew`,
    );
  const length = view.getUint32(0x10, true) + view.getUint32(0x14, true) * 2 ** 32;
  if (length !== file.length)
    throw new SnapshotError(
      file.length < length
        ? `truncated: ${file.length} bytes of ${length}`
        : `${file.length} bytes, but the header says ${length}`,
    );
  if (crc32(file.subarray(0, length - 4)) !== view.getUint32(length - 4, true))
    throw new SnapshotError('damaged: the checksum does not match');
  const structureEnd = HEADER + view.getUint32(0x18, true);
  if (structureEnd > length - 4 || crc32(file.subarray(HEADER, structureEnd)) !== view.getUint32(0x1c, true))
    throw new SnapshotError('damaged: the structure');

  // From here on the file is what somebody's program wrote, but not surely ours: nothing is taken
  // on trust.
  let at = structureEnd;
  const take = (info: BlobInfo): CellValue => {
    const start = blobStart(at);
    const { value, used } = readBlob(file, start, length - 4, info);
    at = start + used;
    return value;
  };
  let parsed: unknown;
  try {
    let json = '';
    for (let i = HEADER; i < structureEnd; i += 8192)
      json += String.fromCharCode(...file.subarray(i, Math.min(i + 8192, structureEnd)));
    parsed = JSON.parse(json);
  } catch {
    throw new SnapshotError('damaged: the structure is no JSON');
  }
  const { machine, attachments, recipe } = object(parsed, 'the structure');
  const m = object(machine, 'machine');
  const scheduler = object(m['scheduler'], 'scheduler');
  const state: MachineState = {
    board: text(m['board'], 'board'),
    config: text(m['config'], 'config'),
    scheduler: {
      now: count(scheduler['now'], 'now'), sequence: count(scheduler['sequence'], 'sequence'),
      events: list(scheduler['events'], 'events').map((e) => {
        const event = object(e, 'an event');
        return {
          name: text(event['name'], "an event's name"),
          time: count(event['time'], "an event's time"),
          sequence: count(event['sequence'], "an event's sequence"),
        };
      }),
    },
    buses: Object.fromEntries(Object.entries(object(m['buses'], 'buses')).map(([k, v]) => [k, count(v, `bus ${k}`)])),
    components: decodeStates(m['components'], take),
    lines: Object.fromEntries(Object.entries(object(m['lines'], 'lines')).map(([k, v]) => [k, v === true])),
    notes: list(m['notes'], 'notes').map((entry) => {
      const note = object(entry, 'a note');
      return {
        source: text(note['source'], "a note's source"), what: text(note['what'], "a note's name"),
        detail: text(note['detail'], "a note's detail"), count: count(note['count'], "a note's count"),
      };
    }),
  };
  if (configurationHash(state.board, state.config) !== view.getUint32(0x0c, true))
    throw new SnapshotError('damaged: the configuration is not that of the header');
  const result: Snapshot = {
    machine: { ...(m as object), ...state }, attachments: decodeStates(attachments, take),
    ...(recipe === undefined ? {} : { recipe: decodeRecipe(recipe) }),
  };
  if (at !== length - 4) throw new SnapshotError(`damaged: ${length - 4 - at} bytes that belong to nothing`);
  return result;
}

type Encoded = number | boolean | string | { $: string; n?: number; packed?: number; v?: string };

function encodeCell(value: CellValue, blobs: Blob[]): Encoded {
  if (typeof value === 'object') {
    const blob = blobOf(value);
    blobs.push(blob);
    const { type, length, packed } = blob.info;
    return { $: type, n: length, ...(packed === null ? {} : { packed }) };
  }
  // JSON has no -0 and nothing that is not finite.
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return { $: 'number', v: Object.is(value, -0) ? '-0' : String(value) };
  return value;
}

function decodeCell(value: unknown, take: (info: BlobInfo) => CellValue): CellValue {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  const o = object(value, 'a cell');
  if (o['$'] === 'number') return Number(o['v']);
  return take({
    type: text(o['$'], 'a type'),
    length: count(o['n'], 'a length'),
    packed: o['packed'] === undefined ? null : count(o['packed'], 'a length'),
  });
}

function mapStates<T>(
  states: Record<string, SavedState>,
  cell: (v: CellValue) => T,
): Record<string, Record<string, Record<string, T>>> {
  return Object.fromEntries(
    Object.entries(states).map(([name, groups]) => [
      name,
      Object.fromEntries(
        Object.entries(groups).map(([group, cells]) => [
          group,
          Object.fromEntries(Object.entries(cells).map(([k, v]) => [k, cell(v)])),
        ]),
      ),
    ]),
  );
}

function decodeStates(value: unknown, take: (info: BlobInfo) => CellValue): Record<string, SavedState> {
  const states = object(value, 'components');
  return Object.fromEntries(
    Object.entries(states).map(([name, groups]) => [
      name,
      Object.fromEntries(
        Object.entries(object(groups, name)).map(([group, cells]) => [
          group,
          Object.fromEntries(
            Object.entries(object(cells, `${name}.${group}`)).map(([k, v]) => [k, decodeCell(v, take)]),
          ),
        ]),
      ),
    ]),
  );
}
