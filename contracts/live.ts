import * as z from 'zod';
import { ridForm } from '../domain/live/rid.ts';
import { RuntimeConfiguration } from '../domain/live/runtime.ts';
import { states } from '../domain/live/view.ts';
import { route } from './route.ts';
import { nothing } from './shapes.ts';

const shared = { group: 'live', dialect: 'live' } as const;
const all = '/api/v2/models/liveDeployments';
const one = `${all}/{liveDeploymentRid}` as const;

const Rid = z.string().max(1024).regex(ridForm);
const params = z.object({ liveDeploymentRid: Rid.describe('Resource identifier of the deployment') });
/** The published page calls it optional; its gateway refuses every call without it. */
const preview = z.literal('true');
const query = z.object({ preview });

const LiveDeployment = z
  .object({
    rid: z.string(),
    modelVersion: z.object({ modelRid: z.string(), modelVersionRid: z.string() }),
    branch: z.string().optional(),
    runtimeConfiguration: RuntimeConfiguration,
    status: z.object({ state: z.enum(states), isReady: z.boolean() }),
  })
  .meta({ id: 'LiveDeployment' });

export const getLiveDeployment = route({
  ...shared,
  id: 'getLiveDeployment',
  scope: 'read',
  method: 'GET',
  path: one,
  summary: 'One deployment, the model version that it serves and what it runs on',
  params,
  query,
  status: 200,
  returns: LiveDeployment,
});

export const listLiveDeployments = route({
  ...shared,
  id: 'listLiveDeployments',
  scope: 'read',
  method: 'GET',
  path: all,
  summary: 'The online deployments of a model, newest first',
  params: nothing,
  query: z.object({ preview, modelRid: Rid, branch: z.string().max(255).optional() }),
  status: 200,
  returns: z.object({ data: z.array(LiveDeployment) }),
});

export const createLiveDeployment = route({
  ...shared,
  id: 'createLiveDeployment',
  scope: 'write',
  method: 'POST',
  path: all,
  summary: 'Deploy the newest version of a model, or the one that the alias named by the branch stands for',
  params: nothing,
  query,
  body: z
    .strictObject({
      deploymentType: z.strictObject({
        type: z.literal('direct'),
        modelRid: Rid,
        branch: z.string().max(255),
      }),
      runtimeConfiguration: RuntimeConfiguration,
    })
    .meta({ id: 'CreateLiveDeployment' }),
  operates: true,
  repeatable: true,
  status: 200,
  returns: LiveDeployment,
});

export const replaceLiveDeployment = route({
  ...shared,
  id: 'replaceLiveDeployment',
  scope: 'write',
  method: 'PUT',
  path: one,
  summary: 'Replace what a deployment runs on; minReplicas keeps as many functions warm',
  params,
  query,
  body: z.strictObject({ runtimeConfiguration: RuntimeConfiguration }),
  repeatable: true,
  status: 200,
  returns: LiveDeployment,
});

export const transformJson = route({
  ...shared,
  id: 'transformJson',
  scope: 'predict',
  method: 'POST',
  path: `${one}/transformJson`,
  summary: 'Score one record, or a table under one name; every record is logged',
  params,
  query,
  body: z.strictObject({ input: z.record(z.string(), z.unknown()) }),
  maxBytes: 1024 * 1024,
  sensitive: true,
  status: 200,
  returns: z.object({ output: z.record(z.string(), z.unknown()) }),
  trusted: true,
});

const command = {
  ...shared,
  scope: 'write',
  method: 'POST',
  params,
  query,
  operates: true,
  repeatable: true,
} as const;

export const startLiveDeployment = route({
  ...command,
  id: 'startLiveDeployment',
  path: `${one}/start`,
  summary: 'Put a disabled deployment back into service, once its model is known to load',
  status: 204,
  returns: z.undefined(),
});

export const disableLiveDeployment = route({
  ...command,
  id: 'disableLiveDeployment',
  path: `${one}/disable`,
  summary: 'Take a deployment out of service for a while; in production it stays the one of its project',
  status: 204,
  returns: z.undefined(),
});
