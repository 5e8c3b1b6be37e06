import { afterAll, describe, expect, test } from 'vitest';
import { northbridge, scratch } from './northbridge.ts';

// The run itself is test/guest/debian.test.ts.
const wanted = process.env['CI'] !== undefined || process.env['NORTHBRIDGE_TEST_DEBIAN'] === '1';

/** The guest's files, or null if there is none. */
function prepared(): { kernel: string; initrd: string } | null {
  const found = northbridge(['guest', 'prepare', 'debian', '--json']);
  return found.status === 0 ? (JSON.parse(found.stdout) as { kernel: string; initrd: string }) : null;
}

test.skipIf(!wanted)(
  'guest prepare debian says where the guest is, or in one line why there is none',
  () => {
    const made = northbridge(['guest', 'prepare', 'debian', '--json']);
    if (made.status === 0)
      expect(Object.keys(JSON.parse(made.stdout) as object)).toEqual([
        'schema', 'guest', 'kernel', 'vmlinux', 'initrd', 'modules', 'append', 'version',
      ]);
    else
      expect(made).toMatchObject({
        status: 2, stdout: '',
        stderr: expect.stringMatching(/^northbridge: cannot prepare the Debian guest: [^\n]+\n$/) as string,
      });
  },
);

describe.skipIf(!wanted || prepared() === null)("a snapshot at Debian's prompt", () => {
  const files = scratch();
  afterAll(() => files.remove());
  const run = (args: readonly string[], input = '') => northbridge(['run', 'pc', ...args], { cwd: files.folder, input });

  test('is one line away, and the shell goes on in the same way with either engine', () => {
    const { kernel, initrd } = prepared() as { kernel: string; initrd: string };
    const append = 'console=ttyS0,115200 rdinit=/bin/sh quiet';
    const save = ['--save-at', '/ # ', 'prompt.snap', '--until', '25'];
    const saved = run(['--kernel', kernel, '--initrd', initrd, '--append', append, ...save]);
    expect(saved.status).toBe(0);
    expect(saved.stderr).toContain("northbridge: saved 'prompt.snap' when the console said '/ # ': ");
    const [first, second] = ['jit', 'interpreter'].map((engine) =>
      run(['--load', 'prompt.snap', '--engine', engine, '--quiet'], 'echo hello; poweroff -f\n'));
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toMatch(/echo hello; poweroff -f\r\nhello\r\n/);
    expect(second).toEqual(first);
  });
});
