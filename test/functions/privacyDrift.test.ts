import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { unpackBins } from '../../adapters/logs/logBins.ts';
import type { Raw } from '../../domain/drift/profile.ts';
import { type Drifting, drifting, passes } from './support/drifting.ts';

let place: Drifting;
beforeAll(async () => {
  place = await drifting();
});
afterAll(() => void vi.useRealTimers());

const artifact = 'xgboost-categorical.json';
const cities = ['Lodz', 'Roma', 'eva@example.com'];
const sample = Buffer.from(
  [
    'age,income,ratio,city,grade',
    ...Array.from({ length: 60 }, (_, i) => `${i},1,0.5,${cities[i % 3]},g${i % 3}`),
  ].join('\n'),
);
const policy = async (body: object = {}): Promise<string> =>
  (
    await place.send('POST', '/api/privacy/policies', {
      body: { project_id: place.project_id, name: 'p', ...body },
    })
  ).body.policy_id;
const row = (i: number): Raw => ({
  ...{ age: i % 60, income: 1, ratio: i % 7, grade: `g${i % 4}` },
  city: ['Lodz', 'Oslo', 'ada@example.com'][i % 3] ?? '',
});
const rows = (n: number) => Array.from({ length: n }, (_, i) => row(i));

async function counted(id: string, some: readonly Raw[]) {
  for (let i = 0; i < some.length; i += 500) await place.predict(id, some.slice(i, i + 500));
  await place.count();
  await place.run(id);
  return (await place.drift(id, '?include=bins')).body;
}
const binsOf = (id: string) =>
  place.wire.table
    .items('logs')
    .filter(({ pk }) => String((pk as { S: string }).S).startsWith(id))
    .flatMap(({ b, n }) => unpackBins((b as { B: Uint8Array }).B, Number((n as { N: string }).N)));

describe('Drift', () => {
  test('is the same whatever is anonymised: bins come from what was sent', async () => {
    const model = await place.model(sample, artifact);
    const plain = await place.deploy(model);
    const privacy_column_map = { age: 'custom', grade: 'name' };
    const hidden = await place.deploy(model, {
      privacy_policy_id: await policy({ profile: 'gdpr' }),
      privacy_column_map,
    });
    const [seen, unseen] = [await counted(plain, rows(300)), await counted(hidden, rows(300))];
    expect(binsOf(hidden)).toEqual(binsOf(plain));
    expect(binsOf(plain).length).toBeGreaterThan(0);
    expect([unseen.mean_psi, unseen.max_psi, unseen.inference_rows]).toEqual([
      seen.mean_psi,
      seen.max_psi,
      300,
    ]);
    for (const [name, { psi, missing, bins }] of Object.entries<Record<string, unknown>>(seen.features))
      expect(unseen.features[name]).toMatchObject({
        psi,
        missing,
        bins: { live: (bins as { live: number[] }).live },
      });
  });

  test('names no category that a policy or a column map covers, of the baseline or of what is new', async () => {
    const model = await place.model(sample, artifact);
    const seen = await counted(await place.deploy(model), rows(300));
    expect(seen.features.city.new_categories.toSorted()).toEqual(['Oslo', 'ada@example.com']);
    expect(seen.features.city.bins.categories).toContain('eva@example.com');
    // Logs are kept as they came, on purpose: what is told of them is not.
    const more = { privacy_anonymize_logs: false, privacy_column_map: { grade: 'name' } };
    const id = await place.deploy(model, { privacy_policy_id: await policy(), ...more });
    const told = await counted(id, rows(300));
    expect(told.features.city.new_categories).toEqual(['Oslo']);
    expect(told.features.city.bins).not.toHaveProperty('categories');
    expect(told.features.grade.new_categories).toEqual([]);
    expect(told.features.grade.bins).not.toHaveProperty('categories');
    expect(told.features.age.bins.edges).toEqual(seen.features.age.bins.edges);
    expect(JSON.stringify(told)).not.toMatch(/@example|g[0-3]/);
  });
});

describe('A baseline of the first rows', () => {
  const firstRows = async (more: object) => {
    const model = await place.model(null, artifact);
    const id = await place.deploy(model, more);
    for (let i = 0; i < 3; i++) await place.predict(id, rows(1000).slice(0, 500));
    await place.count();
    passes(10_000);
    await place.run(id);
    const profile = [...place.wire.store].filter(
      ([key]) => key.includes(model) && key.endsWith('profile.json'),
    );
    return profile.map(([, bytes]) => JSON.parse(bytes.toString()))[0];
  };
  const typesOf = (profile: { features: { name: string; type: string }[] }) =>
    Object.fromEntries(profile.features.map(({ name, type }) => [name, type]));

  test('holds no category that is covered, and numbers as ever', async () => {
    const plain = await firstRows({});
    expect(typesOf(plain)).toMatchObject({ city: 'categorical', grade: 'categorical', age: 'numeric' });
    const more = { privacy_anonymize_logs: false, privacy_column_map: { grade: 'name', age: 'custom' } };
    const hidden = await firstRows({ privacy_policy_id: await policy(), ...more });
    expect(typesOf(hidden)).toMatchObject({ city: 'id', grade: 'id', age: 'numeric' });
    expect(JSON.stringify(hidden)).not.toMatch(/@example|"g[0-3]"/);
    expect(hidden.features[0]).toEqual(plain.features[0]);
  });

  test('is made of anonymised logs only where nothing had to be taken from them', async () => {
    expect(
      await firstRows({ privacy_policy_id: await policy({ settings: { column_map: { city: 'none' } } }) }),
    ).toBeDefined();
    expect(
      await firstRows({ privacy_policy_id: await policy({ settings: { column_map: { age: 'custom' } } }) }),
    ).toBeUndefined();
  });
});
