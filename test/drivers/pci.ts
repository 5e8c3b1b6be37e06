export * from '../../src/testing/drivers/pci.ts';
