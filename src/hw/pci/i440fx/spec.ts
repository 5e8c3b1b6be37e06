import { reg, regs, ro, rsvd, rw, unmodelled, w1c } from '../../../reg/layout.ts';
import { identityRows, subsystemRows } from '../spec.ts';

/**
 * Host bridge 82441FX (PMC): Intel 290549-001, "440FX PCIset: 82441FX PCI and Memory Controller and
 * 82442FX Data Bus Accelerator", §3.
 */

/**
 * Configuration mechanism #1 (290549, PCI 2.2). CONFADD answers only full doublewords; CONFDATA is
 * any part of 0CFCh-0CFFh.
 */
export const MECHANISM_REGISTERS = regs(32, {
  CONFADD: reg(
    0,
    { REGNUM: rw(7, 2), FUNCNUM: rw(10, 8), DEVNUM: rw(15, 11), BUSNUM: rw(23, 16), CONE: rw(31) },
    { doc: 'Configuration address' },
  ),
});

const NO_ECC = 'no DRAM errors occur';
const FIXED_DRAM = 'the DRAM array and its timing are the board\'s';

const pam = (offset: number) =>
  reg(
    offset,
    { RE_LOW: rw(0), WE_LOW: rw(1), RE_HIGH: rw(4), WE_HIGH: rw(5) },
    { doc: "Programmable attribute map: read and write enable of two ranges; cacheability is the processor's MTRRs" },
  );
const drb = (offset: number) =>
  reg(offset, { BOUNDARY: unmodelled(FIXED_DRAM, 7, 0, { reset: 1 }) }, { doc: 'DRAM row boundary, in 8 MiB' });

/**
 * Configuration registers. The chip has no subsystem registers: they read as 0 unless `subsystem`
 * says otherwise.
 */
export function i440fxConfig(subsystem: { readonly vendor: number; readonly device: number }) {
  return regs(8, {
    ...identityRows({ vendor: 0x8086, device: 0x1237, revision: 0x02, classCode: 0x060000 }),
    ...subsystemRows(subsystem.vendor, subsystem.device),
    COMMAND: reg(
      0x04,
      {
        MAE: ro(1, 1, { reset: 1 }),
        BME: ro(2, 2, { reset: 1 }),
        PERRE: unmodelled('no parity errors occur', 6),
        SERRE: unmodelled('no system errors occur', 8),
      },
      { width: 16, doc: 'PCICMD' },
    ),
    STATUS: reg(
      0x06,
      {
        FB2B: ro(7, 7, { reset: 1 }),
        DPED: w1c(8),
        DEVT: ro(10, 9, { reset: 1 }),
        STAS: w1c(11),
        RTAS: w1c(12),
        RMAS: w1c(13),
        SSE: w1c(14),
        DPE: w1c(15),
      },
      { width: 16, doc: 'PCISTS' },
    ),
    MLT: reg(0x0d, { COUNT: unmodelled('bursts of the bridge, lines of a processor, run to their end', 7, 3) }),
    BIST: reg(0x0f, { RESULT: ro(7, 0) }),
    PMCCFG: reg(0x50, { CONFIG: unmodelled(FIXED_DRAM, 15, 0) }, { width: 16, doc: 'PMC configuration' }),
    DETURBO: reg(0x52, { COUNTER: unmodelled('the processor is not slowed', 7, 0) }),
    DBC: reg(
      0x53,
      { CONTROL: unmodelled('the data path has no further timing', 7, 0, { reset: 0x80 }) },
      { doc: 'DBX buffer control' },
    ),
    AXC: reg(0x54, { CONTROL: unmodelled('no auxiliary functions', 7, 0) }),
    DRT: reg(0x55, { ROW_TYPES: unmodelled(FIXED_DRAM, 15, 0) }, { width: 16, doc: 'DRAM row type' }),
    DRAMC: reg(0x57, { CONTROL: unmodelled(FIXED_DRAM, 7, 0, { reset: 1 }) }),
    DRAMT: reg(0x58, { TIMING: unmodelled(FIXED_DRAM, 7, 0) }),
    PAM0: pam(0x59),
    PAM1: pam(0x5a),
    PAM2: pam(0x5b),
    PAM3: pam(0x5c),
    PAM4: pam(0x5d),
    PAM5: pam(0x5e),
    PAM6: pam(0x5f),
    DRB0: drb(0x60),
    DRB1: drb(0x61),
    DRB2: drb(0x62),
    DRB3: drb(0x63),
    DRB4: drb(0x64),
    DRB5: drb(0x65),
    DRB6: drb(0x66),
    DRB7: drb(0x67),
    FDHC: reg(0x68, { HEN: unmodelled('no memory hole is opened', 7, 6) }, { doc: 'Fixed DRAM hole' }),
    MTT: reg(
      0x70,
      { COUNT: unmodelled('arbitration is by time of request', 7, 3) },
      { doc: 'Multi-transaction timer' },
    ),
    CLT: reg(
      0x71,
      { COUNT: unmodelled('the processor is not preempted on the bus', 4, 0, { reset: 0x10 }) },
      { doc: 'CPU latency timer' },
    ),
    SMRAM: reg(
      0x72,
      {
        C_BASE_SEG: ro(2, 0, { reset: 2 }),
        G_SMRAME: unmodelled('no system management mode', 3),
        D_LCK: unmodelled('no system management mode', 4),
        D_CLS: unmodelled('no system management mode', 5),
        D_OPEN: unmodelled('no system management mode', 6),
        ZERO: rsvd(7),
      },
      { doc: 'System management RAM control' },
    ),
    ERRCMD: reg(0x90, { COMMAND: unmodelled(NO_ECC, 7, 0) }),
    ERRSTS: reg(0x91, { SBCERR: ro(0), MBCERR: ro(4) }),
    TRC: reg(
      0x93,
      { RESET: unmodelled("reset is the south bridge's register 0CF9h", 2, 0) },
      { doc: 'Turbo reset control' },
    ),
  });
}
