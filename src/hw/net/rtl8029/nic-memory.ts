/** The NIC's 64 KiB of addresses (Realtek §5.1, as any NE2000's): PROM and packet memory. */
export const PROM_BYTES = 32, RAM_BASE = 0x4000, RAM_END = 0x8000;
/** At the end of the PROM of a card with 16 bits: `W`. */
const WORD_MARK = 0x57;

/** The station address PROM as a 16-bit card shows it: each byte twice, and the mark. */
function promOf(address: Uint8Array): Uint8Array {
  const prom = new Uint8Array(PROM_BYTES);
  for (let k = 0; k < PROM_BYTES; k++) prom[k] = k >> 1 < 6 ? address[k >> 1] : k >= 28 ? WORD_MARK : 0;
  return prom;
}

/** Memory as the local and the remote DMA see it. */
export class NicMemory {
  private readonly prom: Uint8Array;
  private readonly ram: Uint8Array;

  constructor(station: Uint8Array, ram: Uint8Array) {
    this.prom = promOf(station);
    this.ram = ram;
  }

  read(address: number): number {
    if (address >= RAM_BASE && address < RAM_END) return this.ram[address - RAM_BASE];
    return address < PROM_BYTES ? this.prom[address] : 0xff;
  }

  write(address: number, value: number): void {
    if (address >= RAM_BASE && address < RAM_END) this.ram[address - RAM_BASE] = value;
  }
}
