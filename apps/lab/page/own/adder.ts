/** The device that the reader begins with: it stands in the page as a text. */
export const ADDER = `import {
  headerRows, memoryBar, PciFunction, reg, regs, ro, rw, type Simulation,
} from 'northbridge/device';

/** Behind BAR0, memory-mapped: a row for each register, in it what software may do with a field. */
const REGISTERS = regs(32, {
  ADD: reg(0x00, { VALUE: rw(31, 0) }, { doc: 'What is written here is added to SUM' }),
  SUM: reg(0x04, { VALUE: ro(31, 0) }, { doc: 'The sum so far' }),
});
const CONFIG = regs(32, {
  ...headerRows({ vendor: 0x1234, device: 0x0add, revision: 1, classCode: 0x088000 }),
  BAR0: memoryBar(0x10, 4096),
});

/** A card that adds. */
export default class Adder extends PciFunction {
  readonly config = this.configSpace(CONFIG);
  readonly registers = this.regs('registers', REGISTERS, {
    ADD: { write: (w) => { this.registers.r.SUM.VALUE += w.VALUE; } },
  });

  constructor(name: string, sim: Simulation) {
    super(name, sim);
    this.bar('BAR0', this.registers);
  }
}
`;
