import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** What the package's names stand for in the repository: the worked example imports them. */
const source = (path: string): string => new URL(path, import.meta.url).pathname;

/**
 * The files that take longest, longest first. A fresh checkout knows no durations, and vitest would
 * begin with the largest files: one of these, begun last, would keep one core busy while the others
 * have nothing left to do.
 */
const LONG = [
  'test/engine/lockstep', 'test/export/exports', 'test/lab/timeline', 'tools/readme/readme', 'test/lab/own-device',
  'test/cli/cache', 'test/lockstep/misses', 'test/lab/screen', 'test/lab/page', 'test/lab/accessibility',
  'test/cli/sweep', 'src/control/explore/explorer', 'test/guest/paging', 'test/cli/look', 'test/cli/device',
  'test/lockstep/pc', 'src/control/experiments/frame-buffer/frame-buffer', 'test/machine/mid-transfer/mid-transfer',
  'test/lab/transport', 'src/arch/x86/fpu/fast/fast', 'test/cli/trace', 'test/cli/snapshots', 'test/cli/program-test',
  'test/lab/save', 'test/cli/report', 'test/guest/rebuild', 'test/guest/camera-debian',
  'src/control/inspect/untouched', 'test/cli/qtest', 'test/lockstep/self-modifying',
].map((name) => source(`${name}.test.ts`));

class LongestFirst extends BaseSequencer {
  override async sort(files: Parameters<BaseSequencer['sort']>[0]): ReturnType<BaseSequencer['sort']> {
    const rank = (path: string): number => LONG.includes(path) ? LONG.indexOf(path) : LONG.length;
    return (await super.sort(files)).sort((a, b) => rank(a.moduleId) - rank(b.moduleId));
  }
}

export default defineConfig({
  resolve: {
    alias: {
      'northbridge/device': source('src/device.ts'),
      'northbridge/testing': source('src/testing/index.ts'),
    },
  },
  test: {
    // Tests beside the code leave nothing behind, so they share a process; the others have one each.
    projects: [
      { extends: true, test: { name: 'beside', include: ['src/**/*.test.ts', 'apps/**/*.test.ts'], isolate: false } },
      {
        extends: true,
        test: { name: 'whole', include: ['tools/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'] },
      },
    ],
    // Only against a test that never ends: no test fails because the machine is busy.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    teardownTimeout: 1_800_000,
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // One for each core: many tests wait for programs that they start.
    maxWorkers: '100%',
  },
});
