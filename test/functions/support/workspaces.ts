import { openWire, type Sent } from './wire.ts';

/** A workspace with one configuration of two versions, and the calls that its tests make. */
export async function openWorkspace() {
  const wire = await openWire();
  const name = `ws-${Math.random().toString(36).slice(2)}`;
  const made = await wire.send('POST', '/api/projects', { body: { name } });
  const base = `/apis/models/v2/workspaces/${name}`;
  const body = { engine: 'nim', model_spec: {}, executor_config: { gpu: 1 } };
  await wire.send('POST', `${base}/deployment-configs`, { body: { name: 'llama', ...body } });
  await wire.send('POST', `${base}/deployment-configs/llama`, { body });
  const to = (path: string) => `${base}/deployments${path}`;
  return {
    ...wire,
    name,
    base,
    project_id: made.body.project_id as string,
    config: (method: string, path: string, sent?: Sent) =>
      wire.send(method, `${base}/deployment-configs${path}`, sent),
    ask: (method: string, path: string, sent?: Sent) => wire.send(method, to(path), sent),
    create: (deployment: string, more: object = {}) =>
      wire.send('POST', to(''), { body: { name: deployment, config: 'llama', ...more } }),
    update: (deployment: string, more: object = {}) =>
      wire.send('POST', to(`/${deployment}`), { body: { config: 'llama', ...more } }),
    report: (deployment: string, told: object, query = '') =>
      wire.send('POST', to(`/${deployment}/status${query}`), { body: told }),
    get: async (deployment: string) => (await wire.send('GET', to(`/${deployment}`))).body,
    /** The outbox and the sequence of events, as they were written about one deployment. */
    events: (dep?: string) =>
      wire.table
        .items('control')
        .filter(({ sk }) => /^(?:E#|OUT#)/.test((sk as { S: string }).S))
        .map((item) => Object.fromEntries(Object.entries(item).map(([k, v]) => [k, Object.values(v)[0]])))
        .filter((item) => dep === undefined || item.dep === dep),
  };
}
export type Workspace = Awaited<ReturnType<typeof openWorkspace>>;

/** The whole numbers from one to another. */
export const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
