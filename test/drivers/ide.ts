export * from '../../src/testing/drivers/ide.ts';
