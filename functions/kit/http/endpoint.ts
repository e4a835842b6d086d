import * as idempotency from '../../../adapters/idempotency.ts';
import type { Told } from '../../../adapters/outbox.ts';
import type { Output, Route } from '../../../contracts/route.ts';
import type { Answer } from '../../../domain/answer.ts';
import { Problem } from '../../../domain/problem.ts';
import { now } from '../clock.ts';
import type { Find } from './inTurn.ts';
import { type Base, pipeline, promised, success } from './pipeline.ts';
import { type Attempt, attempt } from './repeat.ts';
import { type Reply, worded } from './wording.ts';

export type Given<R extends Route> = Base<R> &
  Attempt & {
    /** The revision that the caller saw last, where he says it. */
    ifMatch?: number;
    /** The answer, to be kept together with the change that makes it true. */
    answer(body: Output<R>, kept?: Output<R>): Answer<Output<R>>;
    /** The word of what this request does, for whoever must hear of it and for auditors. */
    told(type: Told['type'], subject: string): Told;
  };

/** Turn a function from a route's input to its output into the Lambda behind it. */
export const endpoint = <R extends Route, F = undefined>(
  route: R,
  run: (given: Given<R> & { found: F }) => Promise<Output<R>>,
  find?: Find<R, F>,
) =>
  pipeline<R, F>(
    route,
    async (base) => {
      const { headers, rawPath } = base.event;
      const taken = await attempt(route, rawPath, headers['idempotency-key'], base.caller.id, base.body);
      if ('statusCode' in taken) return taken;
      return settled(route, run, {
        ...base,
        ...taken,
        ifMatch: revision(headers['if-match']),
        answer: (body, kept = body) => ({
          status: route.status,
          body,
          kept: promised(route, kept) as Output<R>,
          repeat: taken.repeat,
        }),
        told: (type, subject) => {
          const { operationId: id } = taken;
          return { id, type, subject, actor: base.caller.id, at: now() };
        },
      });
    },
    find,
  );

/** Run, and keep what is answered for a repeat of the request; what failed by our fault may be tried anew. */
async function settled<R extends Route, G extends Given<R>>(
  route: R,
  run: (given: G) => Promise<Output<R>>,
  given: G,
): Promise<Reply> {
  const { repeat } = given;
  try {
    const reply = success(route, await run(given));
    if (repeat) await idempotency.complete(repeat, reply.statusCode, reply.body);
    return reply;
  } catch (thrown) {
    const reply = worded(route.dialect, thrown);
    if (repeat && reply.statusCode < 500) await idempotency.complete(repeat, reply.statusCode, reply.body);
    else if (repeat && !(thrown instanceof Problem && thrown.code === 'unsettled'))
      await idempotency.release(repeat);
    throw thrown;
  }
}

/** A weak or unreadable tag matches no revision. */
function revision(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const strong = /^\s*"(\d{1,15})"\s*$/.exec(ifMatch)?.[1];
  return strong === undefined ? -1 : Number(strong);
}
