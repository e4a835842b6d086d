import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { plainItem } from '../../adapters/aws/attributes.ts';
import { table as documents, once } from '../../adapters/aws/table.ts';
import * as operations from '../../adapters/deployments/operations.ts';
import { survey } from '../../adapters/fsck.ts';
import * as runs from '../../adapters/monitoring/driftRuns.ts';
import { asked, failed, finished, isOver, type Run, started } from '../../domain/drift/run.ts';
import { time } from '../../domain/fields.ts';
import { idAt } from '../../domain/id.ts';
import { findings } from '../../domain/invariants.ts';
import { createTable, type Table } from '../support/table.ts';

process.env.CONTROL_TABLE = 'control';
let table: Table;
const renew = () => {
  table = createTable({ control: ['pk', 'sk'] });
  for (const client of [documents, once]) table.install(client as never);
};
beforeAll(renew);

const project_id = '00000000-0000-7000-8000-000000000001';
const deployment_id = '00000000-0000-7000-8000-000000000002';
const stored = () => table.items('control').map((item) => plainItem(item as never));

/** What may happen: somebody asks, a worker goes on or comes late with what it once read, time passes, the sweeper comes. */
const deed = fc.oneof(
  fc.constant({ do: 'ask' as const }),
  fc.record({ do: fc.constantFrom('start' as const, 'finish' as const, 'fail' as const), whom: fc.nat(9) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 200, 400, 500) }),
  fc.constant({ do: 'sweep' as const }),
);

type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never;

/** A history of one deployment's runs. */
function history() {
  renew();
  let now = Date.UTC(2026, 5, 15);
  let made = 0;
  const known: Run[] = [];
  const over = new Map<string, string>();
  const end = {
    start: (run: Run) => runs.start(started(run, time(now))),
    finish: (run: Run) => runs.end(finished(run, { overall_status: 'low' }, time(now))),
    fail: (run: Run) => runs.end(failed(run, 'it failed', time(now))),
  };

  async function ask(): Promise<void> {
    const before = await runs.current(deployment_id, now);
    const id = idAt(
      now,
      Uint8Array.from({ length: 10 }, () => made++ % 256),
    );
    const run = await runs.begin(asked({ id, project_id, deployment_id, actor: 'a' }, time(now)), now);
    expect(run.id).toBe(before?.id ?? id);
    known.push(run);
  }

  async function sweep(): Promise<void> {
    for (const { id } of await operations.overdue(now - 30_000)) {
      const run = await runs.get(id);
      if (run) await end.fail(run);
    }
  }

  function check(): void {
    const found = survey(stored(), []);
    // Those whose lease ran out wait for the sweeper; of the others there is one.
    const going = found.runs.filter((run) => !isOver(run) && run.deadline + 60_000 > now);
    expect(going.length).toBeLessThanOrEqual(1);
    for (const run of found.runs.filter(isOver)) {
      const text = JSON.stringify(run);
      expect(over.get(run.id) ?? text).toBe(text);
      over.set(run.id, text);
    }
    expect(findings(found)).toEqual([]);
  }

  async function play(one: Deed): Promise<void> {
    if (one.do === 'ask') return ask();
    if (one.do === 'sweep') return sweep();
    if (one.do === 'wait') {
      now += one.seconds * 1000;
      return;
    }
    const run = known[one.whom % Math.max(1, known.length)];
    if (run) await end[one.do](run);
  }
  return { play, check, going: () => runs.current(deployment_id, now) };
}

test('one run of a deployment goes on at a time, and what is over stays as it was, whoever comes late', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 25 }), async (deeds) => {
      const { play, check, going } = history();
      for (const one of deeds) {
        await play(one);
        check();
      }
      // Whatever happened, the sweeper ends it, and the next one may begin.
      await play({ do: 'wait', seconds: 500 });
      await play({ do: 'sweep' });
      expect(survey(stored(), []).open).toEqual([]);
      expect(await going()).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});
