import { cdRefusal } from '../../../src/control/software/cd-image.ts';
import type { BlockBackend } from '../../../src/host/block.ts';
import { InputError } from '../input-error.ts';
import { FileDisk } from './disk.ts';

/** The image of `--cd`. */
export class CdFile implements BlockBackend {
  readonly medium = 'cd';
  readonly readOnly = true;
  readonly file: FileDisk;

  /** @throws InputError if the file cannot be read or is no image of a data CD */
  constructor(path: string) {
    this.file = new FileDisk(path, 'cd');
    const refusal = cdRefusal(this.file);
    if (refusal === '') return;
    this.file.close();
    throw new InputError(`cd '${path}' ${refusal}`);
  }

  get name(): string {
    return this.file.name;
  }

  get size(): number {
    return this.file.size;
  }

  get identity(): string {
    return this.file.identity;
  }

  read(offset: number, buffer: Uint8Array, at: number, length: number): void {
    this.file.read(offset, buffer, at, length);
  }

  write(): void {
    throw new Error(`cd ${this.name} cannot be written`);
  }

  flush(): void {}
}
