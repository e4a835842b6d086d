import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

/** Which rooms, and which packages, the code of each room may import besides itself and node. */
const rooms: Record<string, readonly string[]> = {
  domain: ['zod'],
  contracts: ['domain', 'zod'],
  scoring: ['domain'],
  iceberg: ['domain'],
  adapters: ['domain', 'iceberg', '@aws-sdk', '@duckdb', 'aws-jwt-verify', 'aws4fetch', 'zod'],
  functions: ['contracts', 'domain', 'scoring', 'iceberg', 'adapters', '@middy', 'aws-lambda', 'zod'],
  lib: ['contracts', 'aws-cdk-lib', 'constructs', 'cdk-nag'],
  bin: ['lib', 'aws-cdk-lib', 'cdk-nag'],
  console: ['contracts', 'preact', 'uplot'],
};
/** Rooms that the others are built before; each has to be there once it is begun. */
const later = ['iceberg', 'console'];
/** What only the rooms for people at work import: these may import whatever they need. */
const workshops = ['local', 'bench', 'scripts', 'test'];
const types = ['aws-lambda'];

interface Import {
  file: string;
  /** A file of ours from the root, or a package. */
  to: string;
  typeOnly: boolean;
}

const statement =
  /(?:^|[;}\n])\s*(?:import|export)\s+(type\s+)?(?:[\w*$\s{},]*?\sfrom\s*)?(['"])([^'"\n]+)\2/g;
const call = /\b(?:import|require)\s*\(\s*(?:\/\*[^*]*\*\/\s*)?(['"])([^'"\n]+)\1/g;

/** Imports, exports from elsewhere and imports made while running; of types as well. */
function importsIn(file: string, text: string): Import[] {
  const source = text.replaceAll(/^\s*(?:\/\/.*|\/?\*.*)$/gm, '');
  const place = (to: string) => (to.startsWith('.') ? join(dirname(file), to) : to);
  return [
    ...[...source.matchAll(statement)].map(([, type, , to = '']) => ({
      file,
      to: place(to),
      typeOnly: type !== undefined,
    })),
    ...[...source.matchAll(call)].map(([, , to = '']) => ({ file, to: place(to), typeOnly: false })),
  ];
}

const filesOf = (room: string) => globSync(`${room}/**/*.{ts,tsx}`, { exclude: ['**/node_modules/**'] });
const importsOf = (room: string) =>
  filesOf(room).flatMap((file) => importsIn(file, readFileSync(file, 'utf8')));
const roomOf = (to: string) => to.split('/')[0] ?? '';
const isNode = ({ to }: Import) => to.startsWith('node:');
/** The version of the product is told from there. */
const isPackage = ({ to }: Import) => to === 'package.json';

const present = Object.entries(rooms).filter(([room]) => !later.includes(room) || filesOf(room).length > 0);

test.each(present)('%s imports nothing but itself and %s', (room, allowed) => {
  const imports = importsOf(room);
  expect(filesOf(room), `${room} is empty`).not.toEqual([]);
  expect(imports, `${room} imports nothing at all`).not.toEqual([]);
  const strangers = imports
    .filter((one) => !isNode(one) && !(isPackage(one) && room === 'functions'))
    .filter(({ to }) => ![room, ...allowed].includes(roomOf(to)));
  expect(strangers).toEqual([]);
});

test('no function imports another: what they share is in the kit', () => {
  const imports = importsOf('functions').filter(
    ({ file, to }) => !file.includes('/kit/') && roomOf(to) === 'functions',
  );
  expect(imports).not.toEqual([]);
  expect(imports.filter(({ to }) => !to.startsWith('functions/kit/'))).toEqual([]);
});

test('the kit imports no function', () => {
  const imports = importsOf('functions/kit');
  expect(imports).not.toEqual([]);
  expect(imports.filter(({ to }) => /^functions\/(?!kit\/)/.test(to))).toEqual([]);
});

test('only adapters speak AWS, and only the kit speaks middy', () => {
  const every = Object.keys(rooms).flatMap(importsOf);
  const of = (scope: string) => every.filter(({ to }) => roomOf(to) === scope).map(({ file }) => file);
  expect(of('@aws-sdk')).not.toEqual([]);
  expect(of('@aws-sdk').filter((file) => !file.startsWith('adapters/'))).toEqual([]);
  expect(of('@middy')).not.toEqual([]);
  expect(of('@middy').filter((file) => !file.startsWith('functions/kit/'))).toEqual([]);
});

test('infrastructure names code by file and never imports it', () => {
  const imports = [...importsOf('lib'), ...importsOf('bin')];
  expect(
    imports.filter(({ to }) => ['functions', 'adapters', 'domain', 'scoring'].includes(roomOf(to))),
  ).toEqual([]);
});

test('nothing that runs imports the rooms of those who work on it', () => {
  const imports = Object.keys(rooms).flatMap(importsOf);
  expect(imports.filter(({ to }) => workshops.includes(roomOf(to)))).toEqual([]);
});

test('packages that hold types alone are imported as types', () => {
  const imports = Object.keys(rooms).flatMap(importsOf);
  const used = imports.filter(({ to }) => types.includes(roomOf(to)));
  expect(used).not.toEqual([]);
  expect(used.filter(({ typeOnly }) => !typeOnly)).toEqual([]);
});

test('the rules are pure: domain, contracts and scoring ask no clock, no chance, no environment and no disk', () => {
  const impure =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|from 'node:(?:fs|http|https|net|child_process)/;
  // What it says of addresses is arithmetic, and connects to nobody.
  const arithmetic = "import { BlockList, isIP } from 'node:net';";
  const files = ['domain', 'contracts', 'scoring'].flatMap(filesOf);
  expect(files.filter((file) => impure.test(readFileSync(file, 'utf8').replace(arithmetic, '')))).toEqual([]);
});

test.each([
  ["import { a } from '../b/c.ts';", 'b/c.ts'],
  ["import type { a } from '../b/c.ts';", 'b/c.ts'],
  ["import a, {\n  b,\n  type C,\n} from '../b/c.ts';", 'b/c.ts'],
  ["import * as z from 'zod';", 'zod'],
  ["import '../b/c.ts';", 'b/c.ts'],
  ["export * from '../b/c.ts';", 'b/c.ts'],
  ['export { a as b } from "../b/c.ts";', 'b/c.ts'],
  ["const b = await import('../b/c.ts');", 'b/c.ts'],
  ["const b = await import(/* why */ '../b/c.ts');", 'b/c.ts'],
  ["const a = 1;import { b } from '../b/c.ts';", 'b/c.ts'],
])('an import is seen however it is spelled: %s', (source, to) => {
  expect(importsIn('a/x.ts', source).map((one) => one.to)).toEqual([to]);
});

test('words about imports are no imports', () => {
  expect(
    importsIn(
      'a/x.ts',
      "// import { a } from '../b/c.ts';\n/** import 'b'\n * from 'c' */\nconst from = 'a';",
    ),
  ).toEqual([]);
});
