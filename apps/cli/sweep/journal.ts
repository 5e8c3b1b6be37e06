import { closeSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import type { PointRecord } from '../../../src/control/sweep/sweep.ts';
import { FileLock } from '../hosts/file-lock.ts';
import { InputError, systemReason } from '../input-error.ts';

/**
 * The points of a sweep as they end, in a file beside its output: a line for each, durable before
 * the point counts as done. A sweep that was killed goes on from there; a line that was cut short
 * is no point.
 */
export class Journal {
  readonly path: string;
  /** By index. */
  readonly records = new Map<number, PointRecord>();
  private readonly fd: number;
  private readonly lock: FileLock;

  /**
   * Opens the journal, or makes one.
   * @param identity a text that is another one for every other sweep
   * @throws InputError if it cannot be used or is of another sweep
   */
  constructor(path: string, identity: string) {
    this.path = path;
    this.lock = new FileLock(path, 'sweep');
    const head = `${JSON.stringify({ sweep: identity })}\n`;
    try {
      this.fd = openSync(path, 'a+');
    } catch (error) {
      throw new InputError(`cannot write the points of the sweep to '${path}': ${systemReason(error)}`);
    }
    const text = readFileSync(this.fd, 'utf8');
    // A first line that was cut short holds nothing that could be lost.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole === '') {
      if (!head.startsWith(text)) throw this.stranger();
      ftruncateSync(this.fd, 0);
      this.append(head);
      return;
    }
    if (!whole.startsWith(head)) throw this.stranger();
    for (const line of whole.slice(head.length).split('\n')) if (line !== '') this.take(line);
    if (whole.length < text.length) ftruncateSync(this.fd, Buffer.byteLength(whole));
  }

  /** Keeps a point; a second record of one point is the same and is left out. */
  add(record: PointRecord): void {
    if (this.records.has(record.index)) return;
    this.append(`${JSON.stringify(record)}\n`);
    this.records.set(record.index, record);
  }

  close(): void {
    closeSync(this.fd);
    this.lock.release();
  }

  /** The output is in its place: what led to it is not needed any more. */
  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  private take(line: string): void {
    let record: PointRecord;
    try {
      record = JSON.parse(line) as PointRecord;
    } catch {
      throw new InputError(`'${this.path}' is damaged; delete it to begin the sweep anew`);
    }
    this.records.set(record.index, record);
  }

  private stranger(): InputError {
    this.close();
    return new InputError(
      `'${this.path}' holds points of another sweep; delete it, or give the output another name`,
    );
  }

  private append(text: string): void {
    const bytes = Buffer.from(text);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.fd, bytes, done);
      fdatasyncSync(this.fd);
    } catch (error) {
      throw new InputError(`cannot write the points of the sweep to '${this.path}': ${systemReason(error)}`);
    }
  }
}
