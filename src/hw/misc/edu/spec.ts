import { reg, regs, ro, rw, wo } from '../../../reg/layout.ts';
import { count, duration, size } from '../../../sim/parameter.ts';
import { ns, us } from '../../../sim/time.ts';
import { headerRows, memoryBar, subsystemRows } from '../../pci/spec.ts';

/** QEMU's EDU device: docs/specs/edu.rst. Sections named in the rows are its headings. */

/** Bytes behind BAR0 ("PCI specs"). */
export const EDU_BYTES = 1 << 20;
/** Where the buffer stands for the DMA controller, and its bytes ("DMA controller"). */
export const EDU_BUFFER = 0x40000, EDU_BUFFER_BYTES = 4096;
/** Bits of the interrupt status that the device sets by itself: a factorial, a transfer. */
export const EDU_IRQ = { FACTORIAL: 1, DMA: 0x100 } as const;

/** Registers behind BAR0 ("MMIO area spec"). */
export const EDU_REGISTERS = regs(32, {
  ID: reg(0x00, { VALUE: ro(31, 0, { reset: 0x010000ed }) }, { doc: 'Identification RRrr00ED: version 1.0' }),
  LIVENESS: reg(0x04, { VALUE: rw(31, 0) }, { partial: 'whole', doc: 'Liveness: the inverse of what was written' }),
  FACTORIAL: reg(0x08, { VALUE: rw(31, 0) }, { partial: 'whole', doc: 'n is written, n! modulo 2^32 replaces it' }),
  STATUS: reg(0x20, { COMPUTING: ro(0), IRQFACT: rw(7) }, { doc: 'Status; IRQFACT: interrupt after the factorial' }),
  IRQ_STATUS: reg(0x24, { CAUSES: ro(31, 0) }, { doc: 'Interrupt status: INTA# while it is not 0' }),
  IRQ_RAISE: reg(0x60, { CAUSES: wo(31, 0) }, { partial: 'whole', doc: 'Sets bits of the interrupt status' }),
  IRQ_ACKNOWLEDGE: reg(0x64, { CAUSES: wo(31, 0) }, { partial: 'whole', doc: 'Clears bits of the interrupt status' }),
  DMA_SOURCE: reg(0x80, { ADDRESS: rw(31, 0) }, { partial: 'whole', doc: 'DMA source address' }),
  DMA_DESTINATION: reg(0x88, { ADDRESS: rw(31, 0) }, { partial: 'whole', doc: 'DMA destination address' }),
  DMA_COUNT: reg(0x90, { BYTES: rw(31, 0) }, { partial: 'whole', doc: 'DMA transfer count' }),
  DMA_COMMAND: reg(
    0x98, { RUN: rw(0), TO_MEMORY: rw(1), IRQ: rw(2) },
    { partial: 'whole', doc: 'DMA command; IRQ: interrupt 100h after the transfer' },
  ),
});

export const EDU_CONFIG = regs(32, {
  ...headerRows({ vendor: 0x1234, device: 0x11e8, revision: 0x10, classCode: 0x00ff00, pin: 1 }),
  BAR0: memoryBar(0x10, EDU_BYTES),
  // What QEMU gives every device of its own (docs/specs/pci-ids.rst).
  ...subsystemRows(0x1af4, 0x1100),
});

export const EDU_OPTIONS = {
  dmaBits: count(28, {
    doc: 'address bits of the DMA controller', source: 'QEMU docs/specs/edu.rst: 28 bits', minimum: 12, maximum: 32,
  }),
  multiplication: duration(ns(30), {
    doc: 'time of one multiplication of a factorial', source: 'unverified: one cycle of a 33 MHz PCI card',
    minimum: ns(1), maximum: us(100),
  }),
  burst: size(64, {
    doc: 'longest burst of the DMA controller, a power of two', source: 'a choice: two cache lines of the P6 family',
    minimum: 4, maximum: 256, step: 4,
  }),
};
