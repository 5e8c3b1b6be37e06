/**
 * Records this host's answers into `integer.bin` and `x87.bin`, which the tests compare with on
 * every machine: `npx tsx test/oracle/recorded/record.ts`, after the generated cases have changed.
 */
import { hostProcessor } from '../host-processor.ts';
import { caseSets, drawAll, isRecorded } from '../x86/case-sets.ts';
import { Native } from '../x86/native.ts';
import { packAnswers } from '../x86/answers.ts';
import { hostVectors } from '../x87/host-vectors.ts';
import { packVectors } from '../x87/answers.ts';
import { writeRecorded } from './container.ts';

/** Share of the generated x87 vectors that is kept: about 1500. */
const X87_SCALE = 0.01;

const processor = hostProcessor();
const native = Native.build();
if (typeof native === 'string') throw new Error(native);
const cases = drawAll(caseSets()).filter(isRecorded);
const answers = native.run(cases.map((drawn) => drawn.case));
native.remove();
writeRecorded('integer.bin', { processor, body: packAnswers(cases, answers) });
const { stream, reason } = hostVectors(X87_SCALE);
if (reason !== '') throw new Error(reason);
writeRecorded('x87.bin', { processor, body: packVectors(stream) });
console.log(`${cases.length} cases and the x87 vectors recorded on ${processor.name}`);
