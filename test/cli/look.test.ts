import { expect, test } from 'vitest';
import { northbridge } from './northbridge.ts';

const RUN = ['look', 'paths', '--method', 'device-dma', '--bytes', '512'];

test('the machine at a moment: processor, a part, memory, who wrote a byte', () => {
  const begin = northbridge([...RUN, '--at', 'begin']);
  expect([begin.status, begin.stderr]).toEqual([0, '']);
  expect(begin.stdout).toMatch(/^paths device-dma at \d+\.\d{3} µs after [\d,]+ instructions\n#\d+ .*\n\ncpu0: /);
  expect(begin.stdout).toMatch(/^ {2}EIP {2}0010/m);
  const more = northbridge([
    ...RUN, '--at', 'end', '--show-part', 'paths:STATUS', '--show-bytes', '0x1000000,16', '--who-wrote', '0x1010025',
  ]).stdout;
  expect(more).toMatch(/^ {2}STATUS +\+0c {2}0x[\da-f]{8}/m);
  expect(more).toMatch(/^ {2}01000000 {2}([\da-f]{2} ){16}/m);
  expect(more).toMatch(/^memory 0x1010025: 00 became [\da-f]{2} at .*: paths\.dma wrote it, with 64 bytes from /m);
  expect(more).toMatch(/ from 0x1010000 on \(record #\d+\)$/m);
  expect(more).not.toContain('EIP');
});

test('a record, a count of instructions, a time and a time behind a mark are moments', () => {
  expect(northbridge([...RUN, '--at', 'instruction:100']).stdout).toMatch(/ after 100 instructions\n/);
  expect(northbridge([...RUN, '--at', '#5']).stdout).toMatch(/\n#5 /);
  expect(northbridge([...RUN, '--at', '20us']).stdout).toMatch(/ at 2\d\.\d{3} µs /);
  const [a, b] = ['begin', 'begin+10us'].map((at) =>
    Number(/ at (\d+\.\d+) µs/.exec(northbridge([...RUN, '--at', at]).stdout)?.[1]));
  expect(b - a).toBeGreaterThanOrEqual(10);
  expect(b - a).toBeLessThan(13);
});

test('what the method that is looked at cannot do is refused, and not what others cannot', () => {
  const asked = ['look', 'two-jobs', '--work', 'transfer', '--bytes', '512', '--at', '1us', '--method'];
  expect(northbridge([...asked, 'pio'])).toMatchObject({ status: 0, stderr: '' });
  expect(northbridge([...asked, '8237-block'])).toMatchObject({
    status: 2, stdout: '', stderr: 'northbridge: the second job has the card that the 8237 serves\n',
  });
});

test.each([
  [['--at', 'sometime'], "the run has no mark 'sometime'"],
  [['--at', '#99999999'], 'the run has no record #99999999'],
  [['--at', '1.2.3'], "--at '1.2.3' is no"],
  [['--at', 'begin+soon'], "--at 'soon' is no time above zero"],
  [['--show-bytes', 'here'], "--show-bytes 'here' is no place"],
  [['--show-bytes', 'nowhere:0x10'], "unknown address space 'nowhere'"],
  [['--show-bytes', '0x0,1MiB'], 'at most 65,536 bytes at once'],
  [['--show-part', 'engine'], "unknown part 'engine'"],
  [['--show-part', 'paths:STATE'], "unknown register 'STATE'"],
  [['--who-wrote', '0x10,4'], 'about one byte'],
  [['--who-wrote', '0x100000000'], 'outside memory'],
  [['--method', 'magic'], "unknown method 'magic'"],
])('%s is refused in one line', (words, why) => {
  const { status, stdout, stderr } = northbridge([...RUN, ...words]);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(why);
  expect(stderr.trimEnd().split('\n').length).toBe(1);
});
