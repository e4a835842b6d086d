import { expect } from 'vitest';
import { dialectOf } from '../../../functions/kit/http/wording.ts';
import { openWire, type Sent, type Wire } from '../../functions/support/wire.ts';
import { effort } from '../../support/effort.ts';

export { type Got, noId, type Sent, type Wire } from '../../functions/support/wire.ts';

/** Stands in every hostile value, so that it is known again wherever it should not be. */
export const mark = 'h0stile';

type Row = Record<string, unknown>;
const writes = ['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'BatchWriteItem'];

/** What one call wrote, as `table:key`. */
function written(command: string, input: Row): string[] {
  if (!writes.includes(command)) return [];
  const single = (one: Row) => {
    const key = (one.Key ?? one.Item) as { pk: unknown } | undefined;
    return `${one.TableName}:${typeof key?.pk === 'object' ? (key.pk as { S: string }).S : key?.pk}`;
  };
  if (command !== 'TransactWriteItems') return [single(input)];
  return (input.TransactItems as Record<string, Row>[]).flatMap((item) =>
    Object.entries(item).flatMap(([kind, one]) => (kind === 'ConditionCheck' ? [] : [single(one)])),
  );
}

/** Records of operations and of repeats, and when a key was used, are no effect of a request. */
const isRecord = (place: string) => /^(?:idempotency:|keys:K#|control:OP#|control:OPEN$)/.test(place);

const isCount = (command: string, place: string) =>
  command === 'UpdateItem' && /^(?:idempotency:R#|keys:K#)/.test(place);

/** The system, with a log of every write that was done. */
export async function openHostile() {
  const wire = await openWire();
  const real = wire.hooks.table;
  const effects: string[] = [];
  /** Every write, but when a key was used and how often somebody asked. */
  const writes: string[] = [];
  const note = (command: string, input: Row) => {
    const places = written(command, input);
    effects.push(...places.filter((place) => !isRecord(place)));
    writes.push(...places.filter((place) => !isCount(command, place)));
  };
  wire.hooks.table = {
    ...real,
    send: (async (command: string, input: Row) => {
      const output: Row = await real.send(command as never, input as never);
      const removedNothing = input.ReturnValues === 'ALL_OLD' && output.Attributes === undefined;
      if (!removedNothing) note(command, input);
      return output;
    }) as typeof real.send,
    answer: async (target, body) => {
      const answer = await real.answer(target, body);
      if (answer.status === 200) note(target.replace(/^.*\./, ''), JSON.parse(body));
      return answer;
    },
  };

  /** Ask for something that has to be refused: in the dialect's shape, soon, without any effect. */
  const refused = async (status: number, method: string, target: string, sent: Sent = {}, within = 500) => {
    const before = effects.length;
    const objects = wire.store.size;
    const began = effort();
    const got = await wire.send(method, target, sent);
    const took = effort() - began;
    expect([got.status, effects.slice(before), wire.store.size]).toEqual([status, [], objects]);
    expect(Object.keys(got.body)).toContain(dialectOf(target) === 'live' ? 'errorCode' : 'detail');
    expect(got.headers['content-type']).toBe('application/json');
    expect(took).toBeLessThan(within);
    return got;
  };
  /** Nothing that was sent, and no key, may stand in anything that was printed. */
  const silent = () => {
    const printed = wire.printed.join('');
    expect(printed.length).toBeGreaterThan(0);
    expect(printed).not.toContain(mark);
    expect(printed).not.toMatch(/slw_[a-z2-7]{26}/);
  };
  return { ...wire, effects, writes, refused, silent };
}
export type Hostile = Awaited<ReturnType<typeof openHostile>>;

/** The faults of a 422 as `type at place`. */
export const faultsOf = ({ body }: { body: { detail: { type: string; loc: unknown[] }[] } }) =>
  body.detail.map(({ type, loc }) => `${type} ${loc.join('.')}`);

export const create = (wire: Wire, project_id: string, body: object) =>
  wire.send('POST', `/api/mlops/projects/${project_id}/deployments`, { body });
