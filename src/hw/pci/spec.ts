import { reg, ro, rsvd, rw, unmodelled, w1c, type Field, type Register } from '../../reg/layout.ts';

/**
 * Rows of the type 00h configuration header: PCI Local Bus Specification 2.2, §6.1 (figure 6-1) and
 * §6.2.
 */

/** Identity of a function (§6.2.1). */
export interface PciIdentity {
  vendor: number;
  device: number;
  revision: number;
  /** Base class, subclass and programming interface: 24 bits. */
  classCode: number;
  /** Bit 7 of the header type: the device has more functions than this one. */
  multifunction?: boolean;
}

/** The identification rows: 00h-03h, 08h-0Bh, 0Eh. */
export function identityRows(id: PciIdentity) {
  return {
    VID: reg(0x00, { ID: ro(15, 0, { reset: id.vendor }) }, { width: 16, doc: 'Vendor identification' }),
    DID: reg(0x02, { ID: ro(15, 0, { reset: id.device }) }, { width: 16, doc: 'Device identification' }),
    RID: reg(0x08, { REVISION: ro(7, 0, { reset: id.revision }) }, { width: 8 }),
    PROGIF: reg(
      0x09,
      { INTERFACE: ro(7, 0, { reset: id.classCode & 0xff }) },
      { width: 8, doc: 'Programming interface' },
    ),
    SUBCLASS: reg(0x0a, { CODE: ro(7, 0, { reset: (id.classCode >> 8) & 0xff }) }, { width: 8 }),
    BASECLASS: reg(0x0b, { CODE: ro(7, 0, { reset: (id.classCode >> 16) & 0xff }) }, { width: 8 }),
    HEDT: reg(
      0x0e,
      { LAYOUT: ro(6, 0), MULTIFUNCTION: ro(7, 7, { reset: id.multifunction === true ? 1 : 0 }) },
      { width: 8, doc: 'Header type' },
    ),
  };
}

/**
 * Command register of a function that implements everything (§6.2.2, figure 6-2). Chips that
 * hard-wire bits write their own row under the same name.
 */
export function commandRow() {
  return reg(
    0x04,
    {
      IO: rw(0),
      MEM: rw(1),
      BME: rw(2),
      SPECIAL: unmodelled('no special cycles are made', 3),
      MWI: unmodelled('bursts write plainly', 4),
      VGA_SNOOP: unmodelled('no palette', 5),
      PERR: unmodelled('no parity errors occur', 6),
      SERR: unmodelled('no system errors occur', 8),
      FAST_B2B: unmodelled('no timing effect', 9),
      INTX_DISABLE: rw(10),
    },
    { width: 16, doc: 'Command' },
  );
}

/**
 * Status register (§6.2.3, figure 6-3). DEVSEL timing 01 is medium. `capabilities`: a capability
 * list stands at CAPPTR.
 */
export function statusRow(o: { capabilities?: boolean; fastBackToBack?: boolean } = {}) {
  return reg(
    0x06,
    {
      INTX: ro(3),
      CAPABILITIES: ro(4, 4, { reset: o.capabilities === true ? 1 : 0 }),
      FBC: ro(7, 7, { reset: o.fastBackToBack === false ? 0 : 1 }),
      DPD: w1c(8),
      DEVT: ro(10, 9, { reset: 1 }),
      STA: w1c(11),
      RTA: w1c(12),
      RMA: w1c(13),
      SSE: w1c(14),
      DPE: w1c(15),
    },
    { width: 16, doc: 'Status: STA signalled target abort, RTA received target abort, RMA received master abort' },
  );
}

/** Cache line size, latency timer. */
export function timerRows() {
  return {
    CLS: reg(0x0c, { SIZE: unmodelled('bursts do not depend on it', 7, 0) }, { width: 8, doc: 'Cache line size' }),
    MLT: reg(
      0x0d,
      { COUNT: rw(7, 3) },
      { width: 8, doc: 'Master latency timer: effect only with option latency-timer of the board' },
    ),
  };
}

const KiB = 2 ** 10, MiB = 2 ** 20, GiB = 2 ** 30;

/** The lowest address bit that software sets, of a range of `size` bytes. */
function addressBit(size: number, least: number, greatest: number): number {
  const bit = Math.log2(size);
  if (!Number.isInteger(bit) || size < least || size > greatest)
    throw new Error(`a base address register covers a power of two from ${least} to ${greatest} bytes, not ${size}`);
  return bit;
}

/**
 * An I/O base address register for `size` bytes, a power of two from 4 to 32 KiB (§6.2.5.1; PC
 * software expects 256 at most). All address bits are there, as SeaBIOS sizes ranges by all of
 * them; a chip may wire 31:16 to 0.
 */
export function ioBar(offset: number, size: number): Register<{ SPACE: Field; BASE: Field }> {
  return reg(
    offset,
    { SPACE: rsvd(0, 0, { reset: 1 }), BASE: rw(31, addressBit(size, 4, 32 * KiB)) },
    { width: 32, doc: `I/O, ${size} bytes`, covers: size },
  );
}

/** A 32-bit memory base address register for `size` bytes, a power of two from 16 to 2 GiB. */
export function memoryBar(offset: number, size: number, prefetchable = false): Register<{ KIND: Field; BASE: Field }> {
  return reg(
    offset,
    { KIND: rsvd(3, 0, { reset: prefetchable ? 8 : 0 }), BASE: rw(31, addressBit(size, 16, 2 * GiB)) },
    { width: 32, doc: `memory, ${size} bytes`, covers: size },
  );
}

/**
 * The lower half of a memory base address register of 64 bits, for `size` bytes, a power of two
 * from 16 to 4 GiB (§6.2.5.1). The next register is its upper half, `upperBar`.
 */
export function memoryBar64(offset: number, size: number, prefetchable = false): Register {
  const bit = addressBit(size, 16, 4 * GiB), kind = 4 + (prefetchable ? 8 : 0);
  return reg(
    offset,
    // Of 4 GiB all address bits are in the upper half.
    bit === 32 ? { KIND: rsvd(31, 0, { reset: kind }) } : { KIND: rsvd(3, 0, { reset: kind }), BASE: rw(31, bit) },
    { width: 32, doc: `memory with a 64-bit address, ${size} bytes`, covers: size },
  );
}

/** The upper half of the `memoryBar64` before it. */
export function upperBar(offset: number): Register<{ BASE: Field }> {
  return reg(offset, { BASE: rw(31, 0) }, { width: 32, doc: 'address bits 63:32' });
}

/** Base address register of the expansion ROM (§6.2.5.2): a power of two from 2 KiB to 16 MiB. */
export function romBar(size: number): Register<{ ENABLE: Field; BASE: Field }> {
  return reg(
    0x30,
    { ENABLE: rw(0), BASE: rw(31, addressBit(size, 2 * KiB, 16 * MiB)) },
    { width: 32, doc: `expansion ROM, ${size} bytes`, covers: size },
  );
}

/**
 * The rows that every function has but its base address registers: identity, command, status,
 * timers, and the interrupt's if `pin` (1-4, INTA# to INTD#) is given.
 */
export function headerRows(id: PciIdentity & { pin?: 1 | 2 | 3 | 4 }) {
  return {
    ...identityRows(id),
    COMMAND: commandRow(),
    STATUS: statusRow(),
    ...timerRows(),
    ...interruptRows(id.pin ?? 0),
  };
}

/** Interrupt line and pin (§6.2.4). `pin` 1-4 is INTA#-INTD#, 0 none. */
export function interruptRows(pin: number) {
  return {
    INTLN: reg(0x3c, { LINE: rw(7, 0) }, { width: 8, doc: 'Interrupt line, a note of the firmware' }),
    INTPN: reg(0x3d, { PIN: ro(7, 0, { reset: pin }) }, { width: 8 }),
  };
}

/**
 * Capability pointer (§6.7): offset of the first capability. Use with statusRow({ capabilities:
 * true }).
 */
export function capabilityPointerRow(first: number) {
  return { CAPPTR: reg(0x34, { POINTER: ro(7, 0, { reset: first }) }, { width: 8 }) };
}

/** Subsystem identification (§6.2.4). */
export function subsystemRows(vendor: number, id: number) {
  return {
    SVID: reg(0x2c, { ID: ro(15, 0, { reset: vendor }) }, { width: 16 }),
    SID: reg(0x2e, { ID: ro(15, 0, { reset: id }) }, { width: 16 }),
  };
}
