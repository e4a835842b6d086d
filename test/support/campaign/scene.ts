import { readFileSync } from 'node:fs';
import { attributes } from '../../../adapters/aws/attributes.ts';
import { client, once } from '../../../adapters/aws/table.ts';
import { at } from '../../../adapters/items.ts';
import { minted, Scope } from '../../../domain/apiKey.ts';
import { time } from '../../../domain/fields.ts';
import { idAt } from '../../../domain/id.ts';
import { type Clock, createClock } from '../clock.ts';
import type { Item } from '../dynamodb/types.ts';
import { retryAtOnce } from '../fault.ts';
import { random } from '../random.ts';
import { createWorld, type World } from '../world.ts';
import { hold, logged, runText } from './nature.ts';

/** What stands before anybody acts: a production, staging ones beside it, an archived one to go back to. */
export type Ids = {
  project: string;
  model: string;
  other: string;
  production: string;
  staging: [string, string, string];
  archived: string;
};
/** A world, and what was in its tables when the scene was set. */
export type Stage = { world: World; scene: string; began: number; sleepers: { clock: Clock } };

const began = Date.UTC(2026, 0, 1);
const template = 0xf00dfa;
const file = 'xgboost-linear.json';

/** Build the system once for this process, and the scene once through its own API. */
async function setStage(): Promise<Stage> {
  process.stdout.write = quiet(process.stdout.write.bind(process.stdout));
  const sleepers = { clock: createClock(began) };
  hold({ clock: sleepers.clock, random: random(1), run: template, pauses: true });
  const world = await createWorld(() => sleepers.clock.now());
  Object.assign(client.config, { retryStrategy: async () => retryAtOnce(2) });
  Object.assign(once.config, { retryStrategy: async () => retryAtOnce(1) });
  const ids = await build(world);
  sleepers.clock.advance(60_000);
  const tables = Object.fromEntries(
    ['control', 'idempotency'].map((name) => [name, world.hooks.table.items(name)]),
  );
  const objects = [...world.store].map(([place, bytes]) => [place, bytes.toString('base64')]);
  const scene = JSON.stringify({ ids, tables, objects });
  return { world, scene, began: sleepers.clock.now(), sleepers };
}

let set: Promise<Stage> | undefined;
/** The stage of this process, and of this copy of the system. */
export function theStage(): Promise<Stage> {
  set ??= setStage();
  return set;
}

/** The lines of the system's own log go nowhere; what tests print does. */
function quiet(write: typeof process.stdout.write): typeof process.stdout.write {
  return ((text: unknown, ...rest: []) => {
    if (typeof text !== 'string' || !/^\{"(?:_aws|level)"/.test(text)) return write(text as string, ...rest);
    if (text.includes('"InvariantBroken":1')) logged.broken++;
    if (text.includes('"LogSpooled":1')) logged.spooled++;
    if (text.includes('"LogDropped":1')) logged.dropped++;
    return true;
  }) as typeof process.stdout.write;
}

async function build({ call, store }: World): Promise<Ids> {
  const bytes = readFileSync(`test/fixtures/models/${file}`);
  const project = (await call('createProject', { body: { name: 'p' } })).body.project_id as string;
  const register = async (name: string) => {
    const { model_id } = (await call('registerModel', { body: { project_id: project, name } })).body;
    store.set(`models/uploads/${model_id}/artifact`, bytes);
    const { status } = await call('completeModel', { params: { model_id } });
    if (status !== 200) throw new Error('the scene has no model');
    return model_id as string;
  };
  const [model, other] = [await register('m'), await register('o')];
  const deploy = async (stage: string, name = 'd') => {
    const { body } = await call('createDeployment', {
      params: { project_id: project },
      body: { model_id: model, name, stage },
    });
    if (!body.is_active) throw new Error('the scene has no deployment');
    return body.id as string;
  };
  const [archived, production] = [await deploy('production'), await deploy('production')];
  const staging: Ids['staging'] = [
    await deploy('staging'),
    await deploy('staging'),
    await deploy('staging', 'e'),
  ];
  return { project, model, other, production, staging, archived };
}

export type Raised = { ids: Ids; key: string; caller: string };

/** The scene anew, under ids that only this run has. */
export async function raise(
  { world, scene, began, sleepers }: Stage,
  run: number,
  seed: number,
  pauses = true,
): Promise<Raised> {
  sleepers.clock = createClock(began);
  const chance = random(seed);
  hold({ clock: sleepers.clock, random: chance, run, pauses });
  world.hooks.renew();
  world.store.clear();
  world.published.length = 0;
  const { ids, tables, objects } = JSON.parse(scene.replaceAll(runText(template), runText(run)));
  for (const [TableName, items] of Object.entries(tables as Record<string, Item[]>))
    for (const Item of items) await world.hooks.table.send('PutItem', { TableName, Item });
  // What stood before the scene is the scene: a stale read finds nothing older.
  const pointers = (tables.control as Item[]).filter(({ sk }) => sk?.S === 'STATE');
  for (const Item of pointers) await world.hooks.table.send('PutItem', { TableName: 'control', Item });
  for (const [place, bytes] of objects as [string, string][])
    world.store.set(place, Buffer.from(bytes, 'base64'));
  return { ids, ...(await newKey(world, run)) };
}

async function newKey(world: World, run: number): Promise<{ key: string; caller: string }> {
  const salt = Buffer.alloc(24);
  salt.writeUIntBE(run, 18, 6);
  const wanted = {
    name: 'k',
    kind: 'platform' as const,
    roles: [],
    project_ids: null,
    expires_at: null,
    scopes: Scope.options,
  };
  const made = { id: idAt(Date.now(), salt.subarray(14)), by: 'test', at: time(Date.now()) };
  const { key, digest, spelled } = minted(wanted, made, salt);
  const item = { ...at.key(key.id), v: 1, ...key, last_used_at: key.created_at };
  const Item = { ...attributes(item), digest: { B: digest } } as Item;
  await world.hooks.table.send('PutItem', { TableName: 'keys', Item });
  return { key: spelled, caller: `key:${key.id}` };
}
