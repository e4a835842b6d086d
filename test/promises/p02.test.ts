import { beforeAll, describe, expect, test } from 'vitest';
import { predicting, scenarios } from '../support/campaign/scenarios.ts';
import { type Stage, theStage } from '../support/campaign/scene.ts';
import { attempt, isHonest, kindsOf, type Site, type Trouble, verdict } from '../support/campaign/trial.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await theStage();
});

async function every(name: string, troubles: readonly Trouble[]): Promise<Map<string, Trouble[]>> {
  const verdicts = new Map<string, Trouble[]>();
  for (const trouble of troubles) {
    const found = await attempt(stage, scenarios[name] as never, trouble).then(
      verdict,
      (error: Error) => error.message,
    );
    verdicts.set(found, [...(verdicts.get(found) ?? []), trouble]);
  }
  return verdicts;
}

function assertHonest(verdicts: Map<string, Trouble[]>): void {
  const wrong = [...verdicts].filter(([verdict]) => !isHonest(verdict));
  expect(wrong.map(([verdict, [first]]) => `${verdict} after ${JSON.stringify(first)}`)).toEqual([]);
}

const sitesOf = async (name: string): Promise<Site[]> =>
  (await attempt(stage, scenarios[name] as never)).sites;
const killsAt = (sites: readonly Site[]) =>
  sites.flatMap((kill) => [false, true].map((after) => ({ kill, after })));

describe.each(Object.keys(scenarios))('%s', (name) => {
  test('is done once or refused whole, whichever call meets whichever fault', async () => {
    const sites = await sitesOf(name);
    expect(sites.length).toBeGreaterThan(2);
    const troubles = sites.flatMap((site) =>
      kindsOf(site.command).map((kind) => ({ fault: [{ ...site, kind }] })),
    );
    const verdicts = await every(name, troubles);
    console.error(
      name,
      sites.length,
      'sites',
      [...verdicts].map(([verdict, all]) => `${verdict} ${all.length}`).join(', '),
    );
    assertHonest(verdicts);
    expect(verdicts.get('done')?.length).toBeGreaterThan(troubles.length / 2);
  });

  test('is done once or refused whole, wherever its process ends', async () => {
    const verdicts = await every(name, killsAt(await sitesOf(name)));
    console.error(
      name,
      'killed',
      [...verdicts].map(([verdict, all]) => `${verdict} ${all.length}`).join(', '),
    );
    assertHonest(verdicts);
  });

  test('is done once or refused whole, where a write is done and none of its sendings is answered', async () => {
    const writes = (await sitesOf(name)).filter(({ command }) => command === 'TransactWriteItems');
    const troubles = writes.map(({ command, nth }) => ({
      fault: [0, 1, 2].map((more) => ({ command, nth: nth + more, kind: 'timeoutAfter' as const })),
    }));
    const verdicts = await every(name, troubles);
    assertHonest(verdicts);
    expect([...verdicts.keys()]).toEqual(['done']);
  });
});

test('a prediction that was answered has left its log somewhere, whichever call meets whichever fault', async () => {
  const { sites } = await attempt(stage, predicting);
  const troubles = sites.flatMap((site) =>
    kindsOf(site.command)
      .filter((kind) => kind !== 'conflict' && kind !== 'condition')
      .map((kind) => ({ fault: [{ ...site, kind }] })),
  );
  expect(troubles.length).toBeGreaterThan(15);
  for (const trouble of troubles) {
    const { replies, effects } = await attempt(stage, predicting, trouble);
    const logs = stage.world.hooks.table.items('logs').length;
    expect([trouble, replies.at(-1)?.status, logs + effects >= 1]).toEqual([trouble, 200, true]);
  }
});
