import { readFileSync } from 'node:fs';
import { transport } from '../adapters/aws/signed.ts';
import { createWorld, withModel } from '../test/support/world.ts';
import { latencies } from './statistics.ts';

/** The real predict function in this process, with stand-ins that answer at once where AWS would be. */
export async function inProcess() {
  const world = await createWorld();
  silence();
  const { project_id, model_id } = await withModel(world, '../../../local/sample/tumour-xgboost.json');
  const { id } = (
    await world.call('createDeployment', {
      params: { project_id },
      body: { model_id, name: 'bench', stage: 'staging' },
    })
  ).body;
  const { record } = JSON.parse(readFileSync('local/sample/sample.json', 'utf8')).example;
  const predict = async (rows: number, options = {}) => {
    const inputs = rows === 1 ? record : Array.from({ length: rows }, () => record);
    const { status } = await world.call('predict', {
      params: { deployment_id: id },
      body: { inputs, options },
    });
    if (status !== 200) throw new Error(`predict answered ${status}`);
  };

  const { send } = transport;
  const logged = { status: 200, headers: {}, body: Buffer.from('{}') };
  // Both images are in memory before only the log is left to be sent.
  await predict(1, { include_contributions: true });
  transport.send = async (url, options, call) =>
    /PutItem|UpdateItem/.test(call.headers?.['x-amz-target'] ?? '') ? logged : send(url, options, call);
  const [warm, measured] = [2_000, 10_000];
  const rows = [];
  for (const [what, count, options, runs] of [
    ['1 row', 1, {}, measured],
    ['1 row with contributions', 1, { include_contributions: true }, measured / 2],
    ['100 rows', 100, {}, measured / 10],
  ] as const) {
    for (let i = 0; i < warm / count; i++) await predict(count, options);
    rows.push({ what, ...(await latencies(runs, () => predict(count, options))) });
  }

  transport.send = send;
  world.table.resetUnits();
  const asked = 1_000;
  for (let i = 0; i < asked; i++) await predict(1);
  const { calls, read, write } = world.table.units.total;
  return { rows, each: { calls: calls / asked, read: read / asked, write: write / asked } };
}

/** The functions write a line for every request; a bench of thousands of them has no use for it. */
function silence() {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = ((text: string, ...rest: []) =>
    typeof text === 'string' && text.startsWith('{"_aws"') ? true : write(text, ...rest)) as typeof write;
}
