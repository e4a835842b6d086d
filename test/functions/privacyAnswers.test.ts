import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Anonymising,
  anonymising,
  labels,
  readsKey,
  readsPolicy,
  without,
} from './support/anonymising.ts';
import { ask, ridOf } from './support/live.ts';

let place: Anonymising;
let project_id: string;
let model_id: string;
beforeAll(async () => {
  place = await anonymising();
  ({ project_id, model_id } = await place.ready('xgboost-categorical.json'));
});

const city = 'ask ada.l@example.com about 4111 1111 1111 1111';
const row = { age: 41, income: 5, ratio: 0.5, city, grade: 'g1' };
const deploy = (more: object = {}) => place.deploy(project_id, model_id, more);
const deployWith = async (policy: object = {}, more: object = {}) =>
  deploy({ privacy_policy_id: await place.policy(project_id, policy), ...more });

describe('The answer', () => {
  test('is anonymised by itself: labels where they are told, and as names of probabilities', async () => {
    const model = await place.labelled(project_id);
    const more = { privacy_anonymize_logs: false, privacy_anonymize_response: true };
    const id = await place.deploy(project_id, model, more);
    const options = { include_probabilities: true };
    const { body } = await place.predict(id, { age: 20, ratio: 0.1, city: 'Roma' }, options);
    const [answer] = body.predictions;
    expect(Object.keys(answer.probabilities)).toEqual(['[EMAIL]', '[CREDIT_CARD]', 'plain']);
    expect(['[EMAIL]', '[CREDIT_CARD]', 'plain']).toContain(answer.prediction);
    const [log] = await place.logs(id);
    expect(labels).toContain(log.prediction);
    expect(log).not.toHaveProperty('flags');
  });

  test('loses no probability where labels become alike', async () => {
    const model = await place.labelled(project_id);
    const policy = await place.policy(project_id);
    await place.rule(policy, 'email', 'replace', { value: 'x' });
    await place.rule(policy, 'credit_card', 'replace', { value: 'x' });
    const more = { privacy_policy_id: policy, privacy_anonymize_response: true };
    const id = await place.deploy(project_id, model, more);
    const { body } = await place.predict(id, { age: 20 }, { include_probabilities: true });
    const { probabilities } = body.predictions[0];
    expect(Object.keys(probabilities)).toEqual(['x', 'x 2', 'plain']);
    const sum = Object.values<number>(probabilities).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 9);
  });

  test('of the live dialect is anonymised as its deployment says, and so is its log', async () => {
    const model = await place.labelled(project_id);
    const more = { privacy_policy_id: await place.policy(project_id), privacy_anonymize_response: true };
    const id = await place.deploy(project_id, model, more);
    const input = { input_df: [{ age: 20, city }] };
    const { status, body } = await ask(place.wire, 'transform', { rid: ridOf(id), body: { input } });
    expect(status).toBe(200);
    const [answer] = body.output.output_df;
    expect(Object.keys(answer.probabilities)).toEqual(['[EMAIL]', '[CREDIT_CARD]', 'plain']);
    expect((await place.logs(id))[0]).toMatchObject({
      inputs: { city: 'ask [EMAIL] about [CREDIT_CARD]' },
      flags: ['anonymised'],
    });
  });
});

describe('A pseudonym', () => {
  const pseudonym = async (id: string, mail = 'ada.l@example.com') => {
    await place.predict(id, { city: mail });
    return (await place.logs(id))[0].inputs.city as string;
  };

  test('is the same for all deployments of a project, and another in every other project', async () => {
    const one = await pseudonym(await deployWith({ profile: 'gdpr' }));
    expect(one).toMatch(/^<email:[0-9a-f]{16}>$/);
    expect(await pseudonym(await deployWith({ profile: 'gdpr' }), 'ADA.L@Example.com')).toBe(one);
    expect(await pseudonym(await deployWith({ profile: 'gdpr' }), 'b@example.com')).not.toBe(one);
    const other = await place.ready('xgboost-categorical.json');
    const privacy_policy_id = await place.policy(other.project_id, { profile: 'gdpr' });
    const there = await pseudonym(
      await place.deploy(other.project_id, other.model_id, { privacy_policy_id }),
    );
    expect(there).toMatch(/^<email:[0-9a-f]{16}>$/);
    expect(there).not.toBe(one);
  });
});

describe('Where the policy cannot be read', () => {
  test('inputs are not logged, and the answer goes out as far as it is known not to be anonymised', async () => {
    const id = await deployWith(
      { settings: { anonymize_logs: false } },
      { privacy_anonymize_response: false },
    );
    const { status } = await without(readsPolicy, () => place.predict(id, row));
    expect(status).toBe(200);
    expect((await place.logs(id))[0]).toMatchObject({
      inputs: null,
      status_code: 200,
      flags: ['privacy_unavailable'],
    });
    // What failed is not remembered.
    expect((await place.predict(id, row)).status).toBe(200);
    expect((await place.logs(id))[0].inputs).toEqual(row);
  });

  test('nothing is answered that was to be anonymised, or may have been', async () => {
    for (const more of [{ privacy_anonymize_response: true }, {}]) {
      const id = await deployWith({}, more);
      const { status, body, headers } = await without(readsPolicy, () => place.predict(id, row));
      expect([status, body, headers['retry-after']]).toEqual([
        503,
        { detail: 'The answer cannot be anonymised at the moment' },
        '1',
      ]);
      expect((await place.logs(id))[0]).toMatchObject({
        ...{ inputs: null, prediction: null, status_code: 503, flags: ['privacy_unavailable'] },
      });
    }
  });

  test('a label that looks personal is not logged either', async () => {
    const model = await place.labelled(project_id);
    const privacy_policy_id = await place.policy(project_id);
    const id = await place.deploy(project_id, model, {
      privacy_policy_id,
      privacy_anonymize_response: false,
    });
    await without(readsPolicy, () => place.predict(id, [{ age: 20 }, { age: 80, ratio: 0.9 }]));
    expect(JSON.stringify(place.items(id))).not.toMatch(/4242|ada@/);
  });

  test('the live dialect does the same', async () => {
    const id = await deployWith({}, { privacy_anonymize_response: true });
    const asked = { rid: ridOf(id), body: { input: row } };
    expect((await without(readsPolicy, () => ask(place.wire, 'transform', asked))).status).toBe(503);
  });
});

describe('Where the key cannot be read', () => {
  const fresh = async (profile: string, more: object) => {
    const other = await place.ready('xgboost-categorical.json');
    const privacy_policy_id = await place.policy(other.project_id, { profile });
    return place.deploy(other.project_id, other.model_id, { privacy_policy_id, ...more });
  };

  test('what needs it fails closed, and comes back with it', async () => {
    const id = await fresh('gdpr', { privacy_anonymize_response: false });
    expect((await without(readsKey, () => place.predict(id, row))).status).toBe(200);
    expect((await place.logs(id))[0]).toMatchObject({ inputs: null, flags: ['privacy_unavailable'] });
    const shown = await fresh('ccpa', { privacy_anonymize_response: true });
    expect((await without(readsKey, () => place.predict(shown, row))).status).toBe(503);
    expect((await place.predict(shown, row)).status).toBe(200);
    expect((await place.logs(shown))[0].inputs.city).toMatch(/^ask [0-9a-f]{64}/);
  });

  test('what needs none does not ask for it', async () => {
    const id = await fresh('hipaa', { privacy_anonymize_response: true });
    expect((await without(readsKey, () => place.predict(id, row))).status).toBe(200);
    expect((await place.logs(id))[0].inputs.city).toBe('ask [EMAIL] about [CREDIT_CARD]');
  });
});
