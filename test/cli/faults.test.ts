import { describe, expect, test } from 'vitest';
import { FAULTS } from '../../src/machine/faults/rows.ts';
import { northbridge } from './northbridge.ts';

describe('faults', () => {
  test('are listed with what software sees of them, in words and as JSON', () => {
    const words = northbridge(['faults']), json = northbridge(['faults', '--json']);
    expect([words.status, json.status]).toEqual([0, 0]);
    for (const [name, { seen }] of Object.entries(FAULTS)) expect(words.stdout).toContain(`${seen}\n`.slice(name.length));
    const listed = JSON.parse(json.stdout) as { faults: { name: string }[] };
    expect(listed.faults.map((f) => f.name)).toEqual(Object.keys(FAULTS));
    expect(northbridge(['faults', 'dma-drop']).stdout.split('\n')[0]).toContain('dma-drop');
  });

  test('an unknown one is refused in one line', () => {
    expect(northbridge(['faults', 'dma-dorp'])).toMatchObject({
      status: 2, stdout: '', stderr: expect.stringContaining("unknown fault 'dma-dorp'; did you mean 'dma-drop'?"),
    });
    expect(northbridge(['compare', 'disk-read', '--fault', 'dma-dorp'])).toMatchObject({
      status: 2, stdout: '', stderr: expect.stringMatching(/^northbridge: --fault 'dma-dorp': [^\n]*\n$/),
    });
  });

  test('of DMA are found by the check, the same ones each time; PIO has none of them', () => {
    const args = ['compare', 'disk-read', '--bytes', '256KiB', '--json', '--no-wall',
      '--fault', 'dma-corrupt,rate=1e-4', '--fault', 'drive-late,rate=0.5,time=1ms'];
    const first = northbridge(args), second = northbridge(args);
    expect(first.status).toBe(1);
    expect(first.stderr).toContain('the bytes that arrived by dma are wrong');
    expect(second.stdout).toBe(first.stdout);
    expect(JSON.parse(first.stdout)).toMatchObject({
      parameters: { fault: 'dma-corrupt,rate=0.0001+drive-late,rate=0.5,time=1ms' },
      runs: [{ method: 'pio-polled', matches: true }, { matches: true }, { method: 'dma', matches: false }],
    });
  });
});
