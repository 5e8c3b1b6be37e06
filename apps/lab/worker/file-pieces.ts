/** Pieces are joined up to that size; the browser may keep what was joined on its disk. */
const JOINED = 2 ** 20;

/** A file that is made of many small pieces of text or bytes. */
export class FilePieces {
  private readonly most: number;
  private readonly tooLarge: string;
  private readonly blobs: Blob[] = [];
  private parts: (string | Uint8Array<ArrayBuffer>)[] = [];
  private waiting = 0;
  private size = 0;

  /** @param most bytes that it may have @param tooLarge what is said of more, one line */
  constructor(most: number, tooLarge: string) {
    this.most = most;
    this.tooLarge = tooLarge;
  }

  /** @throws Error if it becomes too large */
  add(piece: string | Uint8Array): void {
    this.parts.push(typeof piece === 'string' ? piece : piece.slice());
    this.waiting += piece.length;
    this.size += piece.length;
    if (this.size > this.most) throw new Error(this.tooLarge);
    if (this.waiting >= JOINED) this.join();
  }

  finish(): Blob {
    this.join();
    return new Blob(this.blobs);
  }

  private join(): void {
    this.blobs.push(new Blob(this.parts));
    this.parts = [];
    this.waiting = 0;
  }
}
