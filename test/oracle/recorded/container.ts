/**
 * Files of recorded answers: one line of JSON (what, and on which processor), then a body
 * compressed by Brotli.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Processor } from '../host-processor.ts';

const NEWLINE = 0x0a;

function file(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

export interface Recorded {
  readonly processor: Processor;
  readonly body: Uint8Array;
}

export function readRecorded(name: string): Recorded {
  const bytes = readFileSync(file(name));
  const end = bytes.indexOf(NEWLINE);
  const processor = JSON.parse(bytes.subarray(0, end).toString('utf8')) as Processor;
  return { processor, body: brotliDecompressSync(bytes.subarray(end + 1)) };
}

export function writeRecorded(name: string, recorded: Recorded): void {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  const body = brotliCompressSync(recorded.body, { params });
  writeFileSync(file(name), Buffer.concat([Buffer.from(`${JSON.stringify(recorded.processor)}\n`), body]));
}
