import { readFileSync } from 'node:fs';
import { vi } from 'vitest';
import type { Raw } from '../../../domain/drift/profile.ts';
import { delivered, logStream } from '../../support/logs.ts';
import { openWire } from './wire.ts';

const artifact = readFileSync('local/sample/tumour-xgboost.json');
const sample = readFileSync('local/sample/baseline.csv');
const [header = '', ...lines] = sample.toString().trim().split('\n');
const columns = header.split(',');
/** The rows of the baseline as a caller would send them. */
export const rows: Raw[] = lines.map((line) =>
  Object.fromEntries(line.split(',').map((cell, i) => [columns[i], Number(cell)] as const)),
);

/** 2026-06-15T12:30:00Z */
export const start = Date.UTC(2026, 5, 15, 12, 30);
export const itIs = (time: number) => vi.setSystemTime(time);
export const passes = (milliseconds: number) => itIs(Date.now() + milliseconds);

/** A world where a model with a baseline of 426 rows can be deployed, called, counted and looked at. */
export async function drifting() {
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  const wire = await openWire();
  const { send } = wire;
  const { body: project } = await send('POST', '/api/projects', { body: { name: 'drift' } });
  const project_id: string = project.project_id;

  async function model(baseline: Uint8Array | null = sample, file?: string): Promise<string> {
    const body = { project_id, name: `model ${Math.random()}` };
    const { id } = (await send('POST', '/api/models', { body })).body;
    const bytes = file ? readFileSync(`test/fixtures/models/${file}`) : artifact;
    wire.store.set(`models/uploads/${id}/artifact`, bytes);
    if (baseline) wire.store.set(`models/uploads/${id}/baseline`, Buffer.from(baseline));
    const { status } = await send('POST', `/api/models/${id}/complete`);
    if (status !== 200) throw new Error('the model was not completed');
    return id;
  }

  async function predict(id: string, inputs: readonly Raw[]): Promise<void> {
    const { status } = await send('POST', `/api/mlops/deployments/${id}/predict`, { body: { inputs } });
    if (status !== 200) throw new Error('not predicted');
  }

  const told = logStream(wire);
  return {
    ...{ ...wire, wire, project_id, model, predict },
    deploy: (model_id: string, more: object = {}) => wire.deploy(project_id, model_id, more),
    /** Count all that was logged. */
    count: () => delivered(wire, told()),
    run: (id: string, sent: object = {}) => send('POST', `/api/mlops/deployments/${id}/drift/run`, sent),
    drift: (id: string, query = '', sent: object = {}) =>
      send('GET', `/api/mlops/deployments/${id}/drift${query}`, sent),
    job: async (id: string) => (await send('GET', `/api/jobs/${id}`)).body.job,
  };
}
export type Drifting = Awaited<ReturnType<typeof drifting>>;
