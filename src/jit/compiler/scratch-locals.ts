/**
 * One set of an emitter's scratch locals, declared when first named: a function pays only for those
 * that it uses.
 */
import type { Locals } from '../emit/operands.ts';
import type { Code } from '../wasm-code.ts';
import { I32, I64, type ValueType } from '../wasm-bytes.ts';

export class ScratchLocals implements Locals {
  private readonly f: Code;
  private readonly numbers = new Array<number>(8).fill(-1);

  constructor(f: Code) {
    this.f = f;
  }

  get a(): number { return this.local(0, I32); }
  get b(): number { return this.local(1, I32); }
  get r(): number { return this.local(2, I32); }
  get n(): number { return this.local(3, I32); }
  get address(): number { return this.local(4, I32); }
  get entry(): number { return this.local(5, I32); }
  get x(): number { return this.local(6, I64); }
  get y(): number { return this.local(7, I64); }

  private local(index: number, type: ValueType): number {
    if (this.numbers[index] < 0) this.numbers[index] = this.f.local(type);
    return this.numbers[index];
  }
}
