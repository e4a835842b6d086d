import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change, Decision, Seen } from '../../domain/change.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { ended, type Outcome, type Request } from '../../domain/operation.ts';
import { check, type Item, isContended, put, replace, transact } from '../aws/transact.ts';
import * as batchNames from '../batch/names.ts';
import { at, v } from '../items.ts';
import { projectItem } from '../projects.ts';
import { deploymentItem } from './deployments.ts';
import * as operations from './operations.ts';
import { see } from './seen.ts';

const patience = { tries: 8, milliseconds: 3_000, first: 25, most: 400 };
const contention: Outcome = { refusal: { code: 'busy', detail: 'Busy, try again' } };

/** How the operation ended; or that it goes on, and which model has to load next. */
export type Settled = Outcome | { open: string | null };

/**
 * Decide and write until it is written or decided otherwise. Every try decides anew from a fresh read; what a
 * cancelled try had read is forgotten.
 */
export async function settle(
  request: Request,
  decide: (seen: Seen) => Decision,
  now: string,
): Promise<Settled> {
  const began = Date.now();
  for (let tried = 0; tried < patience.tries && Date.now() - began < patience.milliseconds; tried++) {
    if (tried > 0) await sleep(Math.random() * Math.min(patience.most, patience.first * 2 ** tried));
    const settled = await attempt(request, decide(await see(request)));
    if (settled) return settled;
  }
  return giveUp(request, now);
}

/** Write what was decided, if there is anything to write. Undefined: what it was decided from has changed. */
async function attempt(request: Request, decision: Decision): Promise<Settled | undefined> {
  switch (decision.do) {
    case 'nothing':
      return decision.outcome;
    case 'wait':
      return { open: decision.model_id };
    case 'settle': {
      const { operation } = decision;
      const done = await sent(request, operations.closing(operation, request));
      return done ? (operation.outcome ?? contention) : undefined;
    }
    case 'write': {
      const { change } = decision;
      const done = await sent(request, written(change, request));
      return done
        ? (change.operation?.outcome ?? { open: change.deployments[0]?.after.model_id ?? null })
        : undefined;
    }
  }
}

/** Where others keep coming first, the next try decides anew. */
const sent = (request: Request, items: Item[]): Promise<boolean> =>
  transact(request.op_id, items).catch((error) => {
    if (isContended(error)) return false;
    throw error;
  });

/**
 * Out of tries: the operation fails, unless somebody has closed it meanwhile. One that has stored a deployment stays
 * open: the sweeper closes both together.
 */
async function giveUp(request: Request, now: string): Promise<Outcome> {
  const { operation, deployment } = await see(request);
  if (operation.outcome) return operation.outcome;
  if (deployment?.op_id === request.op_id) return contention;
  await sent(request, operations.closing(ended(operation, contention, now), request));
  return (await operations.get(request.op_id))?.outcome ?? contention;
}

/** One change as one transaction; what was read is the condition of what is written. */
function written({ project, deployments, event, operation }: Change, request: Request): Item[] {
  return [
    replace(projectItem(project.after), { seq: project.before.seq }),
    put({ ...at.event(project.after.id, event.seq), v, ...event }),
    ...deployments.flatMap(({ before, after, history }) => [
      ...(before ? [changed(before, after), ...givenUp(after)] : added(after)),
      ...keptPolicy(before, after),
      ...history.map((entry) => put({ ...at.history(after.id, entry.n), v, ...entry })),
    ]),
    ...(operation
      ? operations.closing(operation, request)
      : [check(at.operation(request.op_id), { state: 'running' })]),
  ];
}

const changed = (before: Deployment, after: Deployment): Item =>
  replace(deploymentItem(after), { rev: before.rev, life: before.life, stage: before.stage });

/** Whoever is archived leaves the name to others. */
const givenUp = (after: Deployment): Item[] =>
  after.batch && after.life === 'archived' ? [batchNames.leaving(after, after.batch)] : [];

/** What begins to run, or to run again, holds on to its policy: who removes one looks for what runs. */
const keptPolicy = (before: Deployment | undefined, { config, life, project_id }: Deployment): Item[] =>
  config.privacy_policy_id && life !== 'archived' && (before?.life ?? 'archived') === 'archived'
    ? [check(at.policy(project_id, config.privacy_policy_id), { id: config.privacy_policy_id })]
    : [];

const salt = () => randomBytes(16).toString('base64url');

const added = (made: Deployment): Item[] => [
  put(deploymentItem(made)),
  // The salt signs what only this deployment's lists may bring back; it never leaves this item.
  put({ ...at.deploymentPlace(made.id), v, pid: made.project_id, kind: made.kind, salt: salt() }),
  made.batch
    ? batchNames.taking(made, made.batch)
    : put({ ...at.named(made.project_id, made.name, made.version), v, dep: made.id, kind: made.kind }),
  put({ ...at.modelUse(made.model_id, made.id), v }),
  check(at.model(made.project_id, made.model_id), { status: 'ready' }),
];
