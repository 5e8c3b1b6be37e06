import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { writeCpio } from '../../../../src/control/experiments/linux/cpio.ts';
import { elfKernel, packedKernel } from '../../../../test/benches/packed-kernel.ts';
import { kernelOf, parseFields } from './apt.ts';
import { APPLETS, initScript } from './init.ts';
import { loadOrder, moduleName, readModuleInfo } from './modules.ts';
import { prepareDebianGuest, recipeMark } from './prepare.ts';

const dir = mkdtempSync(join(tmpdir(), 'northbridge-test-'));
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

describe('package client', () => {
  test('fields of the first paragraph', () => {
    const fields = parseFields('Package: a\nVersion: 1:2-3\nDescription: x\n more\n\nPackage: b\n');
    expect(fields.get('Package')).toBe('a');
    expect(fields.get('Version')).toBe('1:2-3');
  });

  test('the kernel image behind the meta-package, whatever its ABI', () => {
    expect(kernelOf('linux-image-6.1.0-50-686 (= 6.1.176-1)')).toBe('linux-image-6.1.0-50-686');
    expect(kernelOf('linux-base, linux-image-6.12.9+deb13-686 | x')).toBe('linux-image-6.12.9+deb13-686');
    expect(kernelOf('linux-base')).toBeUndefined();
  });

  test('without a package client: one line that names the way out', () => {
    // In a process of its own, with a search path on which there is nothing.
    const script = join(dir, 'no-apt.mts');
    const index = new URL('./index.ts', import.meta.url).href;
    writeFileSync(
      script,
      `import { prepareDebianGuest } from '${index}';
try { await prepareDebianGuest({ cacheDir: '${dir}/none' }); }
catch (e) { console.log((e as Error).name + ': ' + (e as Error).message); }`,
    );
    const tsx = new URL('../../../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;
    const result = spawnSync(process.execPath, ['--import', tsx, script], {
      encoding: 'utf8',
      env: { PATH: dir, TMPDIR: dir },
    });
    expect(result.stdout).toBe(
      'NoDebianGuestError: cannot prepare the Debian guest: this machine has no apt-get, apt-cache, ' +
        'dpkg-deb or tar, so it is no Debian system; give a kernel and an initramfs with --kernel and --initrd\n',
    );
  });
});

test('the kernel of a guest that is there is unpacked unless whoever enters it does', async () => {
  const cacheDir = join(dir, 'cache');
  const guest = join(cacheDir, 'debian-guest', `linux-image-1-${recipeMark()}`);
  mkdirSync(guest, { recursive: true });
  writeFileSync(join(guest, 'vmlinuz'), packedKernel(gzipSync(elfKernel([0xfa, 0xf4]))));
  for (const name of ['initrd', 'version']) writeFileSync(join(guest, name), name);
  const steps: string[] = [];
  const log = (line: string): void => void steps.push(line);
  expect(await prepareDebianGuest({ cacheDir, log, unpack: false })).toMatchObject({ vmlinux: null });
  expect(readdirSync(guest).sort()).toEqual(['initrd', 'version', 'vmlinuz']);
  expect(steps).toEqual([]);
  const vmlinux = join(guest, 'vmlinux');
  expect(await prepareDebianGuest({ cacheDir, log })).toMatchObject({ vmlinux });
  expect(await prepareDebianGuest({ cacheDir, log })).toMatchObject({ vmlinux });
  expect(steps).toEqual(['unpacking the kernel']);
});

test('a guest without modules for jobs is given as it is where they cannot be had, if that is enough', () => {
  const cacheDir = join(dir, 'no-modules');
  const guest = join(cacheDir, 'debian-guest', `linux-image-1-${recipeMark()}`);
  mkdirSync(guest, { recursive: true });
  for (const name of ['vmlinuz', 'initrd', 'version']) writeFileSync(join(guest, name), 'linux-image-1 1, busybox 1');
  const script = join(dir, 'modules.mts');
  const index = new URL('./index.ts', import.meta.url).href;
  writeFileSync(
    script,
    `import { prepareDebianGuest } from '${index}';
for (const modules of ['if-possible', true] as const)
  try { console.log((await prepareDebianGuest({ cacheDir: '${cacheDir}', modules, unpack: false })).modules); }
  catch (e) { console.log((e as Error).message); }`,
  );
  const tsx = new URL('../../../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;
  const result = spawnSync(process.execPath, ['--import', tsx, script], {
    encoding: 'utf8', env: { PATH: dir, TMPDIR: dir },
  });
  expect(result.stdout).toMatch(/^null\ncannot prepare the Debian guest: this machine has no apt-get, [^\n]*\n$/);
});

describe('kernel modules', () => {
  /** An ELF32 file with a .modinfo section. */
  function module(info: string): Uint8Array {
    const bytes = new Uint8Array(1024);
    const view = new DataView(bytes.buffer);
    const text = new TextEncoder();
    bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
    view.setUint32(32, 600, true);
    view.setUint16(46, 40, true);
    view.setUint16(48, 3, true);
    view.setUint16(50, 2, true);
    bytes.set(text.encode('\0.modinfo\0.shstrtab\0'), 100);
    bytes.set(text.encode(info), 200);
    [1, 1, 0, 0, 200, info.length].forEach((v, i) => { view.setUint32(640 + i * 4, v, true); });
    [10, 3, 0, 0, 100, 20].forEach((v, i) => { view.setUint32(680 + i * 4, v, true); });
    return bytes;
  }

  test('name and dependencies from .modinfo; dashes are underscores', () => {
    expect(readModuleInfo('t10-pi.ko', module('license=GPL\0depends=crc-t10dif,crc64\0name=t10_pi\0'))).toEqual({
      name: 't10_pi',
      depends: ['crc_t10dif', 'crc64'],
    });
    expect(readModuleInfo('a/b-c.ko', module('depends=\0'))).toEqual({ name: 'b_c', depends: [] });
    expect(moduleName('./lib/modules/6/kernel/block/t10-pi.ko')).toBe('t10_pi');
  });

  test('a file that is none is refused in one line', () => {
    expect(() => readModuleInfo('x.ko', new Uint8Array(10))).toThrow(/^x\.ko: not a kernel module/);
    const cut = module('depends=\0');
    expect(() => readModuleInfo('x.ko', cut.subarray(0, 650))).toThrow(/outside the file/);
  });

  test('every module comes after what it depends on, and once', async () => {
    const tree: Record<string, string[]> = {
      ata_piix: ['libata'],
      libata: ['scsi_mod', 'scsi_common'],
      scsi_mod: ['scsi_common'],
      scsi_common: [],
      sd_mod: ['scsi_mod'],
    };
    const info = async (name: string) => ({ name, depends: tree[name]! });
    expect(await loadOrder(['ata_piix', 'sd-mod'], info)).toEqual([
      'scsi_common', 'scsi_mod', 'libata', 'ata_piix', 'sd_mod',
    ]);
  });

  test('a circle is an error', async () => {
    await expect(loadOrder(['a'], async (name) => ({ name, depends: [name === 'a' ? 'b' : 'a'] }))).rejects.toThrow(
      /depends on itself/,
    );
  });
});

describe('initramfs', () => {
  const archive = writeCpio([
    { path: 'bin', kind: 'folder', mode: 0o755 },
    { path: 'dev/console', kind: 'character', mode: 0o600, major: 5, minor: 1 },
    { path: 'bin/sh', kind: 'link', target: 'busybox' },
    { path: 'init', kind: 'file', bytes: new TextEncoder().encode('12345'), mode: 0o755 },
  ]);

  test('newc: header fields, padding to 4, trailer, length of whole 512-byte blocks', () => {
    const text = new TextDecoder('latin1').decode(archive);
    // ino, mode, uid, gid, nlink, mtime, filesize, dev, rdev, namesize, check
    const header = [1, 0o040755, 0, 0, 2, 0, 0, 0, 0, 0, 0, 4, 0]
      .map((v) => v.toString(16).toUpperCase().padStart(8, '0'))
      .join('');
    expect(text.startsWith(`070701${header}bin\0`)).toBe(true);
    for (let at = 0, members = 0; ; members++) {
      expect(text.slice(at, at + 6)).toBe('070701');
      const field = (i: number): number => Number.parseInt(text.slice(at + 6 + i * 8, at + 14 + i * 8), 16);
      const name = text.slice(at + 110, at + 110 + field(11) - 1);
      if (name === 'TRAILER!!!') {
        expect(members).toBe(4);
        break;
      }
      if (name === 'dev/console') expect([field(1), field(9), field(10)]).toEqual([0o020600, 5, 1]);
      at = Math.ceil((Math.ceil((at + 110 + field(11)) / 4) * 4 + field(6)) / 4) * 4;
    }
    expect(archive.length % 512).toBe(0);
  });

  test('the script is sound to a shell, and calls only programs that are linked', () => {
    const script = initScript(['libata.ko', 'ata_piix.ko']);
    const file = join(dir, 'init');
    writeFileSync(file, script);
    expect(spawnSync('sh', ['-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    for (const word of [
      'mount', 'insmod', 'dd', 'sha256sum', 'cat', 'grep', 'poweroff', 'sleep', 'printf', 'uname', 'dmesg',
      'cut', 'stat', 'stty',
    ]) {
      expect(script).toMatch(new RegExp(`(^|[\\s(|;{])${word} `, 'm'));
      expect(APPLETS).toContain(word);
    }
    expect(script).toContain('for module in libata.ko ata_piix.ko; do');
    expect(readFileSync(file, 'latin1')).toContain("post '\\260'");
  });

  test('parameters on the kernel command line reach the module that they name', () => {
    const script = initScript(['libata.ko']);
    const loop = /^for module in[\s\S]*?^done\n/m.exec(script)![0].replace('$(cat /proc/cmdline)', '$(cat cmdline)');
    writeFileSync(join(dir, 'cmdline'), 'console=ttyS0 libata.dma=0 libata.force=pio4 sd_mod.x=1 nb.bytes=512\n');
    const result = spawnSync('sh', ['-c', `insmod() { echo "$@"; }; fail() { echo "$1"; }\n${loop}`], {
      encoding: 'utf8', cwd: dir,
    });
    expect(result.stdout).toBe('/modules/libata.ko dma=0 force=pio4\n');
  });
});
