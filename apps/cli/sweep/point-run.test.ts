import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runPoint, type PointSetting } from './point-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'northbridge-point-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const OPEN = '/proc/self/fd';

test.skipIf(!existsSync(OPEN))('points leave no file open, whether they ran or were refused', async () => {
  const disk = join(folder, 'd.img');
  writeFileSync(disk, new Uint8Array(4096));
  const setting: PointSetting = { experiment: 'disk-read', options: { disk, bytes: '512' }, engine: 'interpreter' };
  const states = async (): Promise<string[]> => {
    const done = await runPoint(setting, { index: 0, method: 'dma', values: {} });
    const refused = await runPoint(setting, { index: 1, method: 'dma', values: { mode: 'pio0' } });
    return [done.state, refused.state];
  };
  expect(await states()).toEqual(['done', 'refused']);
  const before = readdirSync(OPEN).length;
  for (let n = 0; n < 5; n++) await states();
  expect(readdirSync(OPEN).length).toBe(before);
});
