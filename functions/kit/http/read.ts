import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import type { Input, Route } from '../../../contracts/route.ts';
import { type Fault, Problem } from '../../../domain/problem.ts';
import { bodyText, bodyValue } from './body.ts';
import { faults } from './faults.ts';
import { lax } from './lax.ts';

/** Path, query and body of a request, read by its contract. All that is wrong with them is said at once. */
export function read<R extends Route>(route: R, event: APIGatewayProxyEventV2): Input<R> {
  try {
    return parts(route, event);
  } catch (thrown) {
    throw route.sensitive && thrown instanceof Problem ? discreet(thrown) : thrown;
  }
}

function parts<R extends Route>(route: R, event: APIGatewayProxyEventV2): Input<R> {
  const text = bodyText(event, route);
  const body = route.body && bodyValue(text, event.headers, route);
  const found: Fault[] = [];
  const input = {
    params: part('path', route.params, event.pathParameters ?? {}, found),
    query: route.query && part('query', route.query, query(event.rawQueryString ?? ''), found),
    body: route.body && part('body', route.body, body, found),
  };
  if (found.length > 0) throw new Problem('invalid', found.slice(0, 20));
  return input as Input<R>;
}

function part<T extends z.ZodType>(name: 'path' | 'query' | 'body', type: T, sent: unknown, found: Fault[]) {
  if (name === 'body' && sent === undefined) {
    found.push({ type: 'missing', loc: ['body'], msg: 'Field required', input: null });
    return undefined;
  }
  const { data, error } = z.safeParse(type, lax(type, sent));
  if (error) found.push(...faults(name, type, error.issues, sent));
  return data;
}

/** A repeated parameter takes its last value; the gateway would join them by commas. */
export const query = (raw: string) => Object.fromEntries(new URLSearchParams(raw));

/** Data of people may stand in an input: the fault names the field and leaves the value out. */
const discreet = ({ code, detail }: Problem) =>
  new Problem(code, typeof detail === 'string' ? detail : detail.map(({ input: _, ...fault }) => fault));
