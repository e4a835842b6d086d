import { beforeAll, describe, expect, test } from 'vitest';
import { PiiType } from '../../domain/privacy/types.ts';
import { is, item, spelled } from './faultItems.ts';
import { noId, openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let path: string;
let good: Record<string, unknown>;
beforeAll(async () => {
  wire = await openWire();
  const { project_id, model_id } = await wire.ready();
  path = `/api/mlops/projects/${project_id}/deployments`;
  good = { model_id, name: 'fraud', stage: 'staging' };
});

const long = (n: number) => 'a'.repeat(n);
const stages = "'staging' or 'production'";
const types = `${PiiType.options.map((type) => `'${type}'`).join(', ')} or 'none'`;
const name = is.pattern('^(?! )[^/\\p{Cc}\\p{Cs}]*(?<! )$');
type Words = Parameters<typeof item>[0];
type Row = [field: string, value: unknown, words: Words];

const ids: Row[] = ['model_id', 'privacy_policy_id'].flatMap((field): Row[] => [
  [field, 5, is.uuidType],
  [field, true, is.uuidType],
  [field, [], is.uuidType],
  [field, {}, is.uuidType],
  [field, '', is.uuid],
  [field, 'x', is.uuid],
  [field, noId.replaceAll('-', ''), is.uuid],
  [field, `{${noId}}`, is.uuid],
  [field, `${noId}\n`, is.uuid],
]);
const names: Row[] = [
  ['name', null, is.string],
  ['name', 5, is.string],
  ['name', ['a'], is.string],
  ['name', '', is.tooShort(1)],
  ['name', long(256), is.tooLong(255)],
  ['name', '😀'.repeat(256), is.tooLong(255)],
  ['name', 'a/b', name],
  ['name', ' a', name],
  ['name', 'a ', name],
  ['name', 'a\nb', name],
  ['name', 'a\n', name],
  ['name', 'a\u0000', name],
];
const enums: Row[] = [null, 5, '', 'PRODUCTION', 'archived', ['production'], {}].map((value) => [
  'stage',
  value,
  is.literal(stages),
]);
const integers: Row[] = [
  ['traffic_percent', 100],
  ['retention_days', 365],
].flatMap(([field, most]): Row[] => [
  [String(field), null, is.intType],
  [String(field), [], is.intType],
  [String(field), {}, is.intType],
  [String(field), '', is.int],
  [String(field), 'abc', is.int],
  [String(field), '5e1', is.int],
  [String(field), '0x10', is.int],
  [String(field), '٥', is.int],
  [String(field), '50.5', is.int],
  [String(field), 50.5, is.fraction],
  [String(field), 0, is.ge(1)],
  [String(field), false, is.ge(1)],
  [String(field), '-1', is.ge(1)],
  [String(field), Number(most) + 1, is.le(Number(most))],
  [String(field), 1e20, is.le(Number(most))],
  [String(field), '99999999999999999999', is.le(Number(most))],
]);
const booleans: Row[] = ['privacy_anonymize_logs', 'privacy_anonymize_response'].flatMap((field): Row[] => [
  [field, null, is.boolType],
  [field, [], is.boolType],
  [field, {}, is.boolType],
  [field, 1.5, is.boolType],
  [field, '', is.bool],
  [field, 'maybe', is.bool],
  [field, ' true', is.bool],
  [field, 2, is.bool],
]);
const others: Row[] = [
  ['privacy_threshold', null, is.floatType],
  ['privacy_threshold', [], is.floatType],
  ['privacy_threshold', {}, is.floatType],
  ['privacy_threshold', '', is.float],
  ['privacy_threshold', 'abc', is.float],
  ['privacy_threshold', 1.0000001, is.le(1)],
  ['privacy_threshold', -0.1, is.ge(0)],
  ['privacy_threshold', '5.', is.le(1)],
  ['privacy_column_map', null, is.dict],
  ['privacy_column_map', 5, is.dict],
  ['privacy_column_map', 'x', is.dict],
  ['privacy_column_map', [], is.dict],
  ['drift', null, is.model],
  ['drift', 5, is.model],
  ['drift', [], is.model],
];

describe('a wrong field of a new deployment', () => {
  test.each([...ids, ...names, ...enums, ...integers, ...booleans, ...others])(
    '%s %j is refused in the words of pydantic',
    async (field, value, words) => {
      const { status, body } = await wire.send('POST', path, { body: { ...good, [field]: value } });
      const input: [] | [unknown] = JSON.stringify(value).length > 1024 ? [] : [value];
      expect(spelled(body)).toBe(spelled({ detail: [item(words, ['body', field], ...input)] }));
      expect(status).toBe(422);
    },
  );

  const nested: [value: object, loc: (string | number)[], words: Words, input: unknown][] = [
    [{ drift: { window_hours: 0 } }, ['drift', 'window_hours'], is.ge(1), 0],
    [{ drift: { window_hours: 721 } }, ['drift', 'window_hours'], is.le(720), 721],
    [{ drift: { window_hours: null } }, ['drift', 'window_hours'], is.intType, null],
    [{ drift: { ignore: 5 } }, ['drift', 'ignore'], is.list, 5],
    [{ drift: { ignore: ['a', 5] } }, ['drift', 'ignore', 1], is.string, 5],
    [{ privacy_column_map: { a: 5 } }, ['privacy_column_map', 'a'], is.literal(types), 5],
    [{ privacy_column_map: { a: 'x' } }, ['privacy_column_map', 'a'], is.literal(types), 'x'],
  ];
  test.each(nested)('%j names its place', async (more, loc, words, input) => {
    const { status, body } = await wire.send('POST', path, { body: { ...good, ...more } });
    expect(spelled(body)).toBe(spelled({ detail: [item(words, ['body', ...loc], input)] }));
    expect(status).toBe(422);
  });

  test('missing fields come together in their order, each with the object that lacks them', async () => {
    const { status, body } = await wire.send('POST', path, { body: { name: 'x' } });
    const lacking = { name: 'x' };
    expect(status).toBe(422);
    expect(spelled(body.detail)).toBe(
      spelled([
        item(is.missing, ['body', 'model_id'], lacking),
        item(is.missing, ['body', 'stage'], lacking),
      ]),
    );
  });

  test('all that is wrong is said at once: path, then body in field order', async () => {
    const body = { traffic_percent: 0, stage: 'x', name: 5, model_id: 'x' };
    const got = await wire.send('POST', '/api/mlops/projects/x/deployments', { body });
    expect(got.body.detail.map((fault: { loc: string[] }) => fault.loc)).toEqual([
      ['path', 'project_id'],
      ['body', 'model_id'],
      ['body', 'name'],
      ['body', 'stage'],
      ['body', 'traffic_percent'],
    ]);
  });

  test('no more than twenty faults are told', async () => {
    const got = await wire.send('POST', path, { body: { ...good, drift: { ignore: Array(50).fill(5) } } });
    expect(got.body.detail).toHaveLength(20);
    expect(got.body.detail[19].loc).toEqual(['body', 'drift', 'ignore', 19]);
  });

  test('a long value is not repeated, and a place is not repeated at any length', async () => {
    const { body } = await wire.send('POST', path, {
      body: { ...good, privacy_column_map: { [long(5000)]: [long(2000)] } },
    });
    expect(spelled(body.detail)).toBe(
      spelled([item(is.literal(types), ['body', 'privacy_column_map', `${long(128)}…`])]),
    );
  });
});
