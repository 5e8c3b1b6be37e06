import { existsSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import { dataSheet, dataSheetPage } from '../../../src/control/data-sheet.ts';
import type { Device } from '../../../src/hw/device.ts';
import { CARDS } from '../../../src/machine/cards.ts';
import { DEVICE_NAMES, deviceOf } from '../../../src/machine/catalogue.ts';
import type { Parameter } from '../../../src/sim/parameter.ts';
import { deviceFromFile } from '../devices/index.ts';
import { knownWord } from '../suggest.ts';

/** `northbridge device [name or file]` */
export function deviceCommand(): Command {
  return new Command('device')
    .description('Print the data sheet of a device from its rows: registers, fields, what is not modelled')
    .addArgument(new Argument('[device]', 'a device of the program, or the file of one of your own; none: list them'))
    .addOption(new Option('--json', 'print one JSON object in place of the page'))
    .action(async (name: string | undefined, { json = false }: { json?: boolean }) => {
      process.stdout.write(name === undefined ? listDevices(json) : await showDevice(name, json));
    });
}

function listDevices(json: boolean): string {
  const devices = DEVICE_NAMES.map((name) => ({ name, title: deviceOf(name)?.describe()?.title ?? '' }));
  if (json) return `${JSON.stringify({ schema: 'northbridge-devices/1', devices }, null, 2)}\n`;
  const widest = Math.max(...devices.map((d) => d.name.length));
  return devices.map((d) => `${d.name.padEnd(widest + 2)}${d.title}`.trimEnd() + '\n').join('');
}

async function showDevice(name: string, json: boolean): Promise<string> {
  const { device, options } = await found(name);
  return json ? `${JSON.stringify(dataSheet(device, options), null, 2)}\n` : dataSheetPage(device, options);
}

async function found(name: string): Promise<{ device: Device; options: Readonly<Record<string, Parameter>> }> {
  if (/[/\\.,]/.test(name) || existsSync(name)) return deviceFromFile(name);
  const known = knownWord(name, DEVICE_NAMES, 'device');
  return { device: deviceOf(known) as Device, options: CARDS[known]?.options ?? {} };
}
