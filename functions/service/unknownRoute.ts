import { routes } from '../../contracts/routes.ts';
import { Problem } from '../../domain/problem.ts';
import { replying } from '../kit/http/answered.ts';
import { dialectOf, worded } from '../kit/http/wording.ts';

const patterns = routes.map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** Behind every path that no route has: not there, or there for another method. */
export const handler = replying({ id: 'unknownRoute', dialect: 'mlops' }, async ({ rawPath }) => {
  const allow = patterns.filter(({ pattern }) => pattern.test(rawPath)).map(({ method }) => method);
  const problem = allow.length
    ? new Problem('methodNotAllowed', 'Method Not Allowed', { allow: allow.join(', ') })
    : new Problem('notFound', 'Not Found');
  return worded(dialectOf(rawPath), problem);
});
