import { openWire, type Sent } from './wire.ts';

/** What a caller says to score `sales.orders` into `sales.scores`. */
export const wanted = {
  name: 'nightly',
  model: { model_version: '1' },
  source: { schema: 'sales', table: 'orders' },
  target: { schema: 'sales', table: 'scores' },
  entity_columns: ['id'],
  domain: 'sales',
  owner: 'ada',
};

/** The system with a model that is ready, where tables are as a deployment wants them and runs are only started. */
export async function openBatch() {
  const wire = await openWire();
  const { project_id } = await wire.ready();
  const tables = { outcome: 'passed', reason: '' };
  wire.functions.set('checkBatch', async () => ({ ...tables }));
  const started: string[] = [];
  const { around } = wire.hooks;
  wire.hooks.around = (call, run) => {
    if (call.command !== 'StartExecution') return around(call, run);
    started.push(call.command);
    return Promise.resolve({}) as ReturnType<typeof run>;
  };

  /** A registered model whose versions are ready, so many. */
  const model = async (versions = 1, in_project = project_id): Promise<string> => {
    const name = `model ${Math.random()}`;
    for (let i = 0; i < versions; i++) {
      const body = { project_id: in_project, name };
      const registered = await wire.send('POST', '/api/models', { body });
      const { model_id } = registered.body;
      const artifact = wire.store.get(`models/models/${await anyModel()}/artifact`);
      wire.store.set(`models/uploads/${model_id}/artifact`, artifact ?? Buffer.alloc(0));
      const completed = await wire.send('POST', `/api/models/${model_id}/complete`);
      if (completed.status !== 200) throw new Error(JSON.stringify(completed.body));
    }
    return name;
  };
  const anyModel = async () => {
    const { body } = await wire.send('GET', `/api/models?project_id=${project_id}&limit=500`);
    return body.items.at(-1).id as string;
  };
  const path = (name: string, rest = '') => `/api/models/${encodeURIComponent(name)}/deployments${rest}`;
  const create = (name: string, more: object = {}, sent: Sent = {}) =>
    wire.send('POST', path(name), { body: { ...wanted, ...more }, ...sent });
  const created = async (name: string, more: object = {}) => {
    const got = await create(name, more);
    if (got.status !== 201) throw new Error(JSON.stringify(got.body));
    return got.body;
  };
  return { ...wire, project_id, tables, started, model, path, create, created };
}
export type Batching = Awaited<ReturnType<typeof openBatch>>;
