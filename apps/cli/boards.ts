/** The machines that the command line can build, in words. */
export interface BoardInfo {
  name: string;
  summary: string;
  parts: readonly string[];
}

export const BOARDS: readonly BoardInfo[] = [
  {
    name: 'pc',
    summary: 'A PC of 1996: one IA-32 processor, 440FX, PIIX3 (or PIIX4), an IDE disk',
    parts: [
      'processor  IA-32 with x87, 200 MHz, one instruction a cycle',
      'memory     4 MiB to 1 GiB',
      'bridges    82441FX host bridge, 82371SB (PIIX3) or 82371AB (PIIX4) south bridge, PCI at 33 MHz',
      'disk       one ATA drive, primary master, on the bus-master IDE function',
      'serial     two 16550A; COM1 (3F8h) is the console',
      'interrupts a pair of 8259A; timer 8254; clock MC146818; keyboard controller 8042',
    ],
  },
];
