import { defineConfig } from 'vitest/config';

/** What the package's names stand for in the repository: the worked example imports them. */
const source = (path: string): string => new URL(path, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    alias: {
      'northbridge/device': source('src/device.ts'),
      'northbridge/testing': source('src/testing/index.ts'),
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'apps/**/*.test.ts', 'tools/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    // Only against a test that never ends: no test fails because the machine is busy.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    teardownTimeout: 1_800_000,
    pool: 'forks',
    // One for each core: many tests wait for programs that they start.
    maxWorkers: '100%',
  },
});
