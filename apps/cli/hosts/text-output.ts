import { OutputFile } from './output-file.ts';

/** Characters that are collected before they are written. */
const PIECE = 2 ** 18;

/** Text to standard output, for the name `-`, or into an `OutputFile`. */
export class TextOutput {
  private text = '';
  private readonly file: OutputFile | null;

  /** @throws InputError */
  constructor(path: string, what: string) {
    this.file = path === '-' ? null : new OutputFile(path, what);
  }

  /** @throws InputError */
  write(text: string): void {
    this.text += text;
    if (this.text.length > PIECE) this.flush();
  }

  /** Everything is written; a file takes its place. @throws InputError */
  close(): void {
    this.flush();
    this.file?.close();
  }

  private flush(): void {
    const { text } = this;
    this.text = '';
    if (this.file === null) process.stdout.write(text);
    else this.file.write(text);
  }
}
