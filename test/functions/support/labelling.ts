import { readFileSync } from 'node:fs';
import { vi } from 'vitest';
import { attributes, plainItem } from '../../../adapters/aws/attributes.ts';
import { answeredOf } from '../../../adapters/logs/logCodec.ts';
import { modelOf } from '../../../adapters/models/models.ts';
import { millisecondsOf } from '../../../domain/id.ts';
import { hourOf } from '../../../domain/log.ts';
import { type Answered, sumsOf } from '../../../domain/quality/actuals.ts';
import { type Judge, judgeOf } from '../../../domain/quality/judge.ts';
import { add, none, type Sums } from '../../../domain/quality/sums.ts';
import type { Item } from '../../support/dynamodb/types.ts';
import { itemBytes } from '../../support/dynamodb/value.ts';
import { encode } from '../../support/dynamodb/wire.ts';
import { delivered, recordOf } from '../../support/logs.ts';
import { createWorld, withModel } from '../../support/world.ts';
import { itIs, noon } from './counting.ts';
import { onEngine, type Send } from './onEngine.ts';

type Row = Record<string, unknown>;
type Told = { prediction: string | number; probabilities?: Record<string, number> };
interface Deployed {
  id: string;
  project_id: string;
  model_id: string;
}
export interface Predicted extends Told {
  id: string;
}
export interface Report {
  id: string;
  actual: string | number;
  observed_at?: string;
}

/** A world where it is a minute past noon, and what is done in it; `toEngine` goes on with the tables of the local stack. */
export async function labelling() {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.useFakeTimers({ toFake: ['Date'] });
  itIs(noon + 60_000);
  const world = await createWorld();
  const send: Send = (command, input) => world.hooks.table.send(command, input as never) as never;
  const items = async (name: string) => world.hooks.table.items(name);
  let tables = { send, items, stop: async () => {} };
  const toEngine = async () => {
    const engine = await onEngine(world);
    if (!engine) return false;
    tables = engine;
    return true;
  };
  const of = (deployment_id: string) => ({ params: { deployment_id } });

  const deploy = async (file: string) => {
    const { project_id, model_id } = await withModel(world, file);
    const body = { model_id, name: 'labelled', stage: 'staging' };
    const { id } = (await world.call('createDeployment', { params: { project_id }, body })).body;
    return { id: id as string, project_id, model_id };
  };
  const predict = async (deployment_id: string, inputs: Row[]): Promise<Predicted[]> => {
    const body = { inputs, options: { include_probabilities: true } };
    const got = await world.call('predict', { ...of(deployment_id), body });
    if (got.status !== 200) throw new Error(JSON.stringify(got.body));
    return got.body.predictions.map((told: Told, i: number) => ({ ...told, id: got.body.log_ids[i] }));
  };
  const report = (deployment_id: string, actuals: unknown, more: object = {}) =>
    world.call('reportActuals', { ...of(deployment_id), body: { actuals }, ...more });
  const quality = async (deployment_id: string, query = '') =>
    (await world.call('getMetrics', { ...of(deployment_id), query })).body.quality;

  const told = new Set<string>();
  let sequence = 10n ** 20n;
  /** Everything that was logged since is counted. */
  const count = async () => {
    const fresh = (await tables.items('logs')).filter(({ sk }) => !told.has(String(sk?.S)));
    for (const { sk } of fresh) told.add(String(sk?.S));
    const records = fresh
      .toSorted((a, b) => (String(a.sk?.S) < String(b.sk?.S) ? -1 : 1))
      .map((item) => {
        sequence += 7n;
        return recordOf(item, sequence);
      });
    if ((await delivered(world, records)) < records.length) throw new Error('a log was not counted');
  };

  const logs = async (id: string) =>
    (await tables.items('logs')).filter(({ pk }) => String(pk?.S).startsWith(`${id}#`));
  /** What an item weighs, as it is billed. */
  const bytesOf = (item: object) => itemBytes(item as never);
  /** The counters as they are, and as the labels say that they have to be: by hour, without those of 0. */
  const counters = async ({ id, project_id, model_id }: Deployed) => {
    const key = attributes({ pk: `P#${project_id}`, sk: `MODEL#${model_id}` });
    const { Item } = (await tables.send('GetItem', { TableName: 'control', Key: key })) as { Item: object };
    const items = (await tables.items('aggregates')).filter(({ pk }) => pk?.S === `Q#${id}`);
    const judge = judgeOf(modelOf(plain(Item)));
    return { found: counted(items), wanted: recounted(judge, (await logs(id)).map(plain)) };
  };
  /** Calls of DynamoDB of one kind, and how they end where a test says so; how many there were. */
  const around = (command: string, end: (nth: number, run: () => Promise<unknown>) => Promise<unknown>) => {
    let nth = 0;
    world.hooks.around = ((call: { command: string }, run: () => Promise<unknown>) =>
      call.command === command ? end(++nth, run) : run()) as typeof world.hooks.around;
    return () => nth;
  };
  const stop = () => tables.stop();
  return {
    world,
    toEngine,
    send,
    stop,
    around,
    deploy,
    predict,
    report,
    quality,
    count,
    logs,
    bytesOf,
    counters,
  };
}

const plain = (item: object) => plainItem(JSON.parse(encode(item)));

function counted(items: Item[]) {
  const hours = items.map(({ pk: _, sk, v: __, exp: ___, ...rest }) => {
    const sums = Object.entries(rest).map(([name, { N }]) => [name, BigInt(String(N))] as const);
    return [String(sk?.S).slice(2), new Map(sums.filter(([, amount]) => amount !== 0n))] as const;
  });
  return listed(new Map(hours));
}

function recounted(judge: Judge, items: Row[]) {
  const hours = new Map<string, Sums>();
  for (const item of items) {
    const log = answeredOf(item);
    const of = hourOf(millisecondsOf(String(item.sk)));
    for (const [row, actual] of log?.actuals ?? [])
      hours.set(of, add(hours.get(of) ?? none, sumsOf(judge, log as Answered, row, actual)));
  }
  return listed(hours);
}

const listed = (hours: ReadonlyMap<string, Sums>) =>
  [...hours]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([of, sums]) => [of, [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))]);

/** Rows of the sample, each with what came true of it. */
export function tumours(): { inputs: Row; actual: string }[] {
  const [head = '', ...lines] = readFileSync('local/sample/baseline.csv', 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const values = line.split(',').map(Number);
    const row = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    return { inputs: row, actual: String(row.malignant) };
  });
}

/** The sample's own model, from where fixtures lie. */
export const tumourModel = '../../../local/sample/tumour-xgboost.json';
