import { Command } from 'commander';
import { Qtest } from '../../../src/control/qtest/qtest.ts';
import { qtestArguments } from '../qtest/arguments.ts';
import { endpointAddress, openEndpoint, type Conversation, type Peer } from '../qtest/endpoint.ts';
import { LineReader, ObjectReader } from '../qtest/line-reader.ts';
import { DEVICE_NAMES, qtestMachine } from '../qtest/machine.ts';
import { FloppyPlaces } from '../qtest/floppy-places.ts';
import { Qmp, type RunState } from '../qtest/qmp.ts';

const HELP = `
Arguments are those of QEMU, as far as suites for its devices use them:
  -machine pc -m 128 -accel qtest          the machine; there is no other, and no processor runs
  -qtest unix:PATH[,server=on]             where commands come from (connects, unless it is a server)
  -qmp unix:PATH[,server=on]               where the machine protocol is spoken; or -chardev and -mon
  -drive file=IMAGE,if=ide|floppy|none,index=N,id=ID   (raw; what is written stays in memory)
  -device NAME,addr=SLOT.FUNCTION          e1000, rtl8139, ne2k_pci, edu, pci-testdev, sb16, ide-hd, floppy
  -rtc base=2026-01-31T12:00:00            the clock at power on (default: now, in UTC)
Under the name qemu-system-i386 (a link to it will do) the program takes them without the word qtest.

Example: northbridge qtest -machine pc -qtest stdio`;

/** `northbridge qtest`: the devices of a machine, driven by commands of QEMU's qtest protocol. */
export function qtestCommand(): Command {
  return new Command('qtest')
    .description("Drive a machine's devices from outside, by QEMU's qtest protocol on a socket")
    .usage('-qtest unix:PATH [arguments]')
    .helpOption('--help', 'print this help')
    .argument('[arguments...]')
    .allowUnknownOption()
    .addHelpText('after', HELP)
    .action(async (_arguments: string[], _options, command: Command) => {
      // In the order in which they were typed.
      const raw = (command.parent as (Command & { rawArgs: string[] }) | null)?.rawArgs ?? [];
      await serve(raw.slice(raw.indexOf('qtest') + 1));
    });
}

async function serve(words: readonly string[]): Promise<void> {
  const args = qtestArguments(words);
  const addresses = {
    qtest: args.qtest === '' ? null : endpointAddress('-qtest', args.qtest),
    qmp: args.qmp === '' ? null : endpointAddress('-qmp', args.qmp),
  };
  const made = qtestMachine(args, new Date());
  const qtest = new Qtest(made.machine), floppies = new FloppyPlaces(made);
  const closers: (() => void)[] = [];
  let state: RunState = args.paused ? 'prelaunch' : 'running';
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => { end = resolve; });
  process.once('SIGTERM', end).once('SIGINT', end).once('SIGHUP', end);
  // Whoever started this and has gone needs it no more.
  const over = (server: boolean) => (): void => {
    if (!server) end();
  };
  const host = {
    reset: () => qtest.reset(), quit: end, status: () => state, devices: DEVICE_NAMES,
    pause: (paused: boolean) => { state = paused ? 'paused' : 'running'; },
    changeMedium: (id: string, file: string | null) => floppies.change(id, file),
  };
  if (addresses.qtest !== null)
    closers.push(await openEndpoint('-qtest', addresses.qtest, commands(qtest, over(addresses.qtest.server))));
  if (addresses.qmp !== null)
    closers.push(await openEndpoint('-qmp', addresses.qmp, messages(() => new Qmp(host, microseconds), () => {})));
  await ended;
  for (const close of closers) close();
}

const microseconds = (): number => Date.now() * 1000;

/** A conversation of commands and replies, a line each. */
function commands(qtest: Qtest, closed: () => void): (peer: Peer) => Conversation {
  return (peer) => {
    const reader = new LineReader();
    return {
      text: (piece) => reader.take(piece, (line) => {
        if (line.trim() !== '') peer.send(`${qtest.command(line).join('\n')}\n`);
      }),
      closed,
    };
  };
}

function messages(make: () => Qmp, closed: () => void): (peer: Peer) => Conversation {
  return (peer) => {
    const qmp = make(), reader = new ObjectReader();
    peer.send(qmp.greeting());
    return {
      text: (piece) => reader.take(piece, (text) => {
        const { text: answer, ended } = qmp.answer(text);
        peer.send(answer);
        ended();
      }),
      closed,
    };
  };
}
