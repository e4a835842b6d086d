import { existsSync, readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { beforeAll, describe, expect, test } from 'vitest';
import { delivered, logStream } from '../support/logs.ts';
import { type Anonymising, anonymising, labels, without } from './support/anonymising.ts';
import { ask, ridOf } from './support/live.ts';
import { sinksOf } from './support/sinks.ts';

const thirdParty = '../shared/fixtures/pii/cases.json';

/** One of each type that text gives away, and of those that a column map says. */
const own = [
  'marked.person@example.com',
  '4111 1111 1111 1111',
  '219-09-9998',
  'GB33BUKB20201555555555',
  '203.0.113.77',
  '2001:db8::8a2e:370:7334',
  '00:1b:44:11:3a:b7',
  '+49 30 901820',
  'https://example.com/private/marked-path',
];
const mapped = { grade: 'Marked Name-O-Person', age: 987_654_321.125 };

let place: Anonymising;
let sinks: ReturnType<typeof sinksOf>;
let id: string;
let project_id: string;
beforeAll(async () => {
  place = await anonymising();
  const ready = await place.ready('xgboost-categorical.json');
  project_id = ready.project_id;
  const privacy_policy_id = await place.policy(project_id, {
    profile: 'hipaa',
    settings: {
      anonymize_response: true,
      threshold: 0,
      column_map: { grade: 'name', age: 'account_number' },
    },
  });
  id = await place.deploy(project_id, ready.model_id, { privacy_policy_id });
  sinks = sinksOf(place.wire);
});

const told = () => logStream(place.wire);
/** What runs behind the requests: events, counts, drift. */
async function background(of: string, records: ReturnType<typeof told>) {
  await delivered(place.wire, records());
  await place.send('POST', `/api/mlops/deployments/${of}/drift/run`);
  const outbox = place.wire.table.items('control').filter(({ sk }) => /^(?:OUT|E)#/.test(String(sk?.S)));
  const Records = outbox.map((item) => ({ dynamodb: { NewImage: item } }));
  const images = JSON.parse(JSON.stringify(Records));
  await place.wire.functions.get('publishEvents')?.({ Records: images }, {} as Context);
  for (const path of ['inference-logs?limit=500', 'drift?include=bins', 'metrics', ''])
    await place.send('GET', `/api/mlops/deployments/${of}/${path}`);
}

const texts = (): { text: string; parts: string[] }[] => {
  const written = own.map((part) => ({ text: `before ${part} after`, parts: [part] }));
  if (!existsSync(thirdParty)) {
    process.stderr.write(`skipped: no cases of other projects in ${thirdParty}\n`);
    return written;
  }
  type Case = { text: string; spans: [number, number][]; leniency?: number };
  const cases: Record<string, Case[]> = JSON.parse(readFileSync(thirdParty, 'utf8'));
  const marked = Object.values(cases)
    .flat()
    .filter(({ leniency = 1 }) => leniency === 1)
    .map(({ text, spans }) => ({ text, parts: spans.map(([start, end]) => text.slice(start, end)) }));
  return [...written, ...marked];
};

test('what is personal in predictions is in no table, object, line, event, machine or answer', async () => {
  const records = told();
  const all = texts();
  const inputs = all.map(({ text }) => ({ ...mapped, city: text, unknown: 'marked-unknown-column' }));
  expect((await place.predict(id, inputs, { include_probabilities: true })).status).toBe(200);
  for (const { text } of all.slice(0, own.length)) await place.predict(id, { ...mapped, city: text });
  const input = { input_df: inputs };
  expect((await ask(place.wire, 'transform', { rid: ridOf(id), body: { input } })).status).toBe(200);
  // The table does not take the log: it goes through the spool.
  const logs = (call: { body?: unknown }) => String(call.body).includes('"TableName":"logs"');
  await without(logs, () => place.predict(id, inputs.slice(0, own.length)));
  for (const key of [...place.store.keys()].filter((key) => key.startsWith('data/spool/'))) {
    const detail = { object: { key: key.slice('data/'.length) } };
    await place.wire.functions.get('ingestSpool')?.({ detail }, {} as Context);
  }
  await background(id, records);

  expect(sinks.sinks()).toEqual(expect.arrayContaining(['answers', 'machines', 'objects', 'table logs']));
  // Shorter ones stand in everything: `::1`. Some stand in other cases where they are none, as in `IP192.168.1.1text`.
  const beside = all.map(({ text, parts }) => parts.reduce((left, part) => left.replace(part, ' '), text));
  const parts = all
    .flatMap((one) => one.parts)
    .filter((part) => part.length >= 8 && !beside.some((text) => text.includes(part)));
  expect(parts.length).toBeGreaterThanOrEqual(own.length);
  const leaked = parts.filter((part) => sinks.holding(part).length > 0);
  expect(leaked).toEqual([]);
  for (const value of [mapped.grade, String(mapped.age), 'marked-unknown-column'])
    expect([value, sinks.holding(value)]).toEqual([value, []]);
  const logged = (await place.logs(id, 3)).map((log: { inputs: object }) => log.inputs);
  expect(logged[0]).toMatchObject({ grade: '[NAME]', age: '[ACCOUNT_NUMBER]' });
});

describe('What is refused', () => {
  test.each<[string, object]>([
    ['a text for a number', { body: { inputs: { ratio: 'refused.person@example.com' } } }],
    ['a list for a value', { body: { inputs: { city: ['refused.person@example.com'] } } }],
    ['a broken body', { raw: '{"inputs": {"city": "refused.person@example.com", ' }],
    ['a body that is no object', { raw: '"refused.person@example.com"' }],
    [
      'an option of the wrong type',
      { body: { inputs: {}, options: { store_payload: 'refused.person@example.com' } } },
    ],
    ['too many records', { body: { inputs: Array(1001).fill({ city: 'refused.person@example.com' }) } }],
  ])('leaves nothing behind: %s', async (_, sent) => {
    const { status } = await place.send('POST', `/api/mlops/deployments/${id}/predict`, sent);
    expect(status).toBe(422);
    await ask(place.wire, 'transform', { rid: ridOf(id), ...sent });
    expect(sinks.holding('refused.person@example.com')).toEqual([]);
  });

  test('H88: a request for less privacy without the scope for it is answered 403, and its values are nowhere', async () => {
    const key = await place.keyWith({ scopes: ['predict'] });
    const inputs = { city: 'refused.person@example.com' };
    for (const setting of ['anonymize_logs', 'anonymize_response']) {
      const { status, body } = await place.predict(id, inputs, { [setting]: false }, { key });
      expect([status, body]).toEqual([403, { detail: 'Missing scope: privacy:override' }]);
    }
    expect(sinks.holding(inputs.city)).toEqual([]);
  });

  test('nor do labels of predictions that are not there, or of the wrong form', async () => {
    const actual = 'late.person@example.com';
    const path = `/api/mlops/deployments/${id}/actuals`;
    for (const one of [
      { id: '01a20009-4024-7c56-a2be-e79b8abe9000', actual },
      { id: actual, actual },
      { id: actual },
    ])
      await place.send('POST', path, { body: { actuals: [one] }, headers: { 'idempotency-key': 'late' } });
    expect(sinks.holding(actual)).toEqual([]);
  });
});

test('labels that are personal are in the answer and in the log only as the policy leaves them', async () => {
  const model = await place.labelled(project_id);
  const privacy_policy_id = await place.policy(project_id, { profile: 'gdpr' });
  const more = { privacy_policy_id, privacy_anonymize_response: true };
  const of = await place.deploy(project_id, model, more);
  const before = sinks
    .sinks()
    .flatMap((sink) => (sinks.holding(labels[0] ?? '').includes(sink) ? [sink] : []));
  const records = told();
  const inputs = [20, 40, 60, 80].map((age) => ({ age, ratio: age / 100 }));
  const { body } = await place.predict(of, inputs, { include_probabilities: true });
  const actuals = body.log_ids.map((log: string, i: number) => ({ id: log, actual: labels[i % 3] }));
  const reported = await place.send('POST', `/api/mlops/deployments/${of}/actuals`, { body: { actuals } });
  expect(reported.body.accepted).toBe(4);
  await background(of, records);
  for (const label of labels.slice(0, 2)) expect([label, sinks.holding(label)]).toEqual([label, before]);
});

test('what a status says is kept as it was said, on purpose, and told to nobody who did not ask', async () => {
  const said = 'ask operator.person@example.com';
  const { body } = await place.send('GET', `/api/projects/${project_id}`);
  const path = `/apis/models/v2/workspaces/${encodeURIComponent(body.project.name)}/deployments/d/status`;
  const sent = { body: { status: 'ERROR', status_message: said } };
  const { status } = await place.send('POST', path, sent);
  expect(status).toBeLessThan(300);
  await background(id, told());
  expect(sinks.holding(said)).toEqual(['answers', 'table control']);
});

describe('A leak is found', () => {
  test('in a log that is kept as it came: in its item, packed in it, and apart from it', async () => {
    const { model_id } = await place.ready('xgboost-categorical.json', project_id);
    const plain = await place.deploy(project_id, model_id);
    const short = 'leak.one@example.com';
    await place.predict(plain, { city: short });
    expect(sinks.holding(short)).toEqual(['table logs']);
    const packed = 'leak.two@example.com';
    await place.predict(plain, { city: `${packed} ${'x'.repeat(700)}` });
    expect(sinks.holding(packed)).toEqual(['table logs']);
    const apart = 'leak.three@example.com';
    const noise = Array.from({ length: 1000 }, (_, i) => ({
      city: `${apart} ${Math.sin(i)} ${Math.cos(i)}`,
    }));
    await place.predict(plain, noise);
    expect(sinks.holding(apart)).toEqual(['objects']);
    const spooled = 'leak.four@example.com';
    const logs = (call: { body?: unknown }) => String(call.body).includes('"TableName":"logs"');
    await without(logs, () => place.predict(plain, { city: `${spooled} ${'x'.repeat(700)}` }));
    expect(sinks.holding(spooled)).toEqual(['objects']);
    await place.logs(plain, 1);
    expect(sinks.holding(apart)).toEqual(['answers', 'objects']);
  });

  test('in a line, an event and what a machine is handed', () => {
    process.stdout.write('{"message":"leak.five@example.com"}\n');
    expect(sinks.holding('leak.five@example.com')).toEqual(['lines']);
    place.published.push({ Detail: JSON.stringify({ who: 'leak.six@example.com' }) });
    expect(sinks.holding('leak.six@example.com')).toEqual(['events']);
    sinks.note('machines', { deep: [{ who: 'leak.seven@example.com' }] });
    expect(sinks.holding('leak.seven@example.com')).toEqual(['machines']);
  });
});
