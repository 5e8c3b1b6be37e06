import { expect, test } from 'vitest';
import { setReal, setRegisters, readState } from '../../../arch/x86/setup.ts';
import { PcMachine } from '../../pc-machine.ts';

/** Runs real-mode code at 0:7000h that ends in HLT; it reads FFFF:0510 into BX. */
function bxAfter(...hex: string[]): number {
  const machine = new PcMachine({ ramBytes: 4 << 20, disk: null, onSerial: () => {}, onPost: () => {} });
  const { cpu, ram } = machine.parts;
  const code = [...hex, 'b8 ff ff 8e d8  mov ax,0ffffh; mov ds,ax', '8b 1e 10 05  mov bx,[510h]', 'f4  hlt']
    .flatMap((line) => line.split('  ')[0].split(' ').map((b) => parseInt(b, 16)));
  ram.set(code, 0x7000);
  ram[0x500] = 0x11;
  ram[0x100500] = 0x22;
  setReal(cpu, 0, 0x7000, 0, 0x6000);
  setRegisters(cpu, { eip: 0x7000 });
  expect(cpu.run(3e9)).toBe('halted');
  return readState(cpu).ebx & 0xffff;
}

/** The keyboard controller works on a command for a while. */
const WAIT = 'e4 64 a8 02 75 fa  in al,64h; test al,2; jnz';
const KBC_SHUT = ['b0 dd e6 64  command DDh', WAIT], KBC_OPEN = ['b0 df e6 64  command DFh', WAIT];
const FAST_SHUT = 'b0 00 e6 92  out 92h,0', FAST_OPEN = 'b0 02 e6 92  out 92h,2';

test('address line 20 passes while either gate is open: the 8042 output port or port 92h', () => {
  expect(bxAfter()).toBe(0x22);
  expect(bxAfter(...KBC_SHUT)).toBe(0x11);
  expect(bxAfter(...KBC_SHUT, FAST_OPEN)).toBe(0x22);
  expect(bxAfter(FAST_OPEN, ...KBC_SHUT, FAST_SHUT)).toBe(0x11);
  expect(bxAfter(...KBC_SHUT, ...KBC_OPEN)).toBe(0x22);
  expect(bxAfter(FAST_SHUT)).toBe(0x22);
});
