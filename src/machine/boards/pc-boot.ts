import { setFlat, setMemoryTypes, setRegisters, setTable } from '../../arch/x86/setup.ts';
import type { X86Processor } from '../x86-processor.ts';
import type { AddressSpace } from '../../mem/address-space.ts';
import { MEMORY_TYPE } from '../../mem/transaction.ts';
import { e820 } from '../firmware/e820.ts';
import { planLinux } from '../loader/bzimage.ts';
import { planGuest } from '../loader/guest-program.ts';
import { planProgram } from '../loader/program.ts';
import type { LoadPlan } from '../loader/plan.ts';
import type { Software } from '../software.ts';

/** What software is loaded into. */
export interface BootTarget {
  readonly cpu: X86Processor;
  readonly memory: AddressSpace;
  readonly ram: Uint8Array;
}

/** Starts software on a PC without a BIOS: the loader's part is played here. @throws LoadError */
export function bootPc(target: BootTarget, software: Software): void {
  place(target, planFor(software, target.memory));
}

function planFor(software: Software, memory: AddressSpace): LoadPlan {
  const memoryMap = e820(memory);
  switch (software.kind) {
    case 'guest': return planGuest(software.image, software.block, memoryMap);
    case 'program': return planProgram(software.image, { memoryMap, commandLine: software.commandLine });
    case 'linux':
      return planLinux(software.kernel, {
        memoryMap,
        commandLine: software.append,
        ...(software.initrd === undefined ? {} : { initrd: software.initrd }),
      });
  }
}

function place({ cpu, ram }: BootTarget, plan: LoadPlan): void {
  for (const s of plan.segments) {
    ram.set(s.bytes, s.address);
    ram.fill(0, s.address + s.bytes.length, s.address + s.bytes.length + s.zeroBytes);
  }
  setFlat(cpu, { eip: plan.entry, code: plan.gdt.cs, data: plan.gdt.ds });
  setTable(cpu, 'gdt', plan.gdt.base, plan.gdt.limit);
  setRegisters(cpu, { ...plan.registers });
  setMemoryTypes(cpu, MEMORY_TYPE.UC, [
    { base: 0, size: 2 ** Math.ceil(Math.log2(ram.length)), type: MEMORY_TYPE.WB },
  ]);
  cpu.stateReplaced();
}
