import type { Event } from '../../../domain/change.ts';
import { type Deployment, life as follows, type Life } from '../../../domain/deployment.ts';

/** What runs, as somebody would keep it who does one thing at a time. */
export type Row = Pick<Deployment, 'life' | 'stage'>;
export type State = { prod: string | null; rows: ReadonlyMap<string, Row> };

export class Broken extends Error {}
const assert = (fine: boolean, what: string) => {
  if (!fine) throw new Broken(what);
};

/** The state after one event; an event that could not happen then is a fault of the system. */
export function next({ prod, rows }: State, { type, dep, prev, seq }: Event, wanted: string): State {
  const after = new Map(rows);
  const was = rows.get(dep);
  const now = (life: Life, stage: Row['stage'], from: readonly (Life | undefined)[]) => {
    assert(from.includes(was?.life), `${seq} ${type} of a deployment that is ${was?.life}`);
    after.set(dep, { life, stage });
  };
  const live = (from: readonly (Life | undefined)[]): State => {
    if (prod !== null) after.set(prod, { life: 'archived', stage: 'archived' });
    now('active', 'production', from);
    return { prod: dep, rows: after };
  };
  assert(prev === prod, `${seq} ${type} says that another one was in production`);
  switch (type) {
    case 'deployment.created':
      now('deploying', 'staging', [undefined]);
      return { prod, rows: after };
    case 'deployment.activated':
      if (wanted === 'production') return live(['deploying']);
      now('active', 'staging', ['deploying']);
      return { prod, rows: after };
    case 'deployment.failed':
      now('failed', 'staging', ['deploying']);
      return { prod, rows: after };
    case 'deployment.promoted':
      assert(was?.stage === 'staging', `${seq} promoted what was ${was?.stage}`);
      return live(['active']);
    case 'deployment.rolled_back':
      return live([was && 'archived']);
    case 'deployment.deactivated':
      now(
        'archived',
        'archived',
        (Object.keys(follows) as Life[]).filter((one) => follows[one].includes('archived')),
      );
      return { prod: prod === dep ? null : prod, rows: after };
    case 'deployment.stopped':
      now('stopped', was?.stage ?? 'staging', ['active']);
      return { prod, rows: after };
    case 'deployment.started':
      now('active', was?.stage ?? 'staging', ['stopped']);
      return { prod, rows: after };
    case 'deployment.reported':
    case 'deployment.removed':
      throw new Broken(`${seq} ${type}: in a campaign nothing runs elsewhere`);
  }
}
