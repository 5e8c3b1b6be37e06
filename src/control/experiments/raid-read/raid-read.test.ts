import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runExperiment, TEST_KIT } from '../../../../test/benches/experiment-bench.ts';
import { RaidController } from '../../../hw/raid/raid.ts';
import { MAIL, RAID_CONFIG, REPLY } from '../../../hw/raid/spec.ts';
import { pc } from '../../../machine/boards/pc/pc.ts';
import { GUEST_BLOCK_ADDRESS } from '../../../machine/loader/guest-program.ts';
import { Machine } from '../../../machine/machine.ts';
import { ms, us } from '../../../sim/time.ts';
import { POST } from '../../guests/status.ts';
import { jobOf } from '../job.ts';
import { RAID_MEMORY, RAID_READ_BLOCK } from './block.ts';
import { RAID_READ } from './experiment.ts';

const SMALL = { stripes: 40, stripe: 4096 };

describe('read-ahead', () => {
  test('wins where stripes are read in turn, loses where they are not: the same bytes', () => {
    const inTurn = runExperiment(RAID_READ, { values: SMALL });
    const atRandom = runExperiment(RAID_READ, { values: { ...SMALL, pattern: 'random' } });
    for (const { judgement } of [inTurn, atRandom]) expect(judgement.verdict).toBe('right');
    expect(inTurn.judgement.sentence).toMatch(/^Read-ahead wins: \d/);
    expect(atRandom.judgement.sentence).toMatch(/^Read-ahead (loses|changes nothing)/);
    expect(inTurn.runs.map((r) => [r.measures['commands'], r.measures['early']])).toEqual([[40, 0], [0, 8]]);
    expect(atRandom.runs.map((r) => r.measures['commands'])).toEqual([40, 40]);
  });

  test('twice the same, and the interpreter the same', () => {
    const one = runExperiment(RAID_READ, { values: SMALL });
    expect(runExperiment(RAID_READ, { values: SMALL }, { engine: 'interpreter' }).runs).toEqual(one.runs);
  });

  test('more stripes than there are, and too little memory, are refused in words', () => {
    const refused = (values: object, boardOptions: object = {}) => () =>
      RAID_READ.settle?.(jobOf(RAID_READ, { values: { ...values }, boardOptions: { ...boardOptions } }), TEST_KIT);
    expect(refused({ stripes: 300, driveBytes: 1 << 20 })).toThrow('stripes: the array has 256 of them');
    expect(refused({ slots: 64, stripe: 65536 }, { ram: 16 << 20 })).toThrow(/^slots: the buffers need 21MiB/);
  });
});

test.each([us(700), ms(5.3), ms(6.1)])('%d ticks on, from a snapshot with the other engine: same end', (part) => {
  const machine = (engine: 'jit' | 'interpreter'): Machine => {
    const m: Machine = new Machine(pc, {
      options: { ram: 32 << 20 }, engine,
      hosts: { onPost: (code) => { if (code === POST.done || code === POST.fail) m.stop(); } },
      devices: [{ use: RaidController, at: 'pci 3', name: 'raid', options: { stripe: 4096 } }],
    });
    return m;
  };
  const first = machine('jit');
  first.boot({
    kind: 'guest', image: TEST_KIT.guestImage('raid-read'),
    block: RAID_READ_BLOCK.encode({
      pattern: 'sequential', slots: 8, stripes: 20, memory: RAID_MEMORY, thinkCycles: 1_000_000, busyCycles: 20_000,
    }),
  });
  const ended = (m: Machine): unknown => {
    m.run(m.sim.scheduler.now + ms(200));
    const bytes = m.ram.slice(GUEST_BLOCK_ADDRESS, GUEST_BLOCK_ADDRESS + RAID_READ_BLOCK.size);
    return [m.sim.scheduler.now, RAID_READ_BLOCK.decode(bytes), m.counters()];
  };
  first.run(part);
  const second = machine('interpreter');
  second.load(first.save());
  const whole = ended(first);
  expect(ended(second)).toEqual(whole);
  expect(whole).toMatchObject([expect.any(Number), { status: 1, stripesDone: 20 }, {}]);
});

test('the driver\'s header has the registers and the mailbox of the rows', () => {
  const header = readFileSync(new URL('../../../../guest/drivers/raid.h', import.meta.url), 'utf8');
  for (const name of ['MAILBOX', 'CONTROL', 'CAUSE'] as const) {
    const said = new RegExp(`^#define RAID_CFG_${name} (0x[0-9a-f]+)u`, 'm').exec(header)?.[1];
    expect(Number(said)).toBe(RAID_CONFIG.registers[name].offset);
  }
  const fields = (/struct raid_mailbox \{([^}]*)\}/.exec(header)?.[1] ?? '').match(/\w+(\[\d+\])?(?=[,;])/g) ?? [];
  const names = fields.flatMap((f) => (f.startsWith('reserved') ? Array<string>(9).fill('') : [f]));
  for (const [name, at] of Object.entries(MAIL)) expect(names[at / 4]).toBe(name.toLowerCase());
  for (const [name, at] of Object.entries(REPLY)) expect(names[16 + at / 4]).toBe(name.toLowerCase());
});
