/**
 * Text of instructions, as pattern rows like those of `decode/`: opcode pattern, ModRM bytes
 * covered (`/3`, `m`, `r`), text. In the text, `$alu`, `$cc`, `$shift`, `$bit`, `$str` stand for a
 * name chosen by opcode or reg field, and operands are written E/Eb/Ew/Ed = r/m at the operation's
 * width (or byte, word, dword), G… = register of the reg field, R… = register of the opcode, A… =
 * accumulator, I = immediate, Iu = unsigned byte, Iw, J = branch target, F = far pointer, M =
 * memory without a size, Mf = far pointer, Mp = pair, Mq = quadword in memory, O = absolute
 * address, S = segment register, C, D = control, debug register, lower case = itself.
 */
export type TextRow = readonly [pattern: string, covers: string, text: string];

export const ALU_NAMES = ['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp'];
export const SHIFT_NAMES = ['rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'shl', 'sar'];
export const BIT_NAMES = ['bt', 'bts', 'btr', 'btc'];
export const CC_NAMES = ['o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns', 'p', 'np', 'l', 'ge', 'le', 'g'];

export const ONE_BYTE_TEXT: readonly TextRow[] = [
  ['00ooo00w', '', '$alu E, G'], ['00ooo01w', '', '$alu G, E'], ['00ooo10w', '', '$alu A, I'],
  ['000ss110', '', 'push $sreg'], ['000ss111', '', 'pop $sreg'], ['00100111', '', 'daa'],
  ['00101111', '', 'das'], ['00110111', '', 'aaa'], ['00111111', '', 'aas'], ['01000rrr', '', 'inc R'],
  ['01001rrr', '', 'dec R'], ['01010rrr', '', 'push R'], ['01011rrr', '', 'pop R'], ['01100000', '', 'pusha'],
  ['01100001', '', 'popa'], ['01100010', 'm', 'bound G, Mp'], ['01100011', '', 'arpl Ew, Gw'],
  ['01101000', '', 'push I'], ['01101001', '', 'imul G, E, I'], ['01101010', '', 'push I'],
  ['01101011', '', 'imul G, E, I'], ['0110110w', '', 'ins'], ['0110111w', '', 'outs'],
  ['0111cccc', '', 'j$cc J'],
  ['100000xw', '', '$group1 E, I'], ['10000010', '', '$group1 Eb, I'], ['1000010w', '', 'test E, G'],
  ['1000011w', '', 'xchg E, G'], ['1000100w', '', 'mov E, G'], ['1000101w', '', 'mov G, E'],
  ['10001100', '', 'mov Es, S'], ['10001101', 'm', 'lea G, M'], ['10001110', '', 'mov S, Es'],
  ['10001111', '/0', 'pop E'], ['10010rrr', '', 'xchg R, A'], ['10010000', '', 'nop'],
  ['10011000', '', '$cbw'], ['10011001', '', '$cwd'], ['10011010', '', 'call F'], ['10011011', '', 'fwait'],
  ['10011100', '', 'pushf'], ['10011101', '', 'popf'], ['10011110', '', 'sahf'], ['10011111', '', 'lahf'],
  ['1010000w', '', 'mov A, O'], ['1010001w', '', 'mov O, A'], ['1010010w', '', 'movs'],
  ['1010011w', '', 'cmps'], ['1010100w', '', 'test A, I'], ['1010101w', '', 'stos'], ['1010110w', '', 'lods'],
  ['1010111w', '', 'scas'],
  ['1011wrrr', '', 'mov R, I'],
  ['1100000w', '', '$shift E, Iu'], ['11000010', '', 'ret Iw'], ['11000011', '', 'ret'],
  ['11000100', 'm', 'les G, Mf'], ['11000101', 'm', 'lds G, Mf'], ['1100011w', '/0', 'mov E, I'],
  ['11001000', '', 'enter Iw, $level'], ['11001001', '', 'leave'], ['11001010', '', 'retf Iw'],
  ['11001011', '', 'retf'], ['11001100', '', 'int3'], ['11001101', '', 'int Iu'], ['11001110', '', 'into'],
  ['11001111', '', 'iret'], ['1101000w', '', '$shift E, 1'], ['1101001w', '', '$shift E, cl'],
  ['11010100', '', 'aam Iu'], ['11010101', '', 'aad Iu'], ['11010110', '', 'salc'], ['11010111', '', 'xlat'],
  ['11011fff', '', '$fpu'],
  ['11100000', '', 'loopne J'], ['11100001', '', 'loope J'], ['11100010', '', 'loop J'],
  ['11100011', '', '$jcxz J'], ['1110010w', '', 'in A, Iu'], ['1110011w', '', 'out Iu, A'],
  ['11101000', '', 'call J'], ['11101001', '', 'jmp J'], ['11101010', '', 'jmp F'], ['11101011', '', 'jmp J'],
  ['1110110w', '', 'in A, dx'], ['1110111w', '', 'out dx, A'], ['11110001', '', 'int1'],
  ['11110100', '', 'hlt'], ['11110101', '', 'cmc'], ['1111011w', '/0', 'test E, I'],
  ['1111011w', '/1', 'test E, I'], ['1111011w', '/2', 'not E'], ['1111011w', '/3', 'neg E'],
  ['1111011w', '/4', 'mul E'], ['1111011w', '/5', 'imul E'], ['1111011w', '/6', 'div E'],
  ['1111011w', '/7', 'idiv E'], ['11111000', '', 'clc'], ['11111001', '', 'stc'], ['11111010', '', 'cli'],
  ['11111011', '', 'sti'], ['11111100', '', 'cld'], ['11111101', '', 'std'], ['1111111w', '/0', 'inc E'],
  ['1111111w', '/1', 'dec E'], ['11111111', '/2', 'call E'], ['11111111', '/3m', 'call Mf'],
  ['11111111', '/4', 'jmp E'], ['11111111', '/5m', 'jmp Mf'], ['11111111', '/6', 'push E'],
];

export const TWO_BYTE_TEXT: readonly TextRow[] = [
  ['00000000', '/0', 'sldt Es'], ['00000000', '/1', 'str Es'], ['00000000', '/2', 'lldt Ew'],
  ['00000000', '/3', 'ltr Ew'], ['00000000', '/4', 'verr Ew'], ['00000000', '/5', 'verw Ew'],
  ['00000001', '/0m', 'sgdt M'], ['00000001', '/1m', 'sidt M'], ['00000001', '/2m', 'lgdt M'],
  ['00000001', '/3m', 'lidt M'], ['00000001', '/4', 'smsw Es'], ['00000001', '/6', 'lmsw Ew'],
  ['00000001', '/7m', 'invlpg Eb'], ['00000010', '', 'lar G, Ew'], ['00000011', '', 'lsl G, Ew'],
  ['00000110', '', 'clts'], ['00001000', '', 'invd'], ['00001001', '', 'wbinvd'], ['00001011', '', 'ud2'],
  ['00001101', 'm', 'prefetchw Eb'], ['00011hhh', '', 'nop E'], ['00100000', '', 'mov Rm, C'],
  ['00100001', '', 'mov Rm, D'], ['00100010', '', 'mov C, Rm'], ['00100011', '', 'mov D, Rm'],
  ['00110000', '', 'wrmsr'], ['00110001', '', 'rdtsc'], ['00110010', '', 'rdmsr'], ['00110011', '', 'rdpmc'],
  ['00110100', '', 'sysenter'], ['00110101', '', 'sysexit'], ['0100cccc', '', 'cmov$cc G, E'],
  ['1000cccc', '', 'j$cc J'], ['1001cccc', '', 'set$cc Eb'], ['10100000', '', 'push fs'],
  ['10100001', '', 'pop fs'], ['10101000', '', 'push gs'], ['10101001', '', 'pop gs'],
  ['10100010', '', 'cpuid'], ['10100100', '', 'shld E, G, Iu'], ['10100101', '', 'shld E, G, cl'],
  ['10101100', '', 'shrd E, G, Iu'], ['10101101', '', 'shrd E, G, cl'], ['10101110', '/0m', 'fxsave M'],
  ['10101110', '/1m', 'fxrstor M'], ['10101111', '', 'imul G, E'], ['10100011', '', 'bt E, G'],
  ['10101011', '', 'bts E, G'], ['10110011', '', 'btr E, G'], ['10111011', '', 'btc E, G'],
  ['1011000w', '', 'cmpxchg E, G'], ['10110010', 'm', 'lss G, Mf'], ['10110100', 'm', 'lfs G, Mf'],
  ['10110101', 'm', 'lgs G, Mf'], ['10110110', '', 'movzx G, Eb'], ['10110111', '', 'movzx G, Ew'],
  ['10111110', '', 'movsx G, Eb'], ['10111111', '', 'movsx G, Ew'], ['10111010', '/4', 'bt E, Iu'],
  ['10111010', '/5', 'bts E, Iu'], ['10111010', '/6', 'btr E, Iu'], ['10111010', '/7', 'btc E, Iu'],
  ['10111100', '', 'bsf G, E'], ['10111101', '', 'bsr G, E'], ['1100000w', '', 'xadd E, G'],
  ['11000111', '/1m', 'cmpxchg8b Mq'], ['11001rrr', '', 'bswap R'],
];
