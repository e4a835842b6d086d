import { noId, type Wire } from './wire.ts';

export const all = '/api/v2/models/liveDeployments';
export const ridOf = (id: string) => `ri.foundry-ml-live.main.live-deployment.${id}`;
export const modelRid = (id: string) => `ri.models.main.model.${id}`;
export const runtime = { minReplicas: 0, maxReplicas: 1 };

/** Every route of the dialect; `rid` is the end of its path where it names a deployment. */
export const routes = {
  get: { method: 'GET', path: '', own: true, scope: 'read' },
  list: { method: 'GET', path: '', own: false, scope: 'read' },
  create: { method: 'POST', path: '', own: false, scope: 'write' },
  replace: { method: 'PUT', path: '', own: true, scope: 'write' },
  transform: { method: 'POST', path: '/transformJson', own: true, scope: 'predict' },
  start: { method: 'POST', path: '/start', own: true, scope: 'write' },
  disable: { method: 'POST', path: '/disable', own: true, scope: 'write' },
} as const;
export type Name = keyof typeof routes;
export const names = Object.keys(routes) as Name[];

const good: Partial<Record<Name, unknown>> = {
  create: {
    deploymentType: { type: 'direct', modelRid: modelRid(noId), branch: 'master' },
    runtimeConfiguration: runtime,
  },
  replace: { runtimeConfiguration: runtime },
  transform: { input: { input_df: [{ a: 1 }] } },
};

export interface Asked {
  rid?: string;
  query?: string;
  body?: unknown;
  raw?: string | Uint8Array;
  headers?: Record<string, string>;
  key?: string | null;
}

/** Ask a route; what nothing is said of is right. */
export function ask(wire: Wire, name: Name, { rid = ridOf(noId), query, raw, ...sent }: Asked = {}) {
  const { method, path, own } = routes[name];
  const search = query ?? (name === 'list' ? `preview=true&modelRid=${modelRid(noId)}` : 'preview=true');
  const body = raw !== undefined || 'body' in sent ? sent.body : good[name];
  return wire.send(method, `${all}${own ? `/${rid}` : ''}${path}?${search}`, {
    ...sent,
    ...(raw === undefined ? body !== undefined && { body } : { raw }),
  });
}

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The status of a refusal and its envelope as it went over the wire, but for the id and the free text in it. */
export function refusal({ status, body }: Awaited<ReturnType<Wire['send']>>) {
  const { errorInstanceId, errorDescription, ...told } = body;
  if (!form.test(errorInstanceId)) throw new Error('no id of this refusal');
  if (typeof errorDescription !== 'string' || errorDescription === '') throw new Error('no description');
  const keys = Object.keys(body).join();
  if (keys !== 'errorCode,errorName,errorInstanceId,errorDescription,parameters') throw new Error(keys);
  return [status, JSON.stringify(told)];
}

export const envelope = (status: number, errorCode: string, errorName: string, parameters: object = {}) => [
  status,
  JSON.stringify({ errorCode, errorName, parameters }),
];
