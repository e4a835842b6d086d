import { beforeAll, expect, test } from 'vitest';
import { survey } from '../../adapters/fsck.ts';
import { findings } from '../../domain/invariants.ts';
import { fsck } from '../../scripts/fsck.ts';
import { nextRun } from '../support/campaign/campaign.ts';
import { type Ids, raise, type Stage, theStage } from '../support/campaign/scene.ts';
import { type Plain, plainItems } from '../support/campaign/watch.ts';

let stage: Stage;
let ids: Ids;
let control: Plain[];
let repeats: Plain[];
beforeAll(async () => {
  stage = await theStage();
  const raised = await raise(stage, nextRun(), 1);
  ids = raised.ids;
  const headers = { 'idempotency-key': 'k' };
  await stage.world.call('promoteDeployment', {
    key: raised.key,
    headers,
    params: { deployment_id: ids.staging[0] },
    body: { to_stage: 'production' },
  });
  control = plainItems(stage.world.hooks.table, 'control');
  repeats = plainItems(stage.world.hooks.table, 'idempotency');
});

const numbers = (items: readonly Plain[], kept = repeats) => [
  ...new Set(findings(survey(items, kept)).map(({ invariant }) => invariant)),
];
const changed = (is: (item: Plain) => boolean, to: Plain | undefined) =>
  control.flatMap((item) => (is(item) ? (to ? [{ ...item, ...to }] : []) : [item]));
const key = (pk: RegExp, sk: RegExp) => {
  let found = false;
  return (item: Plain) => {
    const hit = !found && pk.test(String(item.pk)) && sk.test(String(item.sk));
    found ||= hit;
    return hit;
  };
};

test('an installation in which nothing went wrong is sound', () => {
  expect(findings(survey(control, repeats))).toEqual([]);
  const { deployments, projects, operations } = survey(control, repeats);
  expect([deployments.length, projects.length, operations.length]).toEqual([5, 1, 6]);
});

test.each<[string, RegExp, RegExp, Plain | undefined, number[]]>([
  ['a pointer to nobody', /^P#/, /^STATE$/, { prod: null }, [1]],
  ['a production that is not pointed to', /^P#/, /^D#online/, { stage: 'production' }, [1, 4]],
  ['an event that is missing', /^P#/, /^E#/, undefined, [2]],
  ['a sequence that runs ahead', /^P#/, /^STATE$/, { seq: 99 }, [2]],
  ['a total that is wrong', /^P#/, /^STATE$/, { total: { online: 9, batch: 0, external: 0 } }, [3]],
  ['a history with a gap', /^DEP#/, /^H#000002$/, undefined, [4]],
  ['a step that is not legal', /^DEP#/, /^H#000002$/, { life: 'archived' }, [4]],
  ['a deployment that is not found by its id', /^DEP#/, /^LOC$/, undefined, [4, 6]],
  ['a version that is missing', /^P#/, /^N#d\/000002$/, undefined, [5, 6]],
  ['a model that does not know who uses it', /^M#/, /^D#/, undefined, [6]],
  ['a project that no list shows', /^PROJECTS$/, /./, undefined, [6]],
  ['an operation that runs and is not open', /^OP#/, /^OP$/, { state: 'running', outcome: 'null' }, [7]],
  ['an item that cannot be read', /^P#/, /^D#online/, { life: 'dancing' }, [0, 3, 6]],
])('%s is found', (_, pk, sk, to, expected) => {
  const found = numbers(changed(key(pk, sk), to));
  for (const number of expected) expect(found).toContain(number);
});

test('an answer that says done while its operation failed is found', () => {
  const operation = survey(control, repeats).operations.find(({ request }) => request.repeat);
  const failed = changed(({ pk }) => pk === `OP#${operation?.id}`, { state: 'failed' });
  expect(numbers(failed)).toEqual([8]);
  const unkept = repeats.map((item) => ({ ...item, state: 'INPROGRESS' }));
  expect(numbers(control, unkept)).toEqual([8]);
});

test('the command reads both tables whole, and writes to neither', async () => {
  const { hooks } = stage.world;
  const asked = new Set<string>();
  hooks.around = (call, run) => {
    asked.add(call.command);
    return run();
  };
  const { survey: read, found } = await fsck({ controlTable: 'control', idempotencyTable: 'idempotency' });
  hooks.around = (_, run) => run();
  expect([found, read.deployments.length, [...asked]]).toEqual([[], 5, ['Scan']]);
});
