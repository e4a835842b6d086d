import {
  alreadyEnded,
  assertPointer,
  born,
  type Decision,
  entry,
  event,
  moved,
  refuse,
  type Seen,
  settle,
  step,
  superseded,
  write,
} from './change.ts';
import { resultOf } from './created.ts';
import { type Deployment, life as follows } from './deployment.ts';
import type { Request, RequestOf } from './operation.ts';
import { pause } from './pauses.ts';
import { absent, moreRecent, not, orphaned, wrongLife } from './refusals.ts';

/** Store a new deployment, before its model was ever loaded. */
export function reserve(request: RequestOf<'deploy'>, seen: Seen, at: string): Decision {
  const over = alreadyEnded(seen);
  if (over) return over;
  const { model } = seen;
  if (!model || model.project_id !== request.project_id) return refuse(seen, absent('Model'), at);
  if (model.status !== 'ready') return refuse(seen, not('Model is not ready'), at);
  // A step that was answered to nobody is done again: what it has stored stands.
  if (seen.deployment?.op_id === request.op_id) return { do: 'wait', model_id: seen.deployment.model_id };
  if (seen.deployment) return refuse(seen, not('Deployment exists'), at);
  if (seen.policyGone) return refuse(seen, absent('Privacy policy'), at);
  if (seen.takenElsewhere) return refuse(seen, not('Deployment name is taken by an external deployment'), at);
  if (seen.holder !== undefined)
    return refuse(seen, not(`Deployment '${request.name}' already exists for model '${model.name}'`), at);
  const made = born(request, request.deployment_id, model, seen.nextVersion ?? 1, at);
  const history = [entry(1, { ...made, life: 'pending' }, request), entry(2, made, request)];
  return {
    do: 'write',
    change: {
      project: step(seen.project, { [made.kind]: 1 }),
      deployments: [{ after: { ...made, h: 2 }, history }],
      event: event('deployment.created', seen, made.id, at),
    },
  };
}

/** Carry out what was asked, now that the model in question is known to load. */
export function carryOut(request: Request, seen: Seen, at: string): Decision {
  const over = alreadyEnded(seen);
  if (over) return over;
  assertPointer(seen);
  switch (request.kind) {
    case 'deploy':
      return activate(request, seen, at);
    case 'promote':
      return promote(request, seen, at);
    case 'rollback':
      return rollback(request, seen, at);
    case 'deactivate':
      return deactivate(request, seen, at);
    case 'stop':
    case 'start':
      return pause(request, seen, at);
  }
}

/** What would become of a request by now: what cannot come about is refused before a model is loaded for it. */
export function foresee(request: Request, seen: Seen, at: string): Decision {
  const decision = carryOut(request, seen, at);
  return decision.do === 'write' ? { do: 'wait', model_id: modelToLoad(request, seen) } : decision;
}

function modelToLoad(request: Request, { deployment, target, model }: Seen): string | null {
  if (request.kind === 'promote' || request.kind === 'start') return deployment?.model_id ?? null;
  return request.kind === 'rollback' ? (target?.model_id ?? model?.id ?? null) : null;
}

/** End an operation whose model does not load, or that was abandoned. A new deployment is then a failed one. */
export function giveUp(request: Request, seen: Seen, reason: string, at: string): Decision {
  const over = alreadyEnded(seen);
  if (over) return over;
  const { deployment } = seen;
  if (request.kind !== 'deploy') return refuse(seen, not(reason), at);
  if (!deployment || deployment.op_id !== request.op_id || !follows[deployment.life].includes('failed'))
    return refuse(seen, not(reason), at);
  const failed = moved(deployment, { life: 'failed', status_message: reason.slice(0, 1000) }, request, at);
  return write('deployment.failed', seen, {
    deployments: [failed],
    result: resultOf(failed.after, request),
    at,
  });
}

function activate(request: RequestOf<'deploy'>, seen: Seen, at: string): Decision {
  const { deployment, production } = seen;
  if (!deployment || deployment.op_id !== request.op_id || deployment.life !== 'deploying')
    return refuse(seen, not('Deployment has changed'), at);
  const active = { life: 'active', stage: request.stage, status_message: '' } as const;
  const up = moved(deployment, active, request, at);
  const result = resultOf(up.after, request);
  if (request.stage === 'staging')
    return write('deployment.activated', seen, { deployments: [up], result, at });
  const deployments = [up, ...superseded(production, request, at)];
  return write('deployment.activated', seen, { deployments, prod: deployment.id, result, at });
}

function promote(request: RequestOf<'promote'>, seen: Seen, at: string): Decision {
  const { deployment, production, project } = seen;
  if (!deployment) return refuse(seen, absent('Deployment'), at);
  const changed = moreRecent(request, deployment);
  if (changed) return refuse(seen, changed, at);
  if (project.prod === deployment.id && deployment.life === 'active')
    return settle(seen, live(deployment.id, null), at);
  if (deployment.life === 'archived') return refuse(seen, not('Deployment is archived, use rollback'), at);
  if (deployment.life !== 'active') return refuse(seen, not(`Deployment is ${deployment.life}`), at);
  const up = moved(deployment, { stage: 'production' }, request, at);
  return write('deployment.promoted', seen, {
    deployments: [up, ...superseded(production, request, at)],
    prod: deployment.id,
    result: live(deployment.id, production?.id ?? null),
    at,
  });
}

function rollback(request: RequestOf<'rollback'>, seen: Seen, at: string): Decision {
  if (!seen.deployment) return refuse(seen, absent('Deployment'), at);
  const changed = moreRecent(request, seen.deployment);
  if (changed) return refuse(seen, changed, at);
  return request.to_deployment_id ? backToDeployment(request, seen, at) : backToModel(request, seen, at);
}

function backToDeployment(request: RequestOf<'rollback'>, seen: Seen, at: string): Decision {
  const { target, production, project } = seen;
  if (!target) return refuse(seen, absent('Deployment'), at);
  if (project.prod === target.id && target.life === 'active') return settle(seen, live(target.id, null), at);
  if (target.life !== 'archived') return refuse(seen, not('Target deployment is not archived'), at);
  if (seen.policyGone) return refuse(seen, not(orphaned), at);
  const { archived_at: _, ...restored } = target;
  const again = { life: 'active', stage: 'production', status_message: '' } as const;
  const up = moved(restored, again, request, at);
  return write('deployment.rolled_back', seen, {
    deployments: [up, ...superseded(production, request, at)],
    prod: target.id,
    result: live(target.id, production?.id ?? null),
    at,
  });
}

function backToModel(request: RequestOf<'rollback'>, seen: Seen, at: string): Decision {
  const { deployment, production, model } = seen;
  if (!model || model.project_id !== request.project_id) return refuse(seen, absent('Model'), at);
  if (model.status !== 'ready') return refuse(seen, not('Model is not ready'), at);
  if (!deployment) return refuse(seen, absent('Deployment'), at);
  if (seen.policyGone) return refuse(seen, not(orphaned), at);
  const like = { ...request, name: deployment.name, config: deployment.config, stage: 'production' as const };
  const made: Deployment = {
    ...born(like, request.new_deployment_id, model, seen.nextVersion ?? 1, at),
    life: 'active',
    stage: 'production',
    rolled_back_from: deployment.id,
    // Whoever might not call the old one may not call the new one either.
    allowed_roles: deployment.allowed_roles,
  };
  return write('deployment.rolled_back', seen, {
    deployments: [
      { after: made, history: [entry(1, made, request)] },
      ...superseded(production, request, at),
    ],
    prod: made.id,
    result: live(made.id, production?.id ?? null),
    grown: { online: 1 },
    at,
  });
}

function deactivate(request: RequestOf<'deactivate'>, seen: Seen, at: string): Decision {
  const { deployment, project } = seen;
  if (!deployment) return refuse(seen, absent('Deployment'), at);
  const changed = moreRecent(request, deployment);
  if (changed) return refuse(seen, changed, at);
  if (deployment.life === 'archived') return settle(seen, { ok: true }, at);
  if (!follows[deployment.life].includes('archived')) return refuse(seen, wrongLife(deployment, request), at);
  const down = moved(deployment, { life: 'archived', stage: 'archived', archived_at: at }, request, at);
  const prod = project.prod === deployment.id ? null : project.prod;
  return write('deployment.deactivated', seen, { deployments: [down], prod, result: { ok: true }, at });
}

const live = (id: string, archived: string | null) => ({
  ok: true,
  deployment_id: id,
  stage: 'production',
  archived_deployment_id: archived,
});
