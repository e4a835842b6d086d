import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { readJson, writeWhole } from './files.ts';
import { loopbackOnly } from './loopback.ts';
import type { Plan } from './template/plan.ts';

const folder = join(import.meta.dirname, 'sample');

interface Description {
  features: string[];
  target: string;
  models: { file: string; format: string; algo: string; metrics: Record<string, number> }[];
  example: { record: Record<string, number> };
}

/** What the sample consists of, once it is complete. */
export interface Sample {
  project_id: string;
  deployment_id: string;
  models: string[];
  /** The path of a deployment that scores a table. */
  batch: string;
}

interface Upload {
  method: string;
  url: string;
  headers: Record<string, string>;
}
interface Listed {
  items: { id: string; name: string; status: string; stage: string; is_active: boolean; model_id: string }[];
}
interface Place {
  url: string;
  key: string;
  home: string;
  /** What functions find in their environment. */
  env: Record<string, string>;
  plan: Plan;
  signal?: AbortSignal;
  /** Start the worker of a function that is soon to be called. */
  warm(functionName: string): void;
}
type Ask = <T>(method: string, path: string, body?: object) => Promise<T>;

export const description = (): Description => JSON.parse(readFileSync(join(folder, 'sample.json'), 'utf8'));

const called = [
  ...['listProjects', 'createProject', 'listModels', 'registerModel', 'completeModel', 'listDeployments'],
  ...['createDeployment', 'beginOperation', 'reserveDeployment', 'probeModel', 'commitChange'],
  ...['createBatchDeployment', 'checkBatch', 'listBatchDeployments'],
];

/**
 * A project with two trained models, one of them in production: made through the API, as anybody would.
 * Each step first looks whether it has been done, so that a start that was cut short is gone on with.
 */
export async function makeSample(options: Place): Promise<Sample> {
  const file = join(options.home, 'sample.json');
  const made = readJson<Sample>(file);
  if (made?.batch) return made;
  // Their workers start side by side while the first calls are made.
  for (const name of called) options.warm(name);
  const ask = client(options);
  const { models, ...about } = description();
  const project_id = await project(ask);
  const table = makeTable(options);
  // A failure is met below.
  table.catch(() => {});
  const ready: string[] = [];
  for (const model of models) ready.push(await register(ask, project_id, { ...about, ...model }));
  const deployment_id = await deploy(ask, project_id, ready[0] ?? '');
  await table;
  const batch = await deployBatch(ask, models[0]?.file.replace(/\.\w+$/, '') ?? '');
  const sample = { project_id, deployment_id, models: ready, batch };
  writeWhole(file, sample);
  return sample;
}

async function project(ask: Ask): Promise<string> {
  const { items } = await ask<Listed>('GET', '/api/projects?search=sample&limit=500');
  const found = items.find(({ name }) => name === 'sample');
  if (found) return found.id;
  const description = 'Two models that tell malignant tumours from benign ones, trained on public data';
  return (await ask<{ id: string }>('POST', '/api/projects', { name: 'sample', description })).id;
}

type Model = Omit<Description, 'models'> & Description['models'][number];

async function register(ask: Ask, project_id: string, model: Model): Promise<string> {
  const { file, format, algo, metrics, features, target } = model;
  const name = file.replace(/\.\w+$/, '');
  const { items } = await ask<Listed>('GET', `/api/models?project_id=${project_id}&limit=500`);
  const found = items.find((item) => item.name === name && item.status === 'ready');
  if (found) return found.id;
  const schema = {
    features: features.map((feature) => ({ name: feature, type: 'number' })),
    target,
    problem_type: 'binary',
  };
  const { id, uploads } = await ask<{ id: string; uploads: { artifact: Upload; baseline: Upload } }>(
    'POST',
    '/api/models',
    { project_id, name, algo, format, metrics, schema },
  );
  await Promise.all([upload(uploads.artifact, file), upload(uploads.baseline, 'baseline.csv')]);
  await ask('POST', `/api/models/${id}/complete`);
  return id;
}

async function upload({ method, url, headers }: Upload, file: string): Promise<void> {
  const body = readFileSync(join(folder, file));
  const reply = await fetch(loopbackOnly(url), { method, headers, body });
  await reply.text();
  if (!reply.ok) throw new Error(`the sample: upload of ${file} was answered ${reply.status}`);
}

async function deploy(ask: Ask, project_id: string, model_id: string): Promise<string> {
  const path = `/api/mlops/projects/${project_id}/deployments`;
  const { items } = await ask<Listed>('GET', `${path}?limit=200`);
  const found = items.find(({ stage, is_active }) => stage === 'production' && is_active);
  if (found) return found.id;
  const made = await ask<{ id: string; is_active: boolean }>('POST', path, {
    model_id,
    name: 'tumour',
    stage: 'production',
  });
  if (!made.is_active) throw new Error('the sample: its deployment did not become active');
  return made.id;
}

/** The rows of the sample as a table, made by a process of its own: the engine is nothing for this one. */
async function makeTable({ env, plan, signal }: Place): Promise<void> {
  const told = plan.functions.find((fn) => fn.env.CATALOGS)?.env.CATALOGS ?? '';
  const child = spawn(process.execPath, [join(import.meta.dirname, 'sampleTable.ts')], {
    env: { ...env, CATALOGS: told },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  const [words, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`the sample: its table could not be made\n${words.trim().slice(-2000)}`);
}

/** A deployment that scores the sample's table every morning, and whenever somebody asks. */
async function deployBatch(ask: Ask, model: string): Promise<string> {
  const path = `/api/models/${model}/deployments`;
  const body = {
    name: 'patients',
    model: { model_version: '1' },
    source: { schema: 'sample', table: 'patients' },
    target: { schema: 'sample', table: 'predictions' },
    ...{ entity_columns: ['patient_id'], domain: 'sample', owner: 'sample', schedule: '0 6 * * *' },
  };
  const { items } = await ask<{ items: { name: string; status: string }[] }>('GET', path);
  const found = items.find(({ name }) => name === body.name);
  const { status } = found ?? (await ask<{ status: string }>('POST', path, body));
  if (status !== 'active') throw new Error(`the sample: its batch deployment is ${status}`);
  return `${path}/${body.name}`;
}

const client =
  ({ url, key, signal }: Place): Ask =>
  async (method, path, body) => {
    const reply = await fetch(loopbackOnly(url + path), {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
      signal,
    });
    const text = await reply.text();
    if (!reply.ok)
      throw new Error(`the sample: ${method} ${path} was answered ${reply.status} ${text.slice(0, 300)}`);
    return JSON.parse(text);
  };
