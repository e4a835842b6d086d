import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Fault, Problem } from '../../../domain/problem.ts';
import { type Condition, conditionsOf, type Fields } from '../../../domain/workspaces/filter.ts';

/** What a list is asked for; 422 with all that is wrong with it. */
export function conditions({ rawQueryString }: APIGatewayProxyEventV2, fields: Fields): Condition[] {
  const found = conditionsOf(new URLSearchParams(rawQueryString ?? ''), fields);
  if (found.some((one) => 'type' in one)) throw new Problem('invalid', found as Fault[]);
  return found as Condition[];
}
