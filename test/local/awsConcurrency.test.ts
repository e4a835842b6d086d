import { expect, test } from 'vitest';
import { isConcurrency, openConcurrency } from '../../local/awsConcurrency.ts';
import { isAwsProblem } from '../../local/awsHttp.ts';

const url = '/2019-09-30/functions/predict/provisioned-concurrency?Qualifier=live';

test('only what asks for started functions is taken for it', () => {
  expect(isConcurrency(url)).toBe(true);
  for (const other of ['/', '/2019-09-30/functions/predict/invocations', `${url}&x=1`, `/x${url}`])
    expect(isConcurrency(other), other).toBe(false);
});

test('what was asked for is remembered until it is given back, of each alias by itself', () => {
  const answer = openConcurrency();
  const other = url.replace('live', 'other');
  const get = (of: string) => {
    try {
      return answer('GET', of, {});
    } catch (problem) {
      return isAwsProblem(problem) && problem.status;
    }
  };
  expect(get(url)).toBe(404);
  answer('PUT', url, { ProvisionedConcurrentExecutions: 3 });
  expect([get(url), get(other)]).toEqual([
    { RequestedProvisionedConcurrentExecutions: 3, Status: 'READY' },
    404,
  ]);
  answer('DELETE', url, {});
  expect(get(url)).toBe(404);
});
