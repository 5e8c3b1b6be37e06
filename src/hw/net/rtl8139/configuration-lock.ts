import type { LiveCells } from '../../../sim/state.ts';

/** Registers that take writes only while 9346CR.EEM is 3 (§5.9). */
export const LOCKED = ['CONFIG1', 'CONFIG3', 'CONFIG4', 'BMCR'] as const;
export type LockedRegister = (typeof LOCKED)[number];

/** Bits of BMCR that are locked: duplex, autonegotiation, speed (§5.9). */
const BMCR_LOCKED = 0x3100;

/** Keeps what the locked registers hold, and brings it back after a write that has no key. */
export class ConfigurationLock {
  private readonly kept: LiveCells<{ values: Uint16Array }>;
  private readonly r: Readonly<Record<LockedRegister, { value: number }>>;
  private readonly open: () => boolean;

  constructor(
    kept: LiveCells<{ values: Uint16Array }>, registers: Readonly<Record<LockedRegister, { value: number }>>,
    open: () => boolean,
  ) {
    this.kept = kept;
    this.r = registers;
    this.open = open;
  }

  static cells(): { values: Uint16Array } {
    return { values: new Uint16Array(LOCKED.length) };
  }

  /** The registers have these values by other means than a write. */
  loaded(): void {
    for (const [n, name] of LOCKED.entries()) this.kept.values[n] = this.r[name].value;
  }

  /** The register was written. */
  written(name: LockedRegister): void {
    const n = LOCKED.indexOf(name), register = this.r[name], { values } = this.kept;
    if (this.open()) values[n] = register.value;
    else if (name === 'BMCR') register.value = (register.value & ~BMCR_LOCKED) | (values[n] & BMCR_LOCKED);
    else register.value = values[n];
    // RESET and RESTART of BMCR are over at once.
    if (name === 'BMCR') register.value &= BMCR_LOCKED;
  }
}
