import type { Shown } from '../experiment.ts';

const shown = (id: string, where: string): Shown => ({ id, where });

/** What the table and the trace of disk-read show. */
export const DISK_READ_STATEMENTS: readonly Shown[] = [
  shown('S5', 'column dma: every byte is in "bytes moved by devices", none went through the data port'),
  shown('S6', 'row "throughput" of dma, for 16 MiB in one go'),
  shown('S10', 'trace of dma: initiator ide.primary, target ram'),
  shown('S11', 'trace of dma: cpu0 writes table address, command and start bit before each series of bursts'),
  shown('S14', 'columns pio-*: "of these to the data port" is bytes / 2, "bytes moved by devices" is 0'),
  shown('S19', 'rows "port accesses" and "of these to the data port": commands and data go through ports'),
  shown('S20', 'row "instructions": one iteration of rep insw for each word'),
  shown('S27', 'trace of dma: transactions whose initiator is the IDE function, not cpu0'),
  shown('S29', 'northbridge boards pc: no DMA controller; the method is still called dma'),
  shown('S38', 'trace of dma: cpu0 writes BMIDTP, then ide.primary reads the descriptor with the buffer\'s address'),
  shown('S39', 'row "processor busy" of dma: the processor is free for nearly all of the time'),
  shown('S41', 'row "throughput": true with the default modes, false with --ide piix4 --mode pio4,mwdma0'),
  shown('S46', 'three columns; row "interrupts" is 0, one a DRQ block, one a command'),
  shown('S51', 'columns pio-*: "bytes moved by devices" is 0 and the bytes are in memory'),
  shown('S74', 'trace of dma: cpu0 writes BMIDTP before each command'),
  shown('S75', 'trace of dma: one start bit written for 128 KiB, thousands of bursts after it'),
  shown('S80', 'row "processor busy" of dma: it halts and does nothing until the interrupt'),
  shown('S86', 'columns pio-*: a buffer is filled and "bytes moved by devices" is 0'),
  shown('S95', 'columns pio-irq and dma: as many bytes, by interrupts both'),
  shown('S100', 'trace of dma: bursts go on while cpu0 makes no access'),
  shown('S126', 'trace: port 1F7h is the status when read and the command when written'),
  shown('S127', 'trace: what the drive does follows the write of 1F7h'),
  shown('S128', 'row "interrupts" of pio-irq and dma'),
  shown('S129', 'column pio-polled: no interrupt; trace: reads of 3F6h until BSY is 0'),
  shown('S130', 'trace of pio-polled with --trace-processor-ram: data port, then RAM, word by word'),
  shown('S132', 'row "port accesses" of dma: 18 for 128 KiB'),
  shown('S134', 'row "simulated time" with --bytes 64KiB: some 10 ms by PIO'),
  shown('S137', 'trace of pio-*: all reads of the data port are caused by one IN instruction'),
  shown('S145', 'trace: `space` is io for ports and memory for RAM'),
  shown('S153', 'trace of dma: ide.primary reads descriptors from memory and writes data to it'),
];
