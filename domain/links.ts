import type { Survey } from './invariants.ts';

/** 5: names and versions have no gap. */
export function* versions({ names, modelNames, modelVersions }: Survey) {
  // Versions of what runs elsewhere may be removed one by one.
  const lasting = names.filter(({ kind }) => kind !== 'external');
  const named = Map.groupBy(lasting, ({ project_id, name }) => `${project_id}/${name}`);
  for (const [place, all] of named)
    if (
      !contiguous(
        all.map(({ version }) => version),
        all.length,
      )
    )
      yield `name ${place} lacks a version`;
  for (const { name, versions: many } of modelNames) {
    const numbers = modelVersions.filter((v) => v.name === name).map(({ version }) => version);
    if (!contiguous(numbers, many))
      yield `model name ${name} has ${many} versions and lists ${numbers.length}`;
  }
}

/** 6: what is found by one way is found by the other, and nothing leads nowhere. */
export function* links(survey: Survey) {
  const { deployments, externals, models, projects } = survey;
  const held = [...deployments, ...externals];
  const same = (what: string, left: readonly string[], right: readonly string[]) =>
    difference(left, right).map((key) => `${what} ${key} is linked one way only`);
  yield* same(
    'name',
    survey.names.map((n) => [n.project_id, n.kind, n.name, n.version, n.dep].join('/')),
    held
      .filter((d) => d.kind !== 'batch')
      .map((d) => [d.project_id, d.kind, d.name, d.version, d.id].join('/')),
  );
  yield* same(
    'batch name',
    survey.batchNames.filter(({ archived }) => !archived).map((n) => [n.model, n.name, n.dep].join('/')),
    deployments
      .filter((d) => d.batch && d.life !== 'archived')
      .map((d) => [d.batch?.model.model_name, d.name, d.id].join('/')),
  );
  yield* same('batch run', survey.batchRuns.placed, survey.batchRuns.kept);
  yield* same(
    'use',
    survey.uses.map((u) => `${u.model_id}/${u.dep}`),
    deployments.map((d) => `${d.model_id}/${d.id}`),
  );
  yield* same(
    'place',
    survey.places.map((p) => p.dep),
    held.map((d) => d.id),
  );
  yield* same(
    'history',
    [...survey.history.keys()],
    held.map((d) => d.id),
  );
  yield* same(
    'model',
    survey.modelPlaces.map((p) => `${p.pid}/${p.name}/${p.model_id}`),
    models.map((m) => `${m.project_id}/${m.name}/${m.id}`),
  );
  yield* same(
    'model version',
    survey.modelVersions.map((v) => `${v.name}/${v.version}/${v.model_id}`),
    models.map((m) => `${m.name}/${m.version}/${m.id}`),
  );
  yield* same(
    'model name',
    survey.modelNames.map((n) => `${n.project_id}/${n.name}`),
    [...new Set(models.map((m) => `${m.project_id}/${m.name}`))],
  );
  yield* same(
    'project',
    survey.listed,
    projects.map((p) => p.id),
  );
  yield* same(
    'workspace',
    survey.workspaces.map((w) => `${w.name}/${w.pid}`),
    projects.map((p) => `${p.name}/${p.id}`),
  );
  const known = new Set(models.map((m) => m.id));
  for (const d of deployments) if (!known.has(d.model_id)) yield `deployment ${d.id} has no model`;
}

/** Whether the numbers are 1, 2, 3 up to `last`, each once. */
export const contiguous = (numbers: readonly number[], last: number): boolean =>
  numbers.length === last && numbers.toSorted((a, b) => a - b).every((n, i) => n === i + 1);

/** What is only on one side. */
export function difference(left: readonly string[], right: readonly string[]): string[] {
  const [l, r] = [new Set(left), new Set(right)];
  return [...left.filter((key) => !r.has(key)), ...right.filter((key) => !l.has(key))];
}
