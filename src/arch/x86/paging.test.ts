import { describe, expect, test } from 'vitest';
import { AT, SEL, X86Bench } from '../../../test/benches/x86-bench.ts';

const bench = (): X86Bench => new X86Bench().protectedMode();
const PAGE = 0x200000;

/** Runs one instruction that accesses PAGE and expects #PF with this error code. */
function faults(b: X86Bench, error: number, at: number, address = PAGE): void {
  b.run();
  expect([b.stoppedIn, b.stack(0), b.stack(1), b.state.cr2]).toEqual([14, error, at, address]);
}
const READ = 'a1 00 00 20 00  mov eax,[200000h]';
const WRITE = 'a3 00 00 20 00  mov [200000h],eax';
const MODIFY = 'ff 05 00 00 20 00  inc dword [200000h]';

describe('page faults (SDM vol. 3, 5-44)', () => {
  test('error codes of supervisor accesses: not present', () => {
    for (const [line, error] of [[READ, 0], [WRITE, 2], [MODIFY, 2]] as const) {
      const b = bench().paging();
      b.write32(b.pte(PAGE), 0);
      b.code(AT.CODE, '90  nop', line);
      faults(b, error, AT.CODE + 1);
    }
  });

  test('error codes of user accesses', () => {
    for (const [pte, line, error] of [
      [0, READ, 4], [0, WRITE, 6], [PAGE | 3, READ, 5], [PAGE | 3, WRITE, 7], [PAGE | 5, WRITE, 7],
      [PAGE | 5, MODIFY, 7],
    ] as const) {
      const b = bench().loadTask().paging().ring3();
      b.write32(b.pte(PAGE), pte);
      b.code(AT.USER, line);
      faults(b, error, AT.USER);
    }
  });

  test('a supervisor writes to read-only pages unless CR0.WP is set', () => {
    const b = bench().paging();
    b.write32(b.pte(PAGE), PAGE | 5);
    b.code(
      AT.CODE, WRITE, '0f 20 c0  mov eax,cr0', '0d 00 00 01 00  or eax,10000h', '0f 22 c0  mov cr0,eax', READ,
      WRITE,
    );
    b.set({ eax: 0x1234 });
    faults(b, 3, AT.CODE + 21);
    expect(b.read32(PAGE)).toBe(0x1234);
  });

  test('the directory entry restricts as the table entry does', () => {
    const b = bench().loadTask().paging().ring3();
    b.write32(AT.DIRECTORY + 4, AT.TABLES | 5);
    b.code(AT.USER, 'a1 00 00 60 00  mov eax,[600000h]', 'a3 00 00 60 00  mov [600000h],eax');
    faults(b, 7, AT.USER + 5, 0x600000);
  });

  test('fetching: a jump to a page that is not there faults at the target', () => {
    const b = bench().loadTask().paging().ring3();
    b.write32(b.pte(PAGE), 0);
    b.code(AT.USER, 'e9 fb ff 1d 00  jmp 200000h');
    faults(b, 4, PAGE);
    const c = bench().loadTask().paging().ring3();
    c.write32(c.pte(PAGE), PAGE | 3);
    c.code(AT.USER, 'e9 fb ff 1d 00  jmp 200000h');
    faults(c, 5, PAGE);
  });

  test('an instruction over a page border faults with the address of the second page', () => {
    const b = bench().paging();
    b.write32(b.pte(0x201000), 0);
    b.code(0x200ffd, 'b8 78 56  mov eax,12345678h');
    b.set({ eip: 0x200ffd });
    faults(b, 0, 0x200ffd, 0x201000);
    b.wake().write32(b.pte(0x201000), 0x203003);
    b.code(0x203000, '34 12', 'f4  hlt');
    b.code(b.handler(14), '83 c4 04  add esp,4', 'cf  iret');
    b.set({ eip: b.handler(14) });
    expect(b.run()).toBe('halted');
    expect([b.state.eax, b.state.eip]).toEqual([0x12345678, 0x201003]);
  });

  test('a store over a page border writes nothing if the second page faults', () => {
    const b = bench().paging();
    b.write32(b.pte(0x201000), 0x201005);
    b.set({ cr0: 0x80010011, eax: 0xaabbccdd });
    b.code(AT.CODE, 'a3 fe 0f 20 00  mov [200ffeh],eax');
    faults(b, 3, AT.CODE, 0x201000);
    expect(b.read32(0x200ffc)).toBe(0);
    b.wake().write32(b.pte(0x201000), 0x205007);
    b.code(b.handler(14), '83 c4 04  add esp,4', 'cf  iret');
    b.code(AT.CODE + 5, 'a1 fe 0f 20 00  mov eax,[200ffeh]', 'f4  hlt');
    b.set({ eip: b.handler(14), eax: 0xaabbccdd, cr3: AT.DIRECTORY });
    b.run();
    expect([b.read16(0x200ffe), b.read16(0x205000), b.state.eax]).toEqual([0xccdd, 0xaabb, 0xaabbccdd]);
  });
});

describe('accessed and dirty bits', () => {
  test('a read sets accessed in both entries, a write dirty in the table entry', () => {
    const b = bench().paging();
    b.code(AT.CODE, READ, 'f4  hlt', WRITE, 'f4  hlt', READ, 'f4  hlt');
    b.run();
    expect([b.read32(b.pte(PAGE)) & 0xff, b.read32(AT.DIRECTORY) & 0xff]).toEqual([0x27, 0x27]);
    b.wake().run();
    expect(b.read32(b.pte(PAGE)) & 0xff).toBe(0x67);
    // Cleared behind the processor's back they stay clear until the TLB forgets the page.
    b.write32(b.pte(PAGE), PAGE | 7);
    b.wake().run();
    expect(b.read32(b.pte(PAGE)) & 0xff).toBe(7);
  });

  test('a refused access sets nothing', () => {
    const b = bench().loadTask().paging().ring3();
    b.write32(b.pte(PAGE), PAGE | 3);
    b.code(AT.USER, WRITE);
    b.run();
    expect(b.read32(b.pte(PAGE)) & 0xff).toBe(3);
  });

  test('4 MiB pages: translation, dirty, reserved bits, CR4.PSE', () => {
    const b = bench().paging(false);
    b.write32(AT.DIRECTORY + 4 * 0x100, 0x000 | 0x83);
    b.write32(AT.DIRECTORY + 4 * 0x101, 0x2083);
    b.write32(0x212344, 0xcafe);
    b.code(
      AT.CODE, 'b8 10 00 00 00  mov eax,10h', '0f 22 e0  mov cr4,eax', 'b8 11 00 00 80  mov eax,80000011h',
      '0f 22 c0  mov cr0,eax', 'a1 44 23 21 40  mov eax,[40212344h]', 'a3 48 23 21 40  mov [40212348h],eax',
      'a1 00 00 40 40  mov eax,[40400000h]',
    );
    faults(b, 9, AT.CODE + 26, 0x40400000);
    expect([b.state.eax, b.read32(0x212348), b.read32(AT.DIRECTORY + 0x400)]).toEqual([0xcafe, 0xcafe, 0xe3]);
  });
});

describe('the TLB', () => {
  test('an old translation lives until INVLPG or CR3', () => {
    const b = bench().paging();
    b.write32(PAGE, 1);
    b.write32(PAGE + 0x1000, 2);
    b.code(
      AT.CODE, READ,
      'c7 05 00 18 10 00 03 10 20 00  mov dword [101800h],201003h',
      '8b 1d 00 00 20 00  mov ebx,[200000h]', '0f 01 3d 00 00 20 00  invlpg [200000h]',
      '8b 0d 00 00 20 00  mov ecx,[200000h]', 'f4  hlt',
    );
    b.run();
    expect([b.state.eax, b.state.ebx, b.state.ecx]).toEqual([1, 1, 2]);
  });

  test('INVLPG anywhere in a 4 MiB page drops all of it', () => {
    const b = bench().paging(false);
    const entry = AT.DIRECTORY + 0x400;
    const bytes = [0, 8, 16, 24].map((shift) => ((entry >>> shift) & 0xff).toString(16).padStart(2, '0')).join(' ');
    b.write32(entry, 0x83);
    b.write32(0x212344, 1);
    b.code(
      AT.CODE, 'b8 10 00 00 00  mov eax,10h', '0f 22 e0  mov cr4,eax', 'b8 11 00 00 80  mov eax,80000011h',
      '0f 22 c0  mov cr0,eax', 'a1 44 23 21 40  mov eax,[40212344h]',
      `c7 05 ${bytes} 00 00 00 00  mov dword [directory entry],0`,
      '8b 1d 44 23 21 40  mov ebx,[40212344h]', '0f 01 3d 00 00 00 40  invlpg [40000000h]',
      '8b 0d 44 23 21 40  mov ecx,[40212344h]', 'f4  hlt',
    );
    faults(b, 0, AT.CODE + 5 + 3 + 5 + 3 + 5 + 10 + 6 + 7, 0x40212344);
    expect([b.state.eax, b.state.ebx]).toEqual([1, 1]);
  });

  test('MOV to CR3 keeps global pages if CR4.PGE is set', () => {
    for (const [cr4, expected] of [[0x80, 1], [0, 2]] as const) {
      const b = bench().paging();
      b.set({ cr4 });
      b.write32(PAGE, 1);
      b.write32(PAGE + 0x1000, 2);
      b.write32(b.pte(PAGE), PAGE | 0x103);
      b.code(
        AT.CODE, READ,
        'c7 05 00 18 10 00 03 10 20 00  mov dword [101800h],201003h',
        '0f 20 db  mov ebx,cr3', '0f 22 db  mov cr3,ebx', '8b 0d 00 00 20 00  mov ecx,[200000h]', 'f4  hlt',
      );
      b.run();
      expect(b.state.ecx).toBe(expected);
    }
  });

  test('code at a remapped page: the new bytes run after the flush', () => {
    const b = bench().paging();
    b.code(PAGE, 'b8 01 00 00 00  mov eax,1', 'c3  ret');
    b.code(PAGE + 0x1000, 'b8 02 00 00 00  mov eax,2', 'c3  ret');
    b.code(
      AT.CODE, 'bf 00 00 20 00  mov edi,200000h', 'ff d7  call edi', '89 c3  mov ebx,eax',
      'c7 05 00 18 10 00 03 10 20 00  mov dword [101800h],201003h',
      '0f 01 3f  invlpg [edi]', 'ff d7  call edi', 'f4  hlt',
    );
    b.run();
    expect([b.state.ebx, b.state.eax]).toEqual([1, 2]);
  });

  test('code at a remapped page, called from code that stays: the new bytes run after MOV to CR3, the old ' +
    'after none', () => {
    for (const [flush, expected] of [
      ['0f 22 d8  mov cr3,eax', 2], ['90 90 90  nop', 1],
    ] as const) {
      const b = bench().paging();
      b.code(PAGE, 'b8 01 00 00 00  mov eax,1', 'c3  ret');
      b.code(PAGE + 0x1000, 'b8 02 00 00 00  mov eax,2', 'c3  ret');
      b.code(
        AT.CODE, 'bf 00 00 20 00  mov edi,200000h', 'ff d7  call edi', '89 c3  mov ebx,eax',
        'c7 05 00 18 10 00 03 10 20 00  mov dword [101800h],201003h',
        '0f 20 d8  mov eax,cr3', flush, 'ff d7  call edi', 'f4  hlt',
      );
      b.run();
      expect([b.state.ebx, b.state.eax]).toEqual([1, expected]);
    }
  });

  test('INVLPG of a page without code, and of code that is running', () => {
    const b = bench().paging();
    b.code(
      AT.CODE, 'bf 00 00 20 00  mov edi,200000h', 'be 00 00 01 00  mov esi,10000h',
      'b9 64 00 00 00  mov ecx,100', '0f 01 3f  invlpg [edi]', '0f 01 3e  invlpg [esi]', '40  inc eax',
      'e2 f7  loop $-7', 'f4  hlt',
    );
    b.set({ eax: 0 });
    b.run();
    expect(b.state.eax).toBe(100);
  });

  test('two linear pages on one physical page see one memory', () => {
    const b = bench().paging();
    b.write32(b.pte(0x201000), PAGE | 3);
    b.code(
      AT.CODE,
      'c7 05 10 00 20 00 2a 00 00 00  mov dword [200010h],42',
      'a1 10 10 20 00  mov eax,[201010h]', 'f4  hlt',
    );
    b.run();
    expect(b.state.eax).toBe(42);
  });
});

describe('memory types and devices', () => {
  test('MMIO behind a page is read by its physical address, each time', () => {
    const b = bench();
    const seen: number[] = [];
    b.memory.map(0xe0000000, 0x1000, { name: 'dev', read: (offset) => (seen.push(offset), 7), write: () => undefined });
    b.paging();
    b.write32(b.pte(PAGE), 0xe0000003);
    b.code(AT.CODE, 'a1 04 00 20 00  mov eax,[200004h]', '03 05 08 00 20 00  add eax,[200008h]', 'f4  hlt');
    b.run();
    expect([seen, b.state.eax, b.cpu.counters.mmioReads]).toEqual([[4, 8], 14, 2]);
  });

  test('the transaction carries the type of MTRR and page attributes', () => {
    const b = bench();
    const types: string[] = [];
    b.memory.map(0xe0000000, 0x2000, b.target('dev', 0));
    b.paging();
    b.trace.listen(
      (r) =>
        void (r.kind === 'transaction' && types.push(`${r.memoryType} pc ${r.pc.toString(16)}`)),
    );
    b.write32(b.pte(PAGE), 0xe0000003);
    b.write32(b.pte(PAGE + 0x1000), 0xe000101b);
    b.code(
      AT.CODE, 'b9 ff 02 00 00  mov ecx,2ffh', 'b8 06 08 00 00  mov eax,806h', '31 d2  xor edx,edx',
      '0f 30  wrmsr', READ, 'a1 00 10 20 00  mov eax,[201000h]', 'f4  hlt',
    );
    b.run();
    expect(types).toEqual(['WB pc 1000e', 'UC pc 10013']);
  });

  test('tracing of all accesses sees RAM and changes nothing', () => {
    const run = (all: boolean): [number, number, number] => {
      const b = bench().paging();
      let count = 0;
      if (all) {
        b.trace.processorRam = true;
        b.trace.listen(() => void count++);
      }
      b.code(
        AT.CODE, 'b9 0a 00 00 00  mov ecx,10', 'bf 00 00 20 00  mov edi,200000h', 'b8 03 00 00 00  mov eax,3',
        'f3 ab  rep stosd', READ, 'f4  hlt',
      );
      b.run();
      expect(b.read32(PAGE + 36)).toBe(3);
      return [b.state.eax, b.cpu.now, count];
    };
    const [eax, now] = run(false), traced = run(true);
    expect(traced.slice(0, 2)).toEqual([eax, now]);
    expect(traced[2]).toBe(11);
    expect(SEL.CODE0).toBe(8);
  });
});
