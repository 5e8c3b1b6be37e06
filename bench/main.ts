/** `npm run bench`: medians over repeated runs, with the machine described. Nothing here is asserted. */
import { guestFigures } from './guest.ts';
import { machineLine, printFigures } from './measure.ts';
import { schedulerFigures } from './scheduler.ts';

const runs = Number(process.argv[2] ?? 5);
console.log(machineLine());
console.log(`${runs} runs each after one warm-up, whole figures of wall time\n`);
printFigures([...guestFigures(runs), ...schedulerFigures(runs)]);
