import { describeContract } from '../../testing/vitest.ts';
import { DeviceBench } from '../../testing/device-bench.ts';
import { MemoryDisk } from '../../../test/benches/ide-bench.ts';
import { AtaDrive } from '../ata/drive.ts';
import { I440FX } from './i440fx/i440fx.ts';
import { Piix3Ide } from './piix3/piix3-ide.ts';
import { Piix3Isa } from './piix3/piix3-isa.ts';
import type { IdeVariant } from './piix3/spec-ide.ts';

describeContract('440FX', () => {
  const b = new DeviceBench();
  return new I440FX('pci0', b, { memory: b.memory, io: b.io });
});
describeContract('PIIX3 ISA bridge', () => new Piix3Isa('isa', new DeviceBench()));
describeContract('PIIX4 ISA bridge', () => new Piix3Isa('isa', new DeviceBench(), { variant: 'piix4' }));

/**
 * The values of the task file are the drives'; the test subject's drives are busy after reset, and
 * their registers are written to all drives of a channel.
 */
const TASK_FILE = 'the value is the selected drive\'s';
const taskFile = Object.fromEntries(
  ['primary', 'secondary'].flatMap((c) =>
    ['DATA', 'ERROR', 'FEATURES', 'SECTOR_COUNT', 'LBA_LOW', 'LBA_MID', 'LBA_HIGH', 'DEVICE'].map((r) => [
      `${c}.command.${r}`,
      TASK_FILE,
    ]),
  ),
);
for (const variant of ['piix3', 'ich2'] as IdeVariant[]) {
  describeContract(`IDE function, ${variant}`, () => {
    const b = new DeviceBench();
    const bridge = new I440FX('pci0', b, { memory: b.memory, io: b.io });
    const ide = new Piix3Ide('ide', b, {
      variant,
      drives: [new AtaDrive({ disk: new MemoryDisk(100) }), null, null, new AtaDrive({ disk: new MemoryDisk(64) })],
    });
    bridge.pci.slot(1, 1, ide);
    for (const port of ide.ports) port.bind(bridge.pci.upstream(ide));
    return ide;
  }, { except: taskFile });
}
