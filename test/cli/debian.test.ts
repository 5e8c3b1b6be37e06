import { expect, test } from 'vitest';
import { northbridge } from './northbridge.ts';

// The run itself is test/guest/debian.test.ts.
const wanted = process.env['CI'] !== undefined || process.env['NORTHBRIDGE_TEST_DEBIAN'] === '1';

test.skipIf(!wanted)(
  'guest prepare debian says where the guest is, or in one line why there is none',
  () => {
    const prepared = northbridge(['guest', 'prepare', 'debian', '--json']);
    if (prepared.status === 0)
      expect(Object.keys(JSON.parse(prepared.stdout) as object)).toEqual([
        'schema', 'guest', 'kernel', 'vmlinux', 'initrd', 'append', 'version',
      ]);
    else
      expect(prepared).toMatchObject({
        status: 2, stdout: '',
        stderr: expect.stringMatching(/^northbridge: cannot prepare the Debian guest: [^\n]+\n$/) as string,
      });
  },
);
