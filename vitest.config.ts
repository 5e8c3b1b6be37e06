import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'apps/**/*.test.ts', 'tools/**/*.test.ts', 'test/**/*.test.ts'],
    // Only against a test that never ends: no test fails because the machine is busy.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    teardownTimeout: 1_800_000,
    pool: 'forks',
  },
});
