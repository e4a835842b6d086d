import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The system with one promise taken out of its source: `[file, text, other text]`. */
export type Mutant = { name: string; edits: readonly (readonly [string, string, string])[] };

const changes = 'adapters/deployments/changes.ts';
const sequence = 'replace(projectItem(project.after), { seq: project.before.seq })';
const numbered = 'put({ ...at.event(project.after.id, event.seq), v, ...event })';
const anyItem = ['put, replace, transact }', 'put, replace, transact, upsert }'] as const;
const send =
  'await once.send(new TransactWriteCommand({ TransactItems: items, ClientRequestToken: token }));';

/**
 * Where two conditions guard the same thing, both are taken out: the sequence number guards the rows too, and the
 * number of an event guards the sequence.
 */
export const mutants: readonly Mutant[] = [
  {
    name: 'no condition on the sequence number',
    edits: [
      [changes, sequence, 'replace(projectItem(project.after), { id: project.before.id })'],
      [changes, numbered, numbered.replace('put', 'upsert')],
      [changes, ...anyItem],
    ],
  },
  {
    name: 'no condition on the old production, nor on the number it was decided from',
    edits: [
      [changes, '{ rev: before.rev, life: before.life, stage: before.stage }', '{ id: before.id }'],
      [
        'adapters/deployments/seen.ts',
        '...{ project, operation,',
        '...{ project: { ...project, seq: (await projects.get(project_id) ?? project).seq }, operation,',
      ],
    ],
  },
  {
    name: 'a token made from the id of the operation only',
    edits: [['adapters/aws/transact.ts', '.update(JSON.stringify(items))', '']],
  },
  {
    name: 'the pointer read eventually consistent',
    edits: [['adapters/projects.ts', 'Key: at.project(id), ConsistentRead: true', 'Key: at.project(id)']],
  },
  {
    name: 'a history entry skipped',
    edits: [
      [changes, '...history.map((entry) => put({ ...at.history(after.id, entry.n), v, ...entry })),', ''],
    ],
  },
  {
    name: 'the answer before the commit',
    edits: [
      ['adapters/aws/transact.ts', send, send.replace('await ', '').replace(');', ').catch(() => {});')],
    ],
  },
  {
    name: 'a deployment remembered for ever',
    edits: [
      [
        'functions/kit/inference/serving.ts',
        '{ age: 5_000, most: 1_000 }',
        '{ age: 5_000_000, most: 1_000 }',
      ],
    ],
  },
  {
    name: 'a retry without reading again',
    edits: [
      [changes, 'const began = Date.now();', 'const began = Date.now();\n  const seen = await see(request);'],
      [changes, 'decide(await see(request))', 'decide(seen)'],
    ],
  },
  {
    name: 'a rollback without the sequence number',
    edits: [
      [
        changes,
        sequence,
        `event.type === 'deployment.rolled_back' ? replace(projectItem(project.after), { id: project.before.id }) : ${sequence}`,
      ],
      [changes, numbered, `(event.type === 'deployment.rolled_back' ? upsert : put)${numbered.slice(3)}`],
      [changes, ...anyItem],
    ],
  },
  {
    name: 'a deactivation that leaves the pointer',
    edits: [
      [
        'domain/decide.ts',
        'const prod = project.prod === deployment.id ? null : project.prod;',
        'const prod = project.prod;',
      ],
    ],
  },
];

const root = resolve(import.meta.dirname, '../../..');
const mark = /[?&]mutant=(\d+)/;

/** From now on `?mutant=3` behind a module's name means that module, and all of ours that it imports, mutated. */
export function withMutants(): void {
  for (const { name, edits } of mutants)
    for (const [file, text] of edits)
      if (!readFileSync(join(root, file), 'utf8').includes(text))
        throw new Error(`mutant "${name}" finds nothing to change in ${file}`);
  const ours = new RegExp(`^${pathToFileURL(root).href}/(?!node_modules/).*\\.ts$`);
  registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context);
      const number = mark.exec(context.parentURL ?? '')?.[1];
      return number !== undefined && ours.test(found.url)
        ? { ...found, url: `${found.url}?mutant=${number}` }
        : found;
    },
    load: (url, context, next) => {
      const loaded = next(url, context);
      const number = mark.exec(url)?.[1];
      const edits = number === undefined ? [] : (mutants[Number(number)]?.edits ?? []);
      const mine = edits.filter(([file]) => url.startsWith(pathToFileURL(join(root, file)).href));
      if (mine.length === 0) return loaded;
      const source = mine.reduce(
        (text, [, from, to]) => text.replace(from, () => to),
        String(loaded.source ?? readFileSync(new URL(url.replace(/\?.*/, '')), 'utf8')),
      );
      return { ...loaded, source };
    },
  });
}

type Campaign = typeof import('./campaign.ts');
type Scene = typeof import('./scene.ts');

/** How many schedules it took until the checks saw what is wrong, and what they saw; undefined if they never did. */
export async function caught(
  number: number,
  most: number,
): Promise<{ schedules: number; why: string } | undefined> {
  const graph = async <T>(file: string): Promise<T> =>
    (await import(`${pathToFileURL(join(import.meta.dirname, file)).href}?mutant=${number}`)) as T;
  const { theStage } = await graph<Scene>('scene.ts');
  const { scheduleOf } = await graph<Campaign>('campaign.ts');
  let schedules = 0;
  try {
    const stage = await theStage();
    for (; schedules < most; schedules++) await scheduleOf(stage, schedules, 8);
    return undefined;
  } catch (error) {
    return { schedules: schedules + 1, why: (error as Error).message };
  }
}
