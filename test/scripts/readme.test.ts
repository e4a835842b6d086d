import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { routes } from '../../contracts/routes.ts';
import { withEndpoints } from '../../scripts/endpoints.ts';

const readme = readFileSync('README.md', 'utf8');

test('the README lists the endpoints that there are', () => {
  expect(readme).toBe(withEndpoints(readme));
  expect(readme).toContain(routes[0].path);
});

test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'])('%s links to files that are there', (file) => {
  const links = [...readFileSync(file, 'utf8').matchAll(/\]\(([^)#:]+)\)/g)].map(([, to = '']) => to);
  expect(links.filter((to) => !existsSync(to))).toEqual([]);
});
