import { vi } from 'vitest';
import { millisecondsOf } from '../../../domain/id.ts';
import { createWorld, type World, withModel } from '../../support/world.ts';

export const hour = 3_600_000;
/** 2026-06-15T12:00:00Z */
export const noon = Date.UTC(2026, 5, 15, 12);

/** From now on it is this time, for everything that asks for it. */
export const itIs = (time: number) => vi.setSystemTime(time);

/** A world where a deployment was made ten days before noon, and what it prints. */
export async function counting() {
  const printed: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed.push(String(chunk));
    return true;
  });
  vi.useFakeTimers({ toFake: ['Date'] });
  itIs(noon - 10 * 24 * hour);
  const world = await createWorld();
  const { project_id, model_id } = await withModel(world);
  const deploy = async () => {
    const body = { model_id, name: 'counted', stage: 'staging' };
    return (await world.call('createDeployment', { params: { project_id }, body })).body.id as string;
  };
  const before = Date.now();
  const ids = [await deploy(), await deploy(), await deploy()] as const;
  if (before !== Date.now()) throw new Error('time passes by itself');
  itIs(noon);
  return { world, ids, printed };
}

/** The log items of a deployment, by what the counts say of them. */
export const logsOf = (world: World, id: string) =>
  world.hooks.table
    .items('logs')
    .filter(({ pk }) => String(pk?.S).startsWith(`${id}#`))
    .map(({ sk, n, s, l }) => ({
      id: String(sk?.S),
      at: millisecondsOf(String(sk?.S)),
      rows: Number(n?.N),
      status: Number(s?.N),
      latency: Number(l?.S),
    }));

export const marksOf = (world: World, id: string) =>
  world.hooks.table
    .items('aggregates')
    .filter(({ pk, sk }) => (pk?.S === `S#${id}` && String(sk?.S).startsWith('O#')) || sk?.S === id)
    .map(({ pk, sk }) => `${pk?.S} ${sk?.S}`);

export const metric = (printed: readonly string[], name: string): number =>
  printed
    .flatMap((line) => (line.includes(`"${name}":`) ? [JSON.parse(line)[name] as number] : []))
    .reduce((sum, value) => sum + value, 0);
