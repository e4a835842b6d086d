import { beforeAll, describe, expect, test } from 'vitest';
import { type Anonymising, anonymising, labels } from './support/anonymising.ts';

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

describe('The model sees what was sent', () => {
  const options = { include_probabilities: true, include_contributions: true };
  test('and answers the same, whatever policy its deployment has', async () => {
    const plain = (await place.predict(await deploy(), [row, { ...row, city: 'Lodz' }], options)).body;
    for (const profile of ['hipaa', 'gdpr', 'pci_dss', 'ccpa', 'custom']) {
      const settings = { anonymize_response: true, column_map: { city: 'name', age: 'custom' } };
      const { body } = await place.predict(
        await deployWith({ profile, settings }),
        [row, { ...row, city: 'Lodz' }],
        options,
      );
      expect([body.predictions, body.contributions]).toEqual([plain.predictions, plain.contributions]);
    }
  });
});

describe('The log', () => {
  test('of a deployment without a policy holds what was sent', async () => {
    const id = await deploy();
    await place.predict(id, row);
    const [log] = await place.logs(id);
    expect(log.inputs).toEqual(row);
    expect(log).not.toHaveProperty('flags');
    expect(log).not.toHaveProperty('replaced');
  });

  test.each([
    ['hipaa', 'ask [EMAIL] about [CREDIT_CARD]', { email: 1, credit_card: 1 }],
    ['gdpr', /^ask <email:[0-9a-f]{16}> about <credit_card:[0-9a-f]{16}>$/, { email: 1, credit_card: 1 }],
    ['pci_dss', 'ask ada.l@example.com about **** **** **** 1111', { credit_card: 1 }],
    ['ccpa', /^ask [0-9a-f]{64} about [0-9a-f]{64}$/, { email: 1, credit_card: 1 }],
    ['custom', 'ask [EMAIL] about [CREDIT_CARD]', { email: 1, credit_card: 1 }],
  ])(
    'of profile %s holds what its rules leave, and says how much they took',
    async (profile, left, replaced) => {
      const id = await deployWith({ profile });
      expect((await place.predict(id, row)).status).toBe(200);
      const [log] = await place.logs(id);
      expect(log).toMatchObject({
        inputs: { ...row, city: expect.any(String) },
        flags: ['anonymised'],
        replaced,
      });
      if (typeof left === 'string') expect(log.inputs.city).toBe(left);
      else expect(log.inputs.city).toMatch(left);
    },
  );

  test('of hipaa keeps the year of a birth and three characters of a postal code', async () => {
    const id = await deployWith(
      { profile: 'hipaa' },
      { privacy_column_map: { city: 'date_of_birth', grade: 'postal_code' } },
    );
    await place.predict(id, { city: '1990-05-17', grade: '90210' });
    const [log] = await place.logs(id);
    expect(log.inputs.city).toBe('1990');
    expect(log.inputs.grade).toMatch(/^902/);
    expect(log.inputs.grade).not.toContain('90210');
  });

  test('counts what was taken row by row', async () => {
    const id = await deployWith();
    await place.predict(id, [row, { city: 'Roma' }, { city: 'a@b.example, c@d.example' }]);
    const logs = await place.logs(id, 3);
    expect(logs.map(({ replaced }: { replaced?: object }) => replaced)).toEqual([
      { email: 2 },
      undefined,
      { email: 1, credit_card: 1 },
    ]);
  });

  test('keeps what the rules of a policy do not name, and all of it where they are all off', async () => {
    const policy = await place.policy(project_id);
    const { rule_id } = await place.rule(policy, 'email', 'suppress');
    const id = await deploy({ privacy_policy_id: policy });
    await place.predict(id, row);
    expect((await place.logs(id))[0].inputs.city).toBe(null);
    const other = await place.policy(project_id);
    const made = await place.rule(other, 'email', 'suppress');
    expect(made.rule_id).not.toBe(rule_id);
    await place.send('PATCH', `/api/privacy/policies/${other}/rules/${made.rule_id}`, {
      body: { is_enabled: false },
    });
    const off = await deploy({ privacy_policy_id: other });
    await place.predict(off, row);
    expect((await place.logs(off))[0]).toMatchObject({ inputs: row, flags: ['anonymised'] });
  });

  test('holds of a mapped column what its type says, number or text, and spares one that is exempt', async () => {
    const settings = { column_map: { city: 'none', age: 'geo' } };
    const id = await deployWith({ settings }, { privacy_column_map: { grade: 'name' } });
    await place.predict(id, row);
    expect((await place.logs(id))[0]).toMatchObject({
      inputs: { ...row, age: '[GEO]', grade: '[NAME]' },
      replaced: { geo: 1, name: 1 },
    });
  });

  test('knows a column by whatever name', async () => {
    const model = await place.labelled(project_id);
    const raw = '{"__proto__": "name", "toString": "name", "city": "name"}';
    const body = { model_id: model, name: 'd', stage: 'staging' };
    const sent = JSON.stringify(body).replace(/}$/, `,"privacy_column_map":${raw}}`);
    const made = await place.send('POST', `/api/mlops/projects/${project_id}/deployments`, { raw: sent });
    const policy = await place.send('POST', '/api/privacy/policies', {
      raw: JSON.stringify({ project_id, name: 'p' }).replace(/}$/, `,"settings":{"column_map":${raw}}}`),
    });
    const privacy_policy_id = policy.body.policy_id;
    const other = await place.deploy(project_id, model, { privacy_policy_id });
    const inputs = '{"age": 5, "__proto__": 7, "city": "Roma"}';
    for (const id of [made.body.id, other]) {
      const asked = `{"inputs": ${inputs}, "options": {"anonymize_logs": true}}`;
      expect((await place.send('POST', `/api/mlops/deployments/${id}/predict`, { raw: asked })).status).toBe(
        200,
      );
      const [{ inputs: kept }] = await place.logs(id);
      expect(Object.entries(kept)).toEqual(
        expect.arrayContaining([
          ['__proto__', '[NAME]'],
          ['city', '[NAME]'],
          ['age', 5],
        ]),
      );
    }
  });

  test('counts a detection from the threshold on', async () => {
    const inputs = { city: 'reach me on 2125551234' };
    for (const [privacy_threshold, left] of [
      [0.01, 'reach me on [PHONE_NUMBER]'],
      [0.9, inputs.city],
    ] as const) {
      const id = await deployWith({}, { privacy_threshold });
      await place.predict(id, inputs);
      expect((await place.logs(id))[0].inputs.city).toBe(left);
    }
  });

  test('holds nothing of the inputs where the caller wants none kept', async () => {
    const id = await deployWith();
    await place.predict(id, row, { store_payload: false });
    expect((await place.logs(id))[0]).toMatchObject({ inputs: null, flags: ['no_payload', 'anonymised'] });
  });

  test('holds predictions and reported labels without what is personal in them', async () => {
    const model = await place.labelled(project_id);
    const id = await place.deploy(project_id, model, { privacy_policy_id: await place.policy(project_id) });
    const told = new Set<string>();
    for (const age of [20, 40, 60, 80])
      for (const ratio of [0.1, 0.9]) {
        const { body } = await place.predict(id, { age, ratio, city: 'Roma' });
        told.add(body.predictions[0].prediction);
        const actuals = labels.map((actual) => ({ id: body.log_ids[0], actual }));
        await place.send('POST', `/api/mlops/deployments/${id}/actuals`, {
          body: { actuals: actuals.slice(0, 1) },
        });
      }
    // The answer was not to be anonymised.
    expect([...told].every((label) => labels.includes(label))).toBe(true);
    expect(told.has('ada@labels.example.com') || told.has('4242 4242 4242 4242')).toBe(true);
    const logs = await place.logs(id, 8);
    for (const log of logs) {
      expect(['[EMAIL]', '[CREDIT_CARD]', 'plain']).toContain(log.prediction);
      expect(log.actual).toBe('[EMAIL]');
    }
    expect(JSON.stringify(place.items(id))).not.toMatch(/4242|ada@/);
  });
});
