import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as deployments from '../../../adapters/deployments/deployments.ts';
import type { Caller } from '../../../domain/apiKey.ts';
import { unsettled } from '../../../domain/problem.ts';
import { asked, finished } from '../machines/run.ts';
import { loadManaged, type Place } from './named.ts';
import { viewOf } from './view.ts';

interface Given {
  params: Place;
  caller: Caller;
  operationId: string;
  ifMatch?: number;
  before?: string;
  event: APIGatewayProxyEventV2;
  header(name: string, value: string): void;
}

/** Stop, start or archive a deployment that is named in this dialect, and show it as it is then. */
export async function change(kind: 'stop' | 'start' | 'deactivate', given: Given) {
  const found = await loadManaged(given.caller, given.params);
  const { caller, operationId, ifMatch } = given;
  // The answer is not the operation's own, so it is kept by the endpoint and not together with the change.
  const request = { kind, deployment_kind: found.kind, ...asked(found, { caller, operationId, ifMatch }) };
  await finished(request, given);
  const after = await deployments.get(found.project_id, found.kind, found.id);
  if (!after) throw unsettled(operationId);
  return viewOf(after, { model: given.params.model, event: given.event });
}
