import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { threadCount } from '../sweep/threads.ts';

/** `northbridge worker URL`: runs points of sweeps that were put into a queue. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('Run points of sweeps that others put into a queue (northbridge sweep --queue)')
    .argument('<url>', 'the Redis server: redis://host:6379')
    .addOption(new Option('--jobs <number>', 'points that run at a time (default: one for each core)'))
    .addOption(new Option('--quiet', 'no line for each point'))
    .action(async (url: string, { jobs, quiet }: { jobs?: string; quiet?: boolean }) => {
      const { workOn } = await import('../sweep/queue.ts');
      const threads = threadCount(jobs, availableParallelism());
      const tell = (line: string): void => {
        if (quiet !== true) process.stderr.write(`northbridge: ${line}\n`);
      };
      const work = await workOn(url, threads, tell);
      tell(`waiting for points, ${threads} at a time; Ctrl-C ends after those that are begun`);
      await new Promise<void>((resolve) => {
        process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
      });
      await work.stop();
    });
}
