import { checkJob } from './job.ts';
import { checkTarget, prepare } from './prepare.ts';
import type { BatchRun, Definition, PlanWorld, Scored } from './world.ts';

/** Everything that a plan would refuse, as a fault that says why; nothing is made. */
export async function checkTables(
  world: PlanWorld,
  { scheduled_at }: BatchRun,
  { definition, scored }: { definition: Definition; scored: Scored },
): Promise<void> {
  const { catalog } = world.catalog(definition.source.catalog);
  const target = world.catalog(definition.target.catalog).catalog;
  const model = await world.described(scored);
  await world.withEngine(async (engine) => {
    const asked = { definition, model, scheduled_at };
    const prepared = await prepare(engine, catalog, asked);
    if (definition.engine === 'emr-serverless') await checkJob(world, engine, asked, prepared);
    await checkTarget(target, { definition, scheduled_at }, prepared);
  });
}
