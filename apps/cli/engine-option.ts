import { Option } from 'commander';
import { DEFAULT_ENGINE, ENGINE_KINDS } from '../../src/jit/engine-kind.ts';

/** `--engine`, for each command that executes guest code. */
export function engineOption(): Option {
  return new Option(
    '--engine <engine>',
    `how guest code is executed: ${ENGINE_KINDS.join(' or ')}; the simulated figures are the same either ` +
      `way, only wall time differs`,
  ).default(DEFAULT_ENGINE);
}
