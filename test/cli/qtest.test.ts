import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { northbridge, PROGRAM, scratch } from './northbridge.ts';

const files = scratch();
afterAll(() => files.remove());
const children: ChildProcessWithoutNullStreams[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const SESSION = fileURLToPath(new URL('../qtest/session.py', import.meta.url));
const python = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0;

describe.skipIf(!python)('a session in Python drives IDE DMA, floppy DMA and the clock', () => {
  test('by the command qtest', () => {
    const r = spawnSync('python3', [SESSION, process.execPath, PROGRAM, 'qtest'], { encoding: 'utf8' });
    expect(r).toMatchObject({ status: 0, stderr: '', stdout: '' });
  });

  test('by the name that suites for QEMU know', () => {
    const name = files.path('qemu-system-i386');
    symlinkSync(PROGRAM, name);
    const r = spawnSync('python3', [SESSION, name], { encoding: 'utf8' });
    expect(r).toMatchObject({ status: 0, stderr: '', stdout: '' });
  });
});

/** A server with a connection to it. */
async function server(name: string): Promise<{
  child: ChildProcessWithoutNullStreams; dial: () => Promise<Socket>; status: Promise<number | null>;
}> {
  const path = files.path(name);
  const child = spawn(process.execPath, [PROGRAM, 'qtest', '-machine', 'pc', '-m', '4', '-qtest', `unix:${path},server=on`]);
  children.push(child);
  const status = new Promise<number | null>((resolve) => { child.on('exit', resolve); });
  const dial = async (): Promise<Socket> => {
    for (;;) {
      const socket = connect(path).setEncoding('latin1');
      const open = await new Promise((resolve) => {
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      });
      if (open === true) return socket;
      if (child.exitCode !== null) throw new Error('the server has ended');
      await setTimeout(20);
    }
  };
  return { child, dial, status };
}

/** Sends text and waits until as many lines have come back. */
async function talk(socket: Socket, text: string, lines: number): Promise<string[]> {
  let got = '';
  socket.write(text, 'latin1');
  while (got.split('\n').length <= lines) {
    const piece = await new Promise<string>((resolve) => { socket.once('data', (d) => resolve(String(d))); });
    got += piece;
  }
  return got.trimEnd().split('\n');
}

describe('abuse of the socket', () => {
  test('garbage, half lines and clients that go away: an error in the reply, never a crash', async () => {
    const { dial, child, status } = await server('abuse');
    const first = await dial();
    const garbage = Array.from({ length: 64 }, (_, i) => String.fromCharCode((i * 37 + 128) & 0xff))
      .filter((c) => c !== '\n').join('');
    expect(await talk(first, `${garbage}\nendianness\n`, 2)).toEqual(
      [expect.stringMatching(/^FAIL Unknown command/), 'OK little'],
    );
    // In pieces, a line is a line; several in one piece are several.
    first.write('inb 0x6');
    await setTimeout(30);
    expect(await talk(first, '4\nreadb 0\nreadb 1\n', 3)).toEqual(
      ['OK 0x0010', 'OK 0x0000000000000000', 'OK 0x0000000000000000'],
    );
    first.write('writeb 0x1000 0x5');
    first.destroy();
    // Half a command was none; the machine is as it was, for the next.
    const second = await dial();
    expect(await talk(second, 'readb 0x1000\n', 1)).toEqual(['OK 0x0000000000000000']);
    for (let i = 0; i < 2000; i++) second.write('read 0 4096\n');
    second.destroy();
    const third = await dial();
    expect(await talk(third, 'endianness\n', 1)).toEqual(['OK little']);
    third.destroy();
    child.kill('SIGTERM');
    expect(await status).toBe(0);
  });

  test('a line without an end is not kept for ever', async () => {
    const { dial, child } = await server('endless');
    const socket = await dial();
    const closed = new Promise((resolve) => { socket.on('close', resolve).on('error', () => {}); });
    const piece = 'a'.repeat(2 ** 24);
    for (let i = 0; i < 12 && !socket.destroyed; i++) {
      socket.write(piece);
      await setTimeout(10);
    }
    await closed;
    const next = await dial();
    expect(await talk(next, 'endianness\n', 1)).toEqual(['OK little']);
    expect(child.exitCode).toBeNull();
  });
});

test('standard input and output are a socket, too; their end is the end', () => {
  const r = northbridge(['qtest', '-machine', 'pc,accel=qtest', '-qtest', 'stdio'], { input: 'inb 0x64\nfoo\ninb 0x6' });
  expect(r).toEqual({ status: 0, stdout: "OK 0x0010\nFAIL Unknown command 'foo'\n", stderr: '' });
});

test('the machine protocol: what it knows, and errors for the rest', () => {
  const input = '{"execute":"query-status"}{"execute":"qmp_capabilities","id":[1]}\n{"execute":\n"query-status"} ' +
    '{"execute":"nonsense"}\n[1]\nxx\n{"execute":7}{"execute":"system_reset"}{"execute":"quit"}';
  const r = northbridge(['qtest', '-S', '-qmp', 'stdio'], { input });
  expect(r).toMatchObject({ status: 0, stderr: '' });
  const lines = r.stdout.trim().split('\r\n').map((l) => JSON.parse(l));
  expect(lines.map((l) => l.error?.class ?? l.event ?? l.return ?? Object.keys(l)[0])).toEqual([
    'QMP', 'CommandNotFound', {}, { status: 'prelaunch', singlestep: false, running: false }, 'CommandNotFound',
    'GenericError', 'GenericError', 'GenericError', {}, 'RESET', {}, 'SHUTDOWN',
  ]);
  expect(lines[2].id).toEqual([1]);
});

/** Replies to messages of QMP, between the negotiation and the end. */
const qmp = (args: readonly string[], ...messages: object[]): Record<string, unknown>[] => {
  const input = [{ execute: 'qmp_capabilities' }, ...messages, { execute: 'quit' }].map((m) => JSON.stringify(m));
  const r = northbridge(['qtest', ...args, '-qmp', 'stdio'], { input: input.join('\n'), cwd: files.folder });
  expect(r).toMatchObject({ status: 0, stderr: '' });
  return r.stdout.trim().split('\r\n').slice(2, -2).map((l) => JSON.parse(l));
};

describe('what suites ask before and beside their tests', () => {
  test('which machines and devices there are', () => {
    const [machines, types] = qmp(['-machine', 'none'], { execute: 'query-machines' },
      { execute: 'qom-list-types', arguments: { implements: 'device', abstract: false } });
    expect(machines.return).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'pc-i440fx-7.2', alias: 'pc' })]));
    expect(types.return).toEqual(expect.arrayContaining([{ name: 'e1000', parent: 'device' }]));
  });

  test('disks of floppy drives are changed; errors are replies', () => {
    writeFileSync(files.path('disk.img'), new Uint8Array(1_474_560));
    writeFileSync(files.path('odd.img'), new Uint8Array(512));
    const change = (id: unknown, filename: string) =>
      ({ execute: 'blockdev-change-medium', arguments: { id, filename, format: 'raw' } });
    const replies = qmp(['-device', 'floppy,id=a'], change('a', 'disk.img'), change('floppy0', 'disk.img'),
      { execute: 'eject', arguments: { id: 'a' } }, { execute: 'eject', arguments: { id: 'b' } }, { execute: 'eject' },
      change('a', 'odd.img'), change('a', 'none.img'), change(7, 'disk.img'), { execute: 'eject', arguments: 7 },
      { execute: 'human-monitor-command', arguments: { 'command-line': 'info qtree' } });
    const error = (desc: unknown) => ({ error: { class: 'GenericError', desc } });
    expect(replies).toEqual([
      { return: {} }, { return: {} }, { return: {} }, error("Device 'b' not found"), error("Parameter 'id' is missing"),
      error("'odd.img' has 512 bytes: no size of a floppy disk"), error(expect.stringMatching(/cannot open disk/)),
      error("Parameter 'id' is missing"), error(expect.stringMatching(/must be an object/)),
      { return: "unknown command: 'info'\r\n" },
    ]);
  });

  test('time may be stopped and go on', () => {
    const replies = qmp([], { execute: 'stop' }, { execute: 'query-status' }, { execute: 'cont' });
    expect(replies.map((r) => r.event ?? (r.return as { status?: string }).status ?? 'ok'))
      .toEqual(['ok', 'STOP', 'paused', 'ok', 'RESUME']);
  });
});

/** IDENTIFY DEVICE of the primary channel's drive `unit`: some words of it. */
function identified(args: readonly string[], unit: number): string {
  const reads = Array.from({ length: 256 }, () => 'inw 0x1f0').join('\n');
  const input = `outl 0xcf8 0x80000904\noutw 0xcfc 7\ninw 0xcfc\noutb 0x1f6 ${unit << 4}\noutb 0x1f7 0xec\n${reads}\n`;
  const r = northbridge(['qtest', '-qtest', 'stdio', ...args], { input, cwd: files.folder });
  expect(r).toMatchObject({ status: 0, stderr: '' });
  const lines = r.stdout.trim().split('\n');
  // PCICMD, as suites look whether their bits have been set.
  expect(lines[2]).toBe('OK 0x0007');
  const words = lines.slice(-256).map((l) => Number(l.slice(3)));
  const text = (from: number, count: number) =>
    words.slice(from, from + count).map((w) => String.fromCharCode(w >> 8, w & 255)).join('').trim();
  return `${text(10, 10)} ${text(23, 4)} ${text(27, 20)}`;
}

test('drives have the labels that were given, and places on both channels', () => {
  for (const name of ['a.img', 'b.img']) writeFileSync(files.path(name), new Uint8Array(1 << 20));
  const globals = ['-global', 'ide-hd.serial=testdisk', '-global', 'ide-hd.ver=version'];
  expect(identified(['-drive', 'file=a.img,if=ide,format=raw', ...globals], 0)).toBe('testdisk version NORTHBRIDGE ATA DISK');
  const nodes = ['a', 'b'].flatMap((n) => ['-blockdev', `driver=file,node-name=${n},filename=${n}.img`]);
  const devices = ['-device', 'ide-hd,drive=a,bus=ide.0,unit=0', '-device', 'ide-hd,drive=b,bus=ide.0,unit=1,serial=B,model=M'];
  expect(identified([...nodes, ...devices], 1)).toBe('B 1.0 M');
  expect(identified(['-drive', 'file=a.img,serial=S,if=ide,index=1'], 1)).toBe('S 1.0 NORTHBRIDGE ATA DISK');
});

test('a floppy of zeros of 1440k; a drive without a disk says so; the CMOS RAM knows it', () => {
  const input = 'outb 0x70 0x10\ninb 0x71\ninb 0x3f4\ninb 0x3f7\n';
  const run = (...args: string[]) => northbridge(['qtest', '-qtest', 'stdio', ...args], { input }).stdout.trim().split('\n').slice(1);
  const zeros = 'if=floppy,file=null-co://,file.read-zeroes=on,format=raw,size=1440k';
  expect(run()).toEqual(['OK 0x0040', 'OK 0x0080', 'OK 0x00ff']);
  expect(run('-drive', zeros, '-nodefaults')).toEqual(['OK 0x0040', 'OK 0x0080', 'OK 0x00ff']);
  expect(run('-nodefaults')[0]).toBe('OK 0x0000');
});

test.each([
  [[], /nobody could speak to the machine: give -qtest unix:PATH/],
  [['-qtest', 'unix:/no/such/socket'], /-qtest unix:\/no\/such\/socket: there is no such file/],
  [['-qtest', 'tcp:192.0.2.1:99'], /is not this machine/],
  [['-qtest', 'socket'], /is no address; write unix:PATH/],
  [['-qtest', 'stdio', '-machine', 'q35'], /-machine 'q35': there is only pc/],
  [['-qtest', 'stdio', '-accel', 'kvm'], /there is only qtest/],
  [['-qtest', 'stdio', '-device', 'e1001'], /is not a valid device model name.*did you mean 'e1000'/],
  [['-qtest', 'stdio', '-device', 'e1000,addr=zz'], /addr=SLOT\.FUNCTION/],
  [['-qtest', 'stdio', '-device', 'ide-hd,drive=none'], /there is no drive 'none'/],
  [['-qtest', 'stdio', '-drive', 'file=none.img,if=ide'], /cannot open disk 'none\.img'/],
  [['-qtest', 'stdio', '-drive', 'file=x,if=scsi'], /there are ide, floppy and none/],
  [['-qtest', 'stdio', '-drive', 'file=x,format=qcow2'], /images are raw; convert it/],
  [['-qtest', 'stdio', '-m', '1T'], /is no size/],
  [['-qtest', 'stdio', '-m', '99999'], /-m: 99999MiB is above the greatest/],
  [['-qtest', 'stdio', '-drvie', 'x'], /-drvie is no option of qtest; did you mean '-drive'/],
  [['-qtest', 'stdio', '-rtc', 'base=never'], /-rtc base=never: write utc or/],
  [['-qtest', 'unix:file,server=on'], /a file is in its place/],
  [['-qtest', 'stdio', '-drive', 'size=1x,file=null-co://'], /-drive size=1x: no size of a drive/],
  [['-qtest', 'stdio', '-drive', 'index=4'], /ide index 4: there are 4 places/],
  [['-qtest', 'stdio', '-device', 'ide-hd'], /-device ide-hd: which drive/],
  [['-qtest', 'stdio', '-blockdev', 'driver=qcow2,node-name=a'], /-blockdev driver=qcow2: there are/],
  [['-qtest', 'stdio', '-global', 'ide-hd.ver=123456789', '-hda', 'file'], /at most 8 characters|no size/],
  [['image'], /'image' is no option of qtest/],
])('%j ends with one line and status 2', (args, why) => {
  writeFileSync(files.path('file'), 'x');
  const r = northbridge(['qtest', ...args], { cwd: files.folder });
  expect(r).toMatchObject({ status: 2, stdout: '' });
  expect(r.stderr).toMatch(why);
  expect(r.stderr.trimEnd().split('\n')).toHaveLength(1);
});
