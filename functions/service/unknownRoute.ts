import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { routes } from '../../contracts/routes.ts';
import { Problem } from '../../domain/problem.ts';
import { answered } from '../kit/answered.ts';
import { dialectOf, type Reply, worded } from '../kit/wording.ts';

const patterns = routes.map(
  ({ path }) => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
);

/** Behind every path that no route has: not there, or there for another method. */
export const handler = middy<APIGatewayProxyEventV2, Reply>()
  .use(answered({ id: 'unknownRoute', dialect: 'mlops' }))
  .handler(async ({ rawPath }) => {
    const known = patterns.some((pattern) => pattern.test(rawPath));
    const problem = known
      ? new Problem('methodNotAllowed', 'Method Not Allowed')
      : new Problem('notFound', 'Not Found');
    return worded(dialectOf(rawPath), problem);
  });
