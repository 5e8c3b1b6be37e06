import { setFlat, setMemoryTypes, setRegisters, setTable } from '../../../arch/x86/setup.ts';
import type { X86Processor } from '../../x86-processor.ts';
import type { AddressSpace } from '../../../mem/address-space.ts';
import { MEMORY_TYPE } from '../../../mem/transaction.ts';
import type { ValuesOf } from '../../../sim/parameter.ts';
import { e820 } from '../../firmware/e820.ts';
import type { FirmwareScreen } from '../../firmware/vga-setup.ts';
import { planLinux } from '../../loader/bzimage.ts';
import { planGuest } from '../../loader/guest-program.ts';
import { planProgram } from '../../loader/program.ts';
import { LoadError } from '../../loader/load-error.ts';
import type { LoadPlan } from '../../loader/plan.ts';
import type { LinuxSoftware, Software } from '../../software.ts';
import type { PC_OPTIONS } from './options.ts';

type KernelEntry = ValuesOf<typeof PC_OPTIONS>['kernelEntry'];

/** What software is loaded into. */
export interface BootTarget {
  readonly cpu: X86Processor;
  readonly memory: AddressSpace;
  readonly ram: Uint8Array;
  /** A BIOS is plugged in, and loads what it starts itself. */
  readonly hasBios: boolean;
  /** What the screen shows at the start; null if there is none. */
  screen(): FirmwareScreen | null;
}

/**
 * Starts software on a PC without a BIOS: the loader's part is played here.
 * @throws LoadError, also if the kernel is to be entered unpacked and is not given so
 */
export function bootPc(target: BootTarget, software: Software, kernelEntry: KernelEntry): void {
  if (target.hasBios) throw new LoadError('software', -1, 'the machine has a BIOS, which loads what it starts');
  place(target, planFor(software, target, kernelEntry));
}

function planFor(software: Software, { memory, screen }: BootTarget, kernelEntry: KernelEntry): LoadPlan {
  const memoryMap = e820(memory);
  switch (software.kind) {
    case 'guest': return planGuest(software.image, software.block, memoryMap);
    case 'program': return planProgram(software.image, { memoryMap, commandLine: software.commandLine });
    case 'linux':
      return planLinux(software.kernel, {
        memoryMap,
        screen: screen(),
        commandLine: software.append,
        ...(kernelEntry === 'vmlinux' ? { vmlinux: unpacked(software) } : {}),
        ...(software.initrd === undefined ? {} : { initrd: software.initrd }),
      });
  }
}

function unpacked({ vmlinux }: LinuxSoftware): Uint8Array {
  if (vmlinux === undefined)
    throw new LoadError('kernel', -1, 'its entry is to be vmlinux, and there is only the bzImage');
  return vmlinux;
}

function place({ cpu, ram }: BootTarget, plan: LoadPlan): void {
  for (const s of plan.segments) {
    ram.set(s.bytes, s.address);
    ram.fill(0, s.address + s.bytes.length, s.address + s.bytes.length + s.zeroBytes);
  }
  setFlat(cpu, { eip: plan.entry, code: plan.gdt.cs, data: plan.gdt.ds });
  setTable(cpu, 'gdt', plan.gdt.base, plan.gdt.limit);
  setRegisters(cpu, { ...plan.registers });
  setMemoryTypes(cpu, MEMORY_TYPE.UC, memoryTypes(ram.length));
  cpu.stateReplaced();
}

/**
 * The memory type ranges of a PC with `bytes` of RAM: exactly RAM is write-back, so that a card's
 * range right behind it is not. Of the two ways with powers of two the one that takes fewer
 * registers: RAM in pieces, or one range of which the end is uncached (UC wins where ranges
 * overlap: SDM vol. 3A, 11.11.4.1).
 */
function memoryTypes(bytes: number): { base: number; size: number; type: number }[] {
  const whole = 2 ** Math.ceil(Math.log2(bytes));
  const pieces = powersOfTwo(bytes), hole = powersOfTwo(whole - bytes);
  if (pieces.length <= hole.length + 1) {
    let base = 0;
    return pieces.map((size) => ({ base: (base += size) - size, size, type: MEMORY_TYPE.WB }));
  }
  let end = whole;
  return [
    { base: 0, size: whole, type: MEMORY_TYPE.WB },
    ...hole.map((size) => ({ base: (end -= size), size, type: MEMORY_TYPE.UC })),
  ];
}

/** The powers of two whose sum is `bytes`, the largest first. */
function powersOfTwo(bytes: number): number[] {
  const out: number[] = [];
  for (let left = bytes; left > 0;) {
    const piece = 2 ** Math.floor(Math.log2(left));
    out.push(piece);
    left -= piece;
  }
  return out;
}
