import { type Call, transport } from '../../../adapters/aws/signed.ts';
import { bytesOf, unzipped } from '../../scoring/h2oFiles.ts';
import { zipOf } from '../../scoring/zips.ts';
import { openWire } from './wire.ts';

/** Labels of a classifier that are themselves personal data. */
export const labels = ['ada@labels.example.com', '4242 4242 4242 4242', 'plain'];
const stem = 'test/fixtures/models/h2o/gbm-multinomial.zip';

/** A world in which deployments have privacy policies; `city` takes any text, `age` is a number. */
export async function anonymising() {
  const wire = await openWire();
  const { send } = wire;
  const ask = async (method: string, path: string, body: object, status: number) => {
    const got = await send(method, path, { body });
    if (got.status !== status) throw new Error(JSON.stringify(got.body));
    return got.body;
  };

  /** A model whose classes are called as above. */
  async function labelled(project_id: string): Promise<string> {
    const { id } = await ask('POST', '/api/models', { project_id, name: `model ${Math.random()}` }, 201);
    const files = unzipped(stem).set(
      'domains/d002.txt',
      bytesOf(labels.map((label) => `${label}\n`).join('')),
    );
    wire.store.set(`models/uploads/${id}/artifact`, Buffer.from(zipOf([...files])));
    await ask('POST', `/api/models/${id}/complete`, {}, 200);
    return id;
  }

  return {
    ...wire,
    wire,
    labelled,
    policy: async (project_id: string, more: object = {}): Promise<string> =>
      (await ask('POST', '/api/privacy/policies', { project_id, name: 'p', ...more }, 201)).policy_id,
    change: (id: string, body: object) => ask('PATCH', `/api/privacy/policies/${id}`, body, 200),
    rule: (id: string, pii_type: string, action: string, config: object = {}) =>
      ask('POST', `/api/privacy/policies/${id}/rules`, { pii_type, action, config }, 201),
    predict: (id: string, inputs: unknown, options: object = {}, sent: object = {}) =>
      send('POST', `/api/mlops/deployments/${id}/predict`, { body: { inputs, options }, ...sent }),
    /** The newest rows that were logged, newest first. */
    logs: async (id: string, limit = 1) =>
      (await send('GET', `/api/mlops/deployments/${id}/inference-logs?limit=${limit}`)).body.items,
    /** What lies in the table of logs. */
    items: (id: string) =>
      wire.table.items('logs').filter(({ pk }) => String((pk as { S: string }).S).startsWith(id)),
  };
}
export type Anonymising = Awaited<ReturnType<typeof anonymising>>;

/** Let calls that are like this one fail for as long as something runs. */
export async function without<T>(like: (call: Call) => boolean, run: () => Promise<T>): Promise<T> {
  const { send } = transport;
  transport.send = (url, headers, call) =>
    like(call) ? Promise.reject(new Error('not to be had')) : send(url, headers, call);
  try {
    return await run();
  } finally {
    transport.send = send;
  }
}
export const readsPolicy = ({ headers, body }: Call) =>
  String(headers?.['x-amz-target']).endsWith('GetItem') && String(body).includes('POLICY#');
export const readsKey = ({ headers }: Call) =>
  String(headers?.['x-amz-target']) === 'secretsmanager.GetSecretValue';
export const tells = ({ headers, body }: Call) =>
  String(headers?.['x-amz-target']).endsWith('PutItem') && String(body).includes('privacy.weakened');
