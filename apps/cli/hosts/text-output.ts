import { OutputFile } from './output-file.ts';

/** What is written, in messages. */
export const WHAT_OUTPUT = 'output';
/** Characters, or bytes, that are collected before they are written. */
const PIECE = 2 ** 18;

/** Text, or bytes, to standard output, for the name `-`, or into an `OutputFile`. */
export class TextOutput {
  private text = '';
  private readonly buffer = Buffer.allocUnsafe(PIECE);
  private held = 0;
  private readonly file: OutputFile | null;

  /** @throws InputError */
  constructor(path: string) {
    this.file = path === '-' ? null : new OutputFile(path, WHAT_OUTPUT);
  }

  /** @throws InputError */
  write(text: string): void {
    this.text += text;
    if (this.text.length > PIECE) this.flush();
  }

  /** Bytes, which may be used again afterwards. @throws InputError */
  bytes(bytes: Uint8Array): void {
    if (this.held + bytes.length > PIECE) this.flush();
    if (bytes.length > PIECE) {
      this.out(Buffer.from(bytes));
      return;
    }
    this.buffer.set(bytes, this.held);
    this.held += bytes.length;
  }

  /** Everything is written; a file takes its place. @throws InputError */
  close(): void {
    this.flush();
    this.file?.close();
  }

  private flush(): void {
    const { text, held } = this;
    this.text = '';
    this.held = 0;
    if (text !== '') this.out(text);
    // Standard output keeps what it is given until a slow reader takes it.
    const bytes = this.buffer.subarray(0, held);
    if (held > 0) this.out(this.file === null ? Buffer.from(bytes) : bytes);
  }

  private out(piece: string | Uint8Array): void {
    if (this.file === null) process.stdout.write(piece);
    else this.file.write(piece);
  }
}
