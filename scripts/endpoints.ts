import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { routes } from '../contracts/routes.ts';

const file = join(import.meta.dirname, '..', 'README.md');
const [from, to] = ['<!-- endpoints: written by `npm run docs` -->', '<!-- /endpoints -->'];

/** This README with the table of endpoints as the contracts have it. */
export function withEndpoints(readme: string): string {
  const rows = routes.map(
    ({ id, group, method, path, scope, summary }) =>
      `| \`${method} ${path}\` | [${id}](functions/${group}/${id}.ts) | ${scope} | ${summary} |`,
  );
  const table = ['| call | function | scope | |', '|---|---|---|---|', ...rows].join('\n');
  const [before, rest = ''] = readme.split(from);
  return `${before}${from}\n${table}\n${to}${rest.split(to)[1]}`;
}

if (import.meta.main) writeFileSync(file, withEndpoints(readFileSync(file, 'utf8')));
