#!/usr/bin/env node
// Checks the rules of the house that the compiler cannot say in words: layers, banned names under
// src/, file names, file lengths. Usage: node tools/check-layers.mjs [ROOT]. Exit status 1 if a
// rule is broken; warnings do not count.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What each folder of src/ may import besides itself. ir, jit, arch and cpu never see hw, nor hw
 * them.
 */
const MAY_IMPORT = {
  bits: [],
  sim: ['bits'],
  mem: ['bits', 'sim'],
  irq: ['bits', 'sim'],
  reg: ['bits', 'sim', 'mem', 'irq'],
  host: ['bits'],
  ir: ['bits'],
  hw: ['bits', 'sim', 'mem', 'irq', 'reg', 'host'],
  jit: ['bits', 'ir'],
  arch: ['bits', 'sim', 'mem', 'irq', 'ir', 'jit'],
  cpu: ['bits', 'sim', 'mem', 'irq', 'ir', 'jit', 'arch'],
  machine: ['bits', 'sim', 'mem', 'irq', 'reg', 'host', 'ir', 'hw', 'jit', 'arch', 'cpu'],
  testing: ['bits', 'sim', 'mem', 'irq', 'reg', 'host', 'ir', 'hw', 'jit', 'arch', 'cpu', 'machine'],
  control: ['bits', 'sim', 'mem', 'irq', 'reg', 'host', 'ir', 'hw', 'jit', 'arch', 'cpu', 'machine'],
};
/** The one file under src/ that speaks to a test runner: it is for those who test their devices. */
const TEST_RUNNER = { path: 'src/testing/vitest.ts', specifier: 'vitest' };
/** Layers that know `arch/isa.ts` at most: which instruction set it is comes to them as a value. */
const ANY_ISA = new Set(['ir', 'jit', 'cpu', 'control']);
const BANNED_FILE_NAMES = new Set(['utils', 'util', 'common', 'helpers', 'helper', 'base']);
const BANNED_GLOBALS = [
  'Date', 'performance', 'console', 'process', 'require', 'setTimeout', 'setInterval', 'setImmediate',
  'queueMicrotask', 'globalThis',
];
/**
 * What ECMAScript leaves to the engine: another V8 may give another last digit. Not log2, which is
 * asked for the exponent of sizes only.
 */
const INEXACT = [
  'a?(sin|cos|tan)h?', 'atan2', 'cbrt', 'exp', 'expm1', 'hypot', 'log', 'log10', 'log1p', 'pow',
];
const BANNED_IN_SRC = new RegExp(
  `(?<![\\w$.])(${BANNED_GLOBALS.join('|')})\\b(?!\\s*[:?]*:)|\\bMath\\s*\\.\\s*(random|${INEXACT.join('|')})\\b`,
  'g',
);
const WARN_LINES = 450;
const FAIL_LINES = 600;
const WIDEST_CODE = 120;
const WIDEST_COMMENT = 100;
/** A time limit behind a test's function, or as its option. */
const TEST_LIMIT = /^\s*\},? \d[\d_]*\);|\{ timeout: \d[\d_]* \}/gm;

const root = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const failures = [];
const warnings = [];

/** All source files below a folder, as paths relative to the root, in a fixed order. */
function sources(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && /\.(ts|tsx|mts|mjs|js)$/.test(e.name))
    .map((e) => relative(root, join(e.parentPath, e.name)).split(sep).join('/'))
    .filter((path) => !path.includes('node_modules/') && !path.startsWith('dist/'))
    .sort();
}

/**
 * The text with comments blanked, and with strings blanked too if asked; lengths and lines stay.
 */
function blank(text, strings) {
  const pattern = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replace(pattern, (part) => {
    if (part[0] === '/') return part.replace(/[^\n]/g, ' ');
    if (!strings) return part;
    // What stands in the ${…} of a template is code and is looked at.
    if (part[0] === '`') return part.replace(/\$\{[^}]*\}|[^\n]/g, (p) => (p.length > 1 ? p : ' '));
    return part.replace(/[^\n]/g, ' ');
  });
}

function lineOf(text, index) {
  return text.slice(0, index).split('\n').length;
}

function importsOf(text) {
  const found = [];
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g;
  for (const m of blank(text, false).matchAll(pattern)) found.push({ specifier: m[2], line: lineOf(text, m.index) });
  return found;
}

function checkImports(path, text) {
  const layer = path.split('/')[1];
  if (path.split('/').length > 2 && MAY_IMPORT[layer] === undefined) {
    failures.push(`${path}: src/${layer}/ is no layer of the table`);
    return;
  }
  for (const { specifier, line } of importsOf(text)) {
    if (path === TEST_RUNNER.path && specifier === TEST_RUNNER.specifier) continue;
    if (!specifier.startsWith('.')) {
      failures.push(`${path}:${line}: imports '${specifier}'; under src/ imports are relative`);
      continue;
    }
    if (!specifier.endsWith('.ts')) failures.push(`${path}:${line}: '${specifier}' does not end in .ts`);
    const target = relative(root, resolve(root, dirname(path), specifier)).split(sep).join('/');
    const [top, other] = target.split('/');
    if (top !== 'src') failures.push(`${path}:${line}: imports ${target}, outside src/`);
    else if (path.split('/').length > 2 && other !== layer && !MAY_IMPORT[layer].includes(other)) {
      failures.push(
        `${path}:${line}: ${layer} imports ${target}; ${layer} may import ${[layer, ...MAY_IMPORT[layer]].join(', ')}`,
      );
    }
  }
}

/** One instruction set must not grow into what is for all. Tests count: they belong beside the set. */
function checkIsa(path, text) {
  const layer = path.split('/')[1];
  if (!ANY_ISA.has(layer)) return;
  for (const { specifier, line } of importsOf(text)) {
    if (!specifier.startsWith('.')) continue;
    const target = relative(root, resolve(root, dirname(path), specifier)).split(sep).join('/');
    if (target.startsWith('src/arch/') && target !== 'src/arch/isa.ts')
      failures.push(`${path}:${line}: ${layer} imports ${target}; of arch it may import isa.ts only`);
  }
}

/** Lines fit a laptop beside a diff. Outside src/ and apps/ a literal that cannot be broken may stand out. */
function checkWidth(path, text, folder) {
  const strict = folder === 'src' || folder === 'apps';
  // A literal counts as its quotes elsewhere; a template of several lines is not looked at.
  const code = strict ? text : blank(text, true).replace(/ {2,}/g, (gap) => gap.slice(0, 2));
  const measured = code.split('\n');
  text.split('\n').forEach((line, at) => {
    const comment = /^\s*(\/\/|\*|\/\*)/.test(line);
    if (comment ? strict && line.length > WIDEST_COMMENT : measured[at].length > WIDEST_CODE) {
      const limit = comment ? WIDEST_COMMENT : WIDEST_CODE;
      failures.push(`${path}:${at + 1}: ${line.length} columns; a ${comment ? 'comment' : 'line'} has at most ${limit}`);
    }
  });
}

function checkNames(path, text) {
  const code = blank(text, true);
  for (const m of code.matchAll(BANNED_IN_SRC)) {
    failures.push(`${path}:${lineOf(text, m.index)}: ${m[0]} is not for src/ (determinism; no host below apps/)`);
  }
}

/** Only the configuration limits the time of tests: none fails because the machine is busy. */
function checkLimits(path, text) {
  for (const m of text.matchAll(TEST_LIMIT))
    failures.push(`${path}:${lineOf(text, m.index)}: a time limit of one test; vitest.config.ts has the one for all`);
}

/** The projects' references say the same as the table. */
function checkReferences(layer) {
  const path = `src/${layer}/tsconfig.json`;
  if (!existsSync(join(root, path))) return;
  const references = JSON.parse(readFileSync(join(root, path), 'utf8')).references ?? [];
  for (const { path: to } of references) {
    const other = to.replace(/^\.\.\//, '');
    if (!MAY_IMPORT[layer].includes(other))
      failures.push(`${path}: refers to ${other}; the layer table does not allow that`);
  }
}

let count = 0;
for (const folder of ['src', 'apps', 'test', 'bench', 'tools', 'guest']) {
  for (const path of sources(folder)) {
    count++;
    const text = readFileSync(join(root, path), 'utf8');
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, '');
    if (BANNED_FILE_NAMES.has(name.toLowerCase()))
      failures.push(`${path}: a file is named for what it is about, not '${name}'`);
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    if (lines > FAIL_LINES) failures.push(`${path}: ${lines} lines; the limit is ${FAIL_LINES}`);
    else if (lines > WARN_LINES) warnings.push(`${path}: ${lines} lines; split it by concern (about 300)`);
    checkWidth(path, text, folder);
    if (path.endsWith('.test.ts')) checkLimits(path, text);
    if (folder === 'src') checkIsa(path, text);
    if (folder === 'src' && !path.endsWith('.test.ts') && !path.endsWith('.d.ts')) {
      checkImports(path, text);
      checkNames(path, text);
    }
  }
}
for (const layer of Object.keys(MAY_IMPORT)) checkReferences(layer);

for (const w of warnings) console.error(`warning: ${w}`);
for (const f of failures) console.error(`error: ${f}`);
if (failures.length > 0) {
  console.error(`check-layers: ${failures.length} rule${failures.length === 1 ? '' : 's'} broken in ${count} files`);
  process.exitCode = 1;
} else {
  console.log(`check-layers: ${count} files keep the rules`);
}
