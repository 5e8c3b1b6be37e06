export { describeContract } from '../../src/testing/vitest.ts';
