import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import type { Input, Route } from '../../../contracts/route.ts';
import type { Caller } from '../../../domain/apiKey.ts';
import { invalid, named, problem } from '../../../domain/live/errors.ts';
import { type Fault, Problem } from '../../../domain/problem.ts';
import { bodyText, bodyValue, isJson } from './body.ts';
import { query } from './read.ts';

type Way<R extends Route> = Pick<Input<R>, 'params' | 'query'> & { caller: Caller };
/** Look for the object that a path names; it throws where there is none for this caller. */
export type Find<R extends Route, F> = (way: Way<R>) => Promise<F>;

/**
 * A request read in the order of the live dialect: the preview flag, the path, the object, and only then the body.
 * Nothing is coerced here.
 */
export async function readInTurn<R extends Route, F>(
  route: R,
  event: APIGatewayProxyEventV2,
  caller: Caller,
  find: Find<R, F>,
): Promise<Input<R> & { found: F }> {
  const asked = z.safeParse(route.query ?? z.object({}), query(event.rawQueryString ?? ''));
  if (asked.error?.issues.some(({ path }) => path[0] === 'preview'))
    throw problem(named('ApiFeaturePreviewUsageOnly'));
  const params = z.safeParse(route.params, event.pathParameters ?? {});
  const wrong = asked.error?.issues[0] ?? params.error?.issues[0];
  if (wrong) throw invalid(`${wrong.path.join('.')} is missing or malformed`);
  const way = { params: params.data, query: asked.data } as Way<R>;
  const found = await find({ ...way, caller });
  return { ...way, body: body(route, event), found } as Input<R> & { found: F };
}

function body(route: Route, event: APIGatewayProxyEventV2): unknown {
  const text = bodyText(event, route);
  if (!route.body) return undefined;
  if (text !== undefined && !isJson(event.headers))
    throw new Problem('unsupportedMedia', 'The body must be JSON');
  const { data, error } = z.safeParse(route.body, bodyValue(text, event.headers, route));
  if (error) throw new Problem('invalid', error.issues.slice(0, 1).map(faultOf));
  return data;
}

/** The field is named, and no value of it. */
const faultOf = ({ code, path, message }: z.core.$ZodIssue): Fault => ({
  type: code,
  loc: ['body', ...path.map((step) => String(step).slice(0, 128))],
  msg: code === 'unrecognized_keys' ? 'Unknown field' : message.slice(0, 256),
});
