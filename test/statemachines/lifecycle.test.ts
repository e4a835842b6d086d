import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  beginOperation,
  checkBatch,
  commitChange,
  machineOutput,
  probeModel,
  reserveDeployment,
} from '../../contracts/tasks.ts';
import { begun, type Request } from '../../domain/operation.ts';
import { Failed, type Machine, run } from '../../local/asl/run.ts';

const id = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
const common = {
  op_id: id(1),
  project_id: id(2),
  deployment_id: id(3),
  actor: 'key:1',
  at: '2026-01-01T00:00:00Z',
};
const requests: Record<string, Request> = {
  deploy: {
    ...common,
    kind: 'deploy',
    model_id: id(4),
    name: 'd',
    stage: 'staging',
    config: { name: 'd', traffic_percent: 100 },
  },
  promote: { ...common, kind: 'promote' },
  rollback: { ...common, kind: 'rollback', to_deployment_id: id(5), new_deployment_id: id(6) },
  deactivate: { ...common, kind: 'deactivate' },
};
const contracts = { beginOperation, reserveDeployment, probeModel, checkBatch, commitChange };
type Step = keyof typeof contracts;

const open = { outcome: 'open', model_id: id(4) };
const settled = (answer: object = { result: { ok: true } }) => ({ outcome: 'settled', answer });
const refused = settled({ refusal: { code: 'conflict', detail: 'Deployment is failed' } });
const fails = (name: string) => () => {
  throw new Failed(name, 'it went wrong');
};

/** Run a machine against pretended functions, without waiting, and stop it if it goes round and round. */
async function rehearse(
  kind: string,
  functions: Partial<Record<Step, () => unknown>> = {},
  request = requests[kind],
) {
  const path: string[] = [];
  const calls: [Step, unknown][] = [];
  const slept: number[] = [];
  const usual: Record<Step, () => unknown> = {
    beginOperation: () => (kind === 'deactivate' ? { outcome: 'open', model_id: null } : open),
    reserveDeployment: () => open,
    probeModel: () => ({ outcome: 'passed', reason: '' }),
    checkBatch: () => ({ outcome: 'passed', reason: '' }),
    commitChange: () => settled(),
    ...functions,
  };
  const machine = JSON.parse(readFileSync(`statemachines/${kind}.asl.json`, 'utf8')) as Machine;
  const outcome = await run(machine, request, {
    entered: (state) => {
      if (path.push(state) > 20) throw new Error('the machine does not come to an end');
    },
    invoke: async (name, payload) => {
      const step = name as Step;
      calls.push([step, payload]);
      contracts[step].input.parse(payload);
      return usual[step]();
    },
    sleep: async (seconds) => void slept.push(seconds),
    now: () => 0,
    random: () => 0.5,
  }).catch((error: Failed) => error);
  return { path, calls, slept, outcome, steps: calls.map(([step]) => step) };
}

const begin = 'Begin the operation';
const whole: Record<string, { path: string[]; steps: Step[] }> = {
  deploy: {
    path: [
      begin,
      'Is it over already?',
      'Reserve the deployment',
      'Was it refused?',
      'Probe the model',
      'Are there tables to check?',
      'Commit the change',
      'Tell how it ended',
    ],
    steps: ['beginOperation', 'reserveDeployment', 'probeModel', 'commitChange'],
  },
  promote: {
    path: [begin, 'Is it over already?', 'Probe the model', 'Commit the change', 'Tell how it ended'],
    steps: ['beginOperation', 'probeModel', 'commitChange'],
  },
  rollback: {
    path: [begin, 'Is it over already?', 'Probe the model', 'Commit the change', 'Tell how it ended'],
    steps: ['beginOperation', 'probeModel', 'commitChange'],
  },
  deactivate: {
    path: [begin, 'Is it over already?', 'Commit the change', 'Tell how it ended'],
    steps: ['beginOperation', 'commitChange'],
  },
};
const kinds = Object.keys(whole);
const probing = kinds.filter((kind) => kind !== 'deactivate');

describe.each(kinds)('%s', (kind) => {
  test('goes from the beginning to the commit, and its output is the answer', async () => {
    const { path, steps, outcome, calls } = await rehearse(kind);
    expect({ path, steps }).toEqual(whole[kind]);
    expect(machineOutput.parse(outcome).answer).toEqual({ result: { ok: true } });
    expect(calls[0]?.[1]).toEqual(requests[kind]);
    expect(calls.at(-1)?.[1]).toEqual({ request: requests[kind], probe: { outcome: 'passed', reason: '' } });
  });

  test('ends at once when the beginning says that it is over: refused, or answered before', async () => {
    const { path, steps, outcome } = await rehearse(kind, { beginOperation: () => refused });
    expect(path).toEqual([begin, 'Is it over already?', 'Tell how it ended']);
    expect(steps).toEqual(['beginOperation']);
    expect(outcome).toEqual(refused);
  });

  test('a refusal of the commit is an answer and no error', async () => {
    const { outcome } = await rehearse(kind, { commitChange: () => refused });
    expect(outcome).toEqual(refused);
  });

  test.each(['beginOperation', 'commitChange'] as const)(
    'nobody knows yet when %s fails: the record tells',
    async (step) => {
      const { path, outcome, steps } = await rehearse(kind, { [step]: fails('TypeError') });
      expect(path.at(-1)).toBe('Nobody knows yet');
      expect(outcome).toMatchObject({ name: 'OperationUnsettled' });
      expect(steps.at(-1)).toBe(step);
      expect(steps.filter((name) => name === step)).toHaveLength(1);
    },
  );

  test.each(['beginOperation', 'commitChange'] as const)(
    'tries %s once more when it was throttled',
    async (step) => {
      let tried = 0;
      const once = () =>
        tried++ === 0
          ? fails('Lambda.TooManyRequestsException')()
          : step === 'commitChange'
            ? settled()
            : refused;
      const { outcome, slept, steps } = await rehearse(kind, { [step]: once });
      expect(outcome).toMatchObject({ outcome: 'settled' });
      expect(steps.filter((name) => name === step)).toHaveLength(2);
      expect(slept).toEqual([0.5]);
    },
  );

  test('gives up on what stays throttled after a second try, and leaves it to the record', async () => {
    const { steps, path } = await rehearse(kind, { commitChange: fails('Lambda.TooManyRequestsException') });
    expect(steps.filter((name) => name === 'commitChange')).toHaveLength(2);
    expect(path.at(-1)).toBe('Nobody knows yet');
  });
});

describe.each(probing)('%s', (kind) => {
  test('a model that does not load goes to the commit with its reason', async () => {
    const probe = { outcome: 'failed', reason: 'Model failed to load: the artifact cannot be read' };
    const { calls, path } = await rehearse(kind, { probeModel: () => probe });
    expect(calls.at(-1)).toEqual(['commitChange', { request: requests[kind], probe }]);
    expect(path).toEqual(whole[kind]?.path);
  });

  test.each(['States.Timeout', 'Runtime.OutOfMemory', 'Error'])(
    'a probe that ends in %s counts as a model that did not load in time, untried again',
    async (error) => {
      const { calls, steps, outcome } = await rehearse(kind, { probeModel: fails(error) });
      expect(steps.filter((name) => name === 'probeModel')).toHaveLength(1);
      expect(calls.at(-1)).toEqual([
        'commitChange',
        {
          request: requests[kind],
          probe: { outcome: 'failed', reason: 'Model failed to load: it did not load in time' },
        },
      ]);
      expect(outcome).toMatchObject({ outcome: 'settled' });
    },
  );

  test('asks for the model that the step before named, of the project of the request', async () => {
    const { calls } = await rehearse(kind);
    expect(calls.find(([step]) => step === 'probeModel')?.[1]).toEqual({
      project_id: id(2),
      model_id: id(4),
    });
  });
});

describe('deploy', () => {
  test('a reservation that is refused is told and nothing is probed', async () => {
    const { steps, outcome } = await rehearse('deploy', { reserveDeployment: () => refused });
    expect(steps).toEqual(['beginOperation', 'reserveDeployment']);
    expect(outcome).toEqual(refused);
  });

  test('nobody knows yet when the reservation fails', async () => {
    const { path, steps } = await rehearse('deploy', { reserveDeployment: fails('Error') });
    expect(path.at(-1)).toBe('Nobody knows yet');
    expect(steps).not.toContain('commitChange');
  });
});

describe('deploy of a batch deployment', () => {
  const request = { ...requests.deploy, deployment_kind: 'batch' } as Request;

  test('has its tables checked after its model, and is committed by what that says', async () => {
    for (const outcome of ['passed', 'failed']) {
      const probe = { outcome, reason: outcome === 'passed' ? '' : 'source is target' };
      const { steps, calls } = await rehearse('deploy', { checkBatch: () => probe }, request);
      expect(steps).toEqual([
        'beginOperation',
        'reserveDeployment',
        'probeModel',
        'checkBatch',
        'commitChange',
      ]);
      expect(calls.find(([step]) => step === 'checkBatch')?.[1]).toEqual({
        project_id: id(2),
        deployment_id: id(3),
      });
      expect(calls.at(-1)).toEqual(['commitChange', { request, probe }]);
    }
  });

  test('is not looked at further where its model does not load', async () => {
    const probe = { outcome: 'failed', reason: 'Model failed to load: broken' };
    const { steps, calls } = await rehearse('deploy', { probeModel: () => probe }, request);
    expect(steps).not.toContain('checkBatch');
    expect(calls.at(-1)).toEqual(['commitChange', { request, probe }]);
  });

  test('fails where the check itself fails', async () => {
    const { calls } = await rehearse('deploy', { checkBatch: fails('States.Timeout') }, request);
    const probe = { outcome: 'failed', reason: 'The tables could not be checked in time' };
    expect(calls.at(-1)).toEqual(['commitChange', { request, probe }]);
  });
});

test('an operation is allowed as many seconds as its machine has', () => {
  for (const kind of kinds) {
    const { TimeoutSeconds } = JSON.parse(readFileSync(`statemachines/${kind}.asl.json`, 'utf8')) as Machine;
    const { deadline } = begun(requests[kind] as Request);
    expect(deadline - Date.parse(common.at)).toBe((TimeoutSeconds ?? 0) * 1000);
  }
});
