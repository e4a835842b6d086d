import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Route } from '../../../contracts/route.ts';
import { Problem } from '../../../domain/problem.ts';
import { fault, metric } from '../metrics.ts';
import { type Reply, worded } from './wording.ts';

const always = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};
/** What is empty is not called JSON: published clients would read it as such, and fail. */
const json = (status: number) => status !== 204 && { 'content-type': 'application/json' };
const asked = /^[\x20-\x7e]{1,64}$/;
const most = 5.5 * 1024 * 1024;

/** A Lambda behind the gateway: whatever happens in it, there is an answer in the dialect. */
export const replying = (
  route: Pick<Route, 'id' | 'dialect'>,
  run: (event: APIGatewayProxyEventV2) => Promise<Reply>,
) => middy<APIGatewayProxyEventV2, Reply>().use(answered(route)).handler(run);

/** What every answer has in common: headers, the line in the log, words for what went wrong. */
function answered(route: Pick<Route, 'id' | 'dialect'>): MiddlewareObj<APIGatewayProxyEventV2, Reply> {
  const started = new WeakMap<object, number>();
  const close = (event: APIGatewayProxyEventV2, reply: Reply): Reply => {
    const { statusCode } = reply;
    const took = performance.now() - (started.get(event) ?? performance.now());
    const id = ownRequestId(event) ?? event.requestContext?.requestId ?? '';
    metric(
      {
        Requests: [1, 'Count'],
        // Where there is none, nothing is said: lines are paid for by their bytes.
        ...(statusCode >= 500 && { ServerErrors: [1, 'Count'] }),
        Latency: [Math.round(took * 1000) / 1000, 'Milliseconds'],
      },
      { operationId: route.id, status: statusCode, request: id },
      ['operationId'],
    );
    return { ...reply, headers: { ...json(statusCode), ...always, 'x-request-id': id, ...reply.headers } };
  };
  return {
    before: ({ event }) => {
      started.set(event, performance.now());
    },
    after: (request) => {
      const reply = request.response ?? worded(route.dialect, undefined);
      const fits = reply.body.length < most || Buffer.byteLength(reply.body) < most;
      request.response = close(request.event, fits ? reply : worded(route.dialect, tooMuch()));
    },
    onError: (request) => {
      if (!(request.error instanceof Problem)) fault(route.id, request.error);
      request.response = close(request.event, worded(route.dialect, request.error));
    },
  };
}

/** The id that the caller gave the request, if it is one that may be kept. */
export function ownRequestId(event: APIGatewayProxyEventV2): string | undefined {
  const own = event.headers['x-request-id'];
  return own !== undefined && asked.test(own) ? own : undefined;
}

const tooMuch = () => new Problem('tooLarge', 'The answer would be too large: ask for fewer records');
