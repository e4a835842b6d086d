import type { Deployment } from './deployment.ts';
import type { Refusal, Request } from './operation.ts';

/** Reasons to refuse a change, in the words of the answer. */
export const absent = (what: string): Refusal => ({ code: 'notFound', detail: `${what} not found` });
/** Of what would answer nobody who is to get anonymised answers, and log no inputs. */
export const orphaned = 'The privacy policy of the target does not exist any more';
export const not = (why: string): Refusal => ({ code: 'conflict', detail: why });

/** That a deployment's life forbids it, said with its name where the caller asked for it by its name. */
export const wrongLife = ({ name, life }: Deployment, { deployment_kind }: Request): Refusal =>
  not(deployment_kind === undefined ? `Deployment is ${life}` : `Deployment '${name}' is ${life}`);

/** Whether the caller saw an earlier revision than this: then the change is refused. */
export const moreRecent = (request: Request, deployment: Deployment): Refusal | undefined =>
  request.if_match === undefined || request.if_match === deployment.rev
    ? undefined
    : { code: 'stale', detail: 'The object has changed' };
