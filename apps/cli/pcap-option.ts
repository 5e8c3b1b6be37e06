import { Option } from 'commander';
import { checkOutput, type InputFile } from './hosts/output-file.ts';
import { PcapFile } from './hosts/pcap-file.ts';
import { audioPathFor } from './hosts/wav-file.ts';

const OPTION = '--pcap';

/** `--pcap FILE` of a run, or of an experiment. */
export function pcapOption(methods: boolean): Option {
  return new Option(
    `${OPTION} <file>`,
    `write the frames of network cards to ${methods ? 'pcap files: net.pcap gives net-METHOD.pcap' : 'a pcap file'}`,
  );
}

/**
 * The file of a run, or null; made when the first frame arrives.
 * @param outputs files that are written besides, by their options
 * @throws InputError, before the run, if it cannot be written
 */
export function pcapFile(
  path: string | undefined, inputs: readonly InputFile[],
  outputs: readonly { path: string | undefined; what: string }[],
): PcapFile | null {
  if (path === undefined) return null;
  checkOutput(path, OPTION, 'pcap', inputs, outputs);
  return new PcapFile(path);
}

/** The files of an experiment, by method; none without a path. @throws InputError as `pcapFile` */
export function pcapFiles(
  path: string | undefined, methods: readonly string[], inputs: readonly InputFile[],
  outputs: readonly { path: string | undefined; what: string }[],
): ReadonlyMap<string, PcapFile> {
  const files = new Map<string, PcapFile>();
  if (path === undefined) return files;
  for (const method of methods) {
    const file = pcapFile(audioPathFor(path, method), inputs, outputs);
    if (file !== null) files.set(method, file);
  }
  return files;
}
