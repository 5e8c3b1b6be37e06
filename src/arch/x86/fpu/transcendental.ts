import type { FpuUnit } from './unit.ts';
export function transcendental(_u: FpuUnit, _modrm: number): void {}
