import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { plainItem } from '../../adapters/aws/attributes.ts';
import { modelOf } from '../../adapters/models/models.ts';
import { reportOf } from '../../functions/kit/models/report.ts';
import { importModel } from '../../scoring/import.ts';
import { openWire, type Wire } from './support/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await openWire();
});

const modelIn = async (file: string) => {
  const { project_id, model_id } = await wire.ready(file);
  const { body } = await wire.send('GET', `/api/models/${model_id}`);
  return { project_id, model_id, model: body.model };
};

describe('a complete model says what was read of its artifact', () => {
  test('its objective, its size, and that it can explain its answers', async () => {
    const { model, project_id } = await modelIn('xgboost-categorical.json');
    expect(model.report).toEqual({
      format_version: '3.2.0',
      objective: 'binary:logistic',
      features: 5,
      ...{ levels: 10, trees: 12, nodes: 308, depth: 4 },
      contributions: { available: true, reason: null },
      notes: [],
    });
    const { body } = await wire.send('GET', `/api/models?project_id=${project_id}`);
    expect(body.items[0].report).toEqual(model.report);
  });

  test('why it cannot', async () => {
    const { model } = await modelIn('lightgbm-multiclass.txt');
    expect(model.report.contributions).toEqual({
      available: false,
      reason: 'Contributions are not available for multiclass models',
    });
  });

  test('what was left out or read in a way of its own', async () => {
    const { model } = await modelIn('mlflow-xgboost.zip');
    expect(model.report.notes).toContain('The features have the names of the signature.');
  });
});

test('words of a file are bounded, however many and long they are', () => {
  const read = importModel(readFileSync('test/fixtures/models/xgboost-binary.json'));
  if ('refusal' in read) throw new Error(read.refusal.message);
  const notes = Array.from({ length: 50 }, (_, i) => `${i} ${'x'.repeat(1000)}`);
  const report = reportOf({ ...read, report: { ...read.report, notes, objective: 'y'.repeat(301) } });
  expect(report.notes).toHaveLength(20);
  expect(new Set([...report.notes, report.objective].map((text) => text.length))).toEqual(new Set([300]));
  expect(report.notes[3]).toMatch(/^3 x+…$/);
});

test('a model that was registered before there were reports is read and has none', async () => {
  const { project_id, model_id } = await modelIn('xgboost-binary.json');
  const key = { pk: { S: `P#${project_id}` }, sk: { S: `MODEL#${model_id}` } };
  const { report, ...older } = plainItem(wire.table.peek('control', key) as never);
  expect(JSON.parse(String(report))).toMatchObject({ objective: 'binary:logistic' });
  expect(modelOf(older)).toMatchObject({ id: model_id, status: 'ready', report: null });
});
