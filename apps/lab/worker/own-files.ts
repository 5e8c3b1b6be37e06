import type { BlockBackend } from '../../../src/host/block.ts';
import { ChunkCache } from '../../../src/control/software/chunk-cache.ts';
import { fieldOf, type Field } from '../../../src/control/experiments/form.ts';
import { checkCd, checkDisk, checkInput, HEAD_BYTES, roleOf } from '../../../src/control/software/own-files.ts';
import { UnusableError } from '../../../src/control/software/unusable.ts';
import { boardOptionRows, findBoard } from '../../../src/machine/boards/index.ts';
import { CARDS } from '../../../src/machine/cards.ts';
import type { Parameter } from '../../../src/sim/parameter.ts';
import type { FileLook, OwnApi, OwnForm } from '../protocol/own.ts';

/** The board that the user's own software runs on. */
export const OWN_BOARD = 'pc';

/** What users' files are, without a machine. */
export class OwnHost implements OwnApi {
  async look(files: readonly File[]): Promise<FileLook[]> {
    return files.map(look);
  }

  async form(): Promise<OwnForm> {
    const fields = (rows: Readonly<Record<string, Parameter>>): Field[] =>
      Object.entries(rows).map(([name, row]) => fieldOf(name, row, false));
    const board = findBoard(OWN_BOARD);
    return {
      machine: board === null ? [] : fields(boardOptionRows(board, ['ram', 'kernelEntry'])),
      cards: Object.entries(CARDS).map(([kind, { options }]) => ({ kind, options: fields(options) })),
    };
  }
}

function look(file: File): FileLook {
  try {
    const role = roleOf(file.name, file.size, bytesOf(file, 0, HEAD_BYTES), () => wholeFile(file));
    return { role, refusal: '' };
  } catch (error) {
    if (error instanceof UnusableError) return { role: null, refusal: error.message };
    throw error;
  }
}

/** All of a file. @throws UnusableError */
export function wholeFile(file: File): Uint8Array {
  checkInput(file.name, file.size);
  return bytesOf(file, 0, file.size);
}

/** An image in a user's file, of which only what is read is in memory. */
abstract class FileImage implements BlockBackend {
  readonly name: string;
  readonly size: number;
  readonly readOnly = true;
  private readonly chunks: ChunkCache;

  constructor(file: File) {
    this.name = file.name;
    this.size = file.size;
    this.chunks = new ChunkCache(file.size, (offset, length) => bytesOf(file, offset, length));
  }

  read(offset: number, buffer: Uint8Array, at: number, length: number): void {
    this.chunks.read(offset, buffer, at, length);
  }

  write(): void {
    throw new Error(`${this.name} is opened for reading only`);
  }

  flush(): void {}
}

/** A raw disk image. */
export class FileDisk extends FileImage {
  /** @throws UnusableError */
  constructor(file: File) {
    checkDisk(file.name, file.size, bytesOf(file, 0, HEAD_BYTES));
    super(file);
  }
}

/** The image of a data CD. */
export class FileCd extends FileImage {
  readonly medium = 'cd';

  /** @throws UnusableError */
  constructor(file: File) {
    checkCd(file.name, file.size, bytesOf(file, 0, HEAD_BYTES));
    super(file);
  }
}

/** The browser refuses to read a file that has changed since it was chosen. */
function bytesOf(file: File, offset: number, length: number): Uint8Array {
  try {
    return new Uint8Array(new FileReaderSync().readAsArrayBuffer(file.slice(offset, offset + length)));
  } catch {
    throw new UnusableError(
      `'${file.name}' cannot be read any more: it was changed, moved or deleted since it was chosen; choose it again`,
    );
  }
}
