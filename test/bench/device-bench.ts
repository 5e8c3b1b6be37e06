export * from '../../src/testing/device-bench.ts';
