/**
 * Linux's prompt from a saved state: the whole process, from its start to the prompt that answers a
 * newline. Ours is the command that a user gives.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DebianGuest } from '../apps/cli/guests/debian/index.ts';
import { BOOT_MEMORY_MIB, bootGuest, QEMU_BOARD, QEMU_CPU } from './boot.ts';
import { figure, ratio, type Column, type Figure } from './measure.ts';
import type { NodeBinary } from './node24.ts';
import { timeToAnswer } from './peers/answer.ts';
import { QEMU_PROGRAM, qemuVersion } from './peers/qemu.ts';
import { fromQemuState, saveQemu } from './peers/qemu-state.ts';
import { fromV86State, saveV86 } from './peers/v86-state.ts';
import { v86Version } from './peers/v86.ts';

const CLI = fileURLToPath(new URL('../apps/cli/main.js', import.meta.url));
/** What busybox's shell prints, as process 1. */
const PROMPT = '/ # ';

export const PROMPT_NOTE = `Debian's i686 kernel, ${BOOT_MEMORY_MIB} MiB, at the prompt of a shell: saved once, then ` +
  `started from the file. Wall time of the whole process, from its start to the prompt that answers a newline.
Ours: 'northbridge run pc --load FILE'. QEMU: a migration to a file and -incoming. v86: save_state and initial_state.
The files lie in the host's page cache. Ratios are ours / theirs, run by run: below 1, ours is faster.
`;

/** Who goes on from a state. */
interface Contender {
  readonly name: string;
  readonly ours: boolean;
  /** Makes the file. */
  readonly save: (file: string) => Promise<void>;
  readonly command: (file: string) => readonly [program: string, ...args: string[]];
}

function contenders(guest: DebianGuest, node: NodeBinary): Contender[] {
  const kernel = {
    bzImage: guest.kernel, initrd: guest.initrd, append: `${guest.append} rdinit=/bin/sh`,
  };
  const options = { kernel, memoryMiB: BOOT_MEMORY_MIB, endMarker: PROMPT };
  const list: Contender[] = [{
    name: 'ours', ours: true, save: (file) => saveOurs(node, guest, kernel.append, file),
    command: (file) => [node.path, CLI, 'run', 'pc', '--quiet', '--load', file],
  }];
  if (v86Version() !== undefined)
    list.push({
      name: 'v86', ours: false, save: (file) => saveV86(node.path, options, file),
      command: (file) => [node.path, ...fromV86State(options, file)],
    });
  const qemu = { ...options, cpu: QEMU_CPU, more: QEMU_BOARD };
  if (qemuVersion() !== undefined)
    list.push({
      name: 'QEMU TCG', ours: false, save: (file) => saveQemu(qemu, PROMPT, file),
      command: (file) => [QEMU_PROGRAM, ...fromQemuState(qemu, file)],
    });
  return list;
}

async function saveOurs(node: NodeBinary, guest: DebianGuest, append: string, file: string): Promise<void> {
  const run = spawnSync(node.path, [
    CLI, 'run', 'pc', '--quiet', '--memory', `${BOOT_MEMORY_MIB}MiB`, '--kernel', guest.kernel,
    '--initrd', guest.initrd, '--append', append, '--save-at', PROMPT, file, '--until', '30',
  ], { encoding: 'utf8', input: '' });
  if (run.status !== 0 || statSync(file, { throwIfNoEntry: false }) === undefined)
    throw new Error(`our machine saved no state: ${run.stderr.trim()}`);
}

/** A column for each Node. */
export async function promptColumns(
  runs: number, nodes: readonly NodeBinary[], progress: (line: string) => void,
): Promise<Column[]> {
  const guest = await bootGuest();
  const folder = mkdtempSync(join(tmpdir(), 'northbridge-bench-'));
  try {
    const columns: Column[] = [];
    for (const node of nodes) columns.push(await column(runs, node, contenders(guest, node), folder, progress));
    return columns;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function column(
  runs: number, node: NodeBinary, list: readonly Contender[], folder: string, progress: (line: string) => void,
): Promise<Column> {
  const place = (c: Contender): string => join(folder, c.name.replaceAll(' ', '-'));
  for (const c of list) {
    progress(`prompt: saving ${c.name} (${node.title})`);
    // Of another Node, which has the same name.
    rmSync(place(c), { force: true });
    await c.save(place(c));
  }
  const seconds = new Map(list.map((c) => [c, [] as number[]]));
  for (let run = 1; run <= runs; run++) {
    for (const c of list) {
      const [program, ...args] = c.command(place(c));
      const answer = await timeToAnswer(program, args, PROMPT);
      seconds.get(c)!.push(answer.seconds);
      progress(`prompt ${run}/${runs}: ${c.name} (${node.title}) ${answer.seconds.toFixed(2)} s`);
    }
  }
  return { title: node.title, figures: figures(list, seconds, (c) => statSync(place(c)).size / 2 ** 20) };
}

function figures(
  list: readonly Contender[], seconds: ReadonlyMap<Contender, readonly number[]>, size: (c: Contender) => number,
): Figure[] {
  const of = (c: Contender): readonly number[] => seconds.get(c) ?? [];
  const own = list.filter((c) => c.ours), peers = list.filter((c) => !c.ours);
  return [
    ...list.flatMap((c) => [
      figure(`${c.name}: start to prompt`, 's', of(c)), figure(`${c.name}: size of the file`, 'MiB', [size(c)]),
    ]),
    ...own.flatMap((c) => peers.map((p) => ratio(`${c.name} / ${p.name}: start to prompt`, of(c), of(p)))),
  ];
}
