import type { Simulation } from './component.ts';

/** A rule of a device's document that some software leans on not being kept. */
export interface ForgivableRule {
  /** What a real device does, in one line. */
  readonly rule: string;
  /** What happens when it is forgiven: as in QEMU 7.2, where such software was tried. */
  readonly forgiven: string;
  /** Document and section. */
  readonly document: string;
}

/**
 * Everything that can be forgiven (`--forgive NAME`). The machine is strict by default; each act of
 * software that breaks a rule is a note of the rule's name, forgiven or not.
 */
export const FORGIVABLE = {
  'ata-data-before-drq': {
    rule: 'words written to the data register while DRQ is clear are lost',
    forgiven: 'a drive that is still busy with a PIO write asks for the data at once',
    document: 'ATA-6 §9.6, PIO data-out command protocol',
  },
  'uart-write-before-thre': {
    rule: 'a character written while the transmitter has no room is lost, or takes the place of another',
    forgiven: 'the character before it leaves at once and makes room',
    document: 'PC16550D §8.4, THRE',
  },
  'uart-interrupt-without-out2': {
    rule: "on a PC, OUT2 opens the gate between the UART's interrupt and IRQ4 or IRQ3",
    forgiven: 'the gate is always open',
    document: 'IBM PC Technical Reference, Asynchronous Communications Adapter',
  },
  'fdc-drive-not-selected': {
    rule: "a floppy drive hears the controller while the DOR selects it and its motor's bit is set",
    forgiven: 'the drive that a command names is selected and at speed',
    document: '82077AA 290166 §2.1.2, drive activation values',
  },
  'fdc-no-disk': {
    rule: 'a command waits for index pulses for ever if there is no disk in the drive',
    forgiven: 'it ends at once, without an address mark, the head on the cylinder that it names',
    document: '82077AA 290166 §8.1',
  },
  'fdc-single-density': {
    rule: 'READ ID without the MFM bit looks for marks of single density, which a 3½-inch disk has not',
    forgiven: 'it looks for those of double density',
    document: '82077AA 290166 §5.1, MFM',
  },
  'ide-table-short': {
    rule: 'a drive waits, with DRQ set, for memory that the descriptor table does not have',
    forgiven: 'it gives the command up, without an interrupt',
    document: 'Programming Interface for Bus Master IDE Controller 1.0, status register',
  },
  'ide-bus-master-off': {
    rule: 'a transfer waits while the controller may not master the bus',
    forgiven: 'the command ends as if its data had been moved',
    document: 'PCI 2.2 §6.2.2, Bus Master',
  },
} as const satisfies Record<string, ForgivableRule>;

export type RuleName = keyof typeof FORGIVABLE;

export const RULE_NAMES = Object.keys(FORGIVABLE) as readonly RuleName[];

/** Whether a machine forgives. */
export function forgives(sim: Simulation, rule: RuleName): boolean {
  return sim.forgiven?.has(rule) ?? false;
}

/** Detail of the note that is made when a rule was broken. */
export function breach(sim: Simulation, rule: RuleName, what: string): string {
  const { document } = FORGIVABLE[rule];
  return `${what} (${document})${forgives(sim, rule) ? '; forgiven' : ''}`;
}
