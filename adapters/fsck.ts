import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { BatchRun, isOver } from '../domain/batch/run.ts';
import type { Event } from '../domain/change.ts';
import { HistoryEntry, type Kind } from '../domain/deployment.ts';
import type { Survey } from '../domain/invariants.ts';
import { Project } from '../domain/project.ts';
import { env } from './aws/env.ts';
import { table } from './aws/table.ts';
import { deploymentOf } from './deployments/deployments.ts';
import { jobOf } from './deployments/jobs.ts';
import { modelOf } from './models/models.ts';
import { externalOf } from './workspaces/externals.ts';

type Item = Record<string, unknown>;

/** Both tables, whole: the one place that reads so, for a command that an operator runs. */
export async function scan(): Promise<Survey> {
  const [control, repeats] = await Promise.all([
    every(env('CONTROL_TABLE')),
    every(env('IDEMPOTENCY_TABLE')),
  ]);
  return survey(control, repeats);
}

async function every(TableName: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const { Items = [] } of paginateScan({ client: table }, { TableName, ConsistentRead: true }))
    items.push(...Items);
  return items;
}

/** The items of both tables by what they are. */
export function survey(control: readonly Item[], repeats: readonly Item[]): Survey {
  const found: Survey = {
    ...{ projects: [], listed: [], workspaces: [], deployments: [], externals: [], events: [] },
    ...{ history: new Map(), removed: [] },
    ...{ places: [], names: [], uses: [], batchNames: [] },
    batchRuns: { placed: [], kept: [], open: [], watched: [] },
    ...{ models: [], modelPlaces: [], modelNames: [], modelVersions: [] },
    ...{ operations: [], runs: [], open: [], unreadable: [] },
    kept: repeats.filter(({ pk }) => String(pk).startsWith('I#')) as unknown as Survey['kept'],
  };
  for (const item of control) {
    const [pk, sk] = [String(item.pk), String(item.sk)];
    try {
      readers.find(([pattern]) => pattern.test(`${pk}|${sk}`))?.[1](found, item, pk, sk);
    } catch {
      found.unreadable.push(`${pk} ${sk}`);
    }
  }
  for (const id of found.removed) found.history.delete(id);
  for (const entries of found.history.values()) entries.sort((a, b) => a.n - b.n);
  return found;
}

const after = (key: string, prefix: string) => key.slice(prefix.length);
const text = (value: unknown) => String(value);

type Reader = (found: Survey, item: Item, pk: string, sk: string) => void;

/** By the shape of the key, `pk|sk`. What matches none belongs to no invariant. */
const readers: readonly (readonly [RegExp, Reader])[] = [
  [/^P#.*\|STATE$/, (f, item) => f.projects.push(Project.parse(item))],
  [/^PROJECTS\|/, (f, _, __, sk) => f.listed.push(sk)],
  [/^WS#.*\|LOC$/, (f, item, pk) => f.workspaces.push({ name: after(pk, 'WS#'), pid: text(item.pid) })],
  [/^P#.*\|D#external#/, (f, item) => f.externals.push(externalOf(item))],
  [/^P#.*\|D#/, (f, item) => f.deployments.push(deploymentOf(item))],
  [/^P#.*\|E#/, (f, item) => f.events.push(item as unknown as Event)],
  [
    /^DEP#.*\|H#/,
    (f, item, pk) => {
      const dep = after(pk, 'DEP#');
      f.history.set(dep, [...(f.history.get(dep) ?? []), HistoryEntry.parse(item)]);
    },
  ],
  [
    /^DEP#.*\|LOC$/,
    (f, item, pk) => {
      const dep = after(pk, 'DEP#');
      if (item.removed_at !== undefined) f.removed.push(dep);
      else f.places.push({ dep, pid: text(item.pid), kind: item.kind as Kind });
    },
  ],
  [
    /^P#.*\|N#/,
    (f, item, pk, sk) => {
      const [, name = '', version] = /^N#(.*)\/(\d+)$/s.exec(sk) ?? [];
      f.names.push({
        project_id: after(pk, 'P#'),
        name,
        version: Number(version),
        dep: text(item.dep),
        kind: item.kind as Kind,
      });
    },
  ],
  [
    /^MODELNAME#.*\|B#/,
    (f, item, pk, sk) =>
      f.batchNames.push({
        model: after(pk, 'MODELNAME#'),
        name: after(sk, 'B#'),
        dep: text(item.dep),
        archived: item.archived === true,
      }),
  ],
  [/^DEP#.*\|RUN#/, (f, item) => f.batchRuns.placed.push(`${item.run_pk} ${item.run_sk}`)],
  [
    /^P#.*\|RUN#/,
    (f, item, pk, sk) => {
      f.batchRuns.kept.push(`${pk} ${sk}`);
      const run = BatchRun.parse(item);
      if (run.own && !isOver(run)) f.batchRuns.open.push(run.run_id);
    },
  ],
  [/^M#.*\|D#/, (f, _, pk, sk) => f.uses.push({ model_id: after(pk, 'M#'), dep: after(sk, 'D#') })],
  [/^P#.*\|MODEL#/, (f, item) => f.models.push(modelOf(item))],
  [
    /^M#.*\|LOC$/,
    (f, item, pk) =>
      f.modelPlaces.push({ model_id: after(pk, 'M#'), pid: text(item.pid), name: text(item.name) }),
  ],
  [/^MODELNAME#.*\|LOC$/, (f, item) => f.modelNames.push(item as unknown as Survey['modelNames'][number])],
  [
    /^MODELNAME#.*\|V#/,
    (f, item, pk, sk) =>
      f.modelVersions.push({
        name: after(pk, 'MODELNAME#'),
        version: Number(after(sk, 'V#')),
        model_id: text(item.model_id),
      }),
  ],
  [
    /^OP#/,
    (f, item) => {
      const job = jobOf(item);
      if (job.kind === 'drift') f.runs.push(job);
      else f.operations.push(job);
    },
  ],
  [
    /^OPEN\|/,
    (f, item, _, sk) => {
      const [deadline, id = ''] = sk.split('#');
      if (item.dep !== undefined) f.batchRuns.watched.push(id);
      else f.open.push({ id, deadline: Number(deadline) });
    },
  ],
];
