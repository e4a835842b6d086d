import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Tally } from '../test/support/campaign/campaign.ts';
import type { Name } from '../test/support/campaign/orders.ts';

/** Nothing here may reach a real account. */
Object.assign(process.env, {
  ...{ AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  ...{ AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_EC2_METADATA_DISABLED: 'true' },
  ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
});

/** A piece of the work, small enough that two processes end at about the same time. */
type Job =
  | { do: 'schedules'; from: number; to: number; clients: number }
  | { do: 'orders'; names: Name[] }
  | { do: 'mutant'; number: number; most: number };
type Done = { tally?: Tally; clients?: number; orders?: number; line?: string; error?: string };

const usage =
  'usage: node scripts/campaign.ts [--schedules 10000] [--first 0] [--workers 2] [--orders 2] [--mutants]';

/** The process that was given no job tells the others what to do. */
async function direct(): Promise<void> {
  const { values } = parseArgs({
    options: {
      schedules: { type: 'string', default: '10000' },
      first: { type: 'string', default: '0' },
      workers: { type: 'string', default: '2' },
      orders: { type: 'string', default: '2' },
      mutants: { type: 'boolean', default: true },
      help: { type: 'boolean' },
    },
    allowNegative: true,
  });
  if (values.help) return console.log(usage);
  const began = performance.now();
  const jobs = await jobsOf(
    Number(values.first),
    Number(values.schedules),
    Number(values.orders),
    values.mutants,
  );
  const { assertLively, merge, nothing, told } = await import('../test/support/campaign/campaign.ts');
  const tallies = new Map<number, Tally>();
  let [orders, failed] = [0, 0];
  const hear = ({ tally, clients = 0, orders: more = 0, line, error }: Done) => {
    orders += more;
    if (line) console.log(line);
    if (error) console.error(error);
    failed += error ? 1 : 0;
    if (!tally) return;
    const sum = tallies.get(clients) ?? nothing();
    merge(sum, tally);
    tallies.set(clients, sum);
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, () => worker(jobs, hear)));
  const seconds = (performance.now() - began) / 1000;
  for (const [clients, tally] of tallies) {
    console.log(`${clients} clients: ${told(tally)}`);
    if (failed === 0 && clients === 8 && tally.schedules >= 100) assertLively(tally, clients);
  }
  console.log(`${orders} orders that differ, every one judged; ${failed} failures; ${seconds.toFixed(0)} s`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function jobsOf(first: number, schedules: number, orders: number, mutated: boolean): Promise<Job[]> {
  const { choices, four, names } = await import('../test/support/campaign/orders.ts');
  const { mutants } = await import('../test/support/campaign/mutants.ts');
  const piece = 100;
  const pieces = (count: number, clients: number): Job[] =>
    Array.from({ length: Math.ceil(count / piece) }, (_, n) => ({
      ...{ do: 'schedules', clients, from: first + n * piece },
      to: first + Math.min(count, (n + 1) * piece),
    }));
  const every: Name[][] = orders >= 2 ? [...choices(names, 2), ...(orders >= 3 ? choices(four, 3) : [])] : [];
  return [
    ...every.map((chosen): Job => ({ do: 'orders', names: chosen })).reverse(),
    ...(mutated
      ? mutants.map((_: unknown, number: number): Job => ({ do: 'mutant', number, most: 500 }))
      : []),
    ...pieces(schedules, 8),
    ...pieces(Math.ceil(schedules / 5), 3),
  ];
}

/** One process after another job until none is left. */
function worker(jobs: Job[], hear: (done: Done) => void): Promise<void> {
  return new Promise((resolve) => {
    const child = fork(import.meta.filename, [], { env: { ...process.env, CAMPAIGN_WORKER: '1' } });
    const more = () => {
      const job = jobs.shift();
      if (job) child.send(job);
      else child.disconnect();
    };
    child.on('message', (done: Done) => {
      hear(done);
      more();
    });
    child.on('exit', (code) => {
      if (code !== 0) hear({ error: `a worker ended with ${code}` });
      resolve();
    });
    more();
  });
}

async function serve(): Promise<void> {
  const { withMutants } = await import('../test/support/campaign/mutants.ts');
  withMutants();
  // Machines whose callers were killed have left their timers behind.
  process.on('disconnect', () => process.exit(0));
  process.on('message', async (job: Job) => {
    const done = await perform(job).catch(
      (error: Error): Done => ({ error: `${JSON.stringify(job)}: ${error.message}` }),
    );
    process.send?.(done);
  });
}

async function perform(job: Job): Promise<Done> {
  if (job.do === 'mutant') return mutate(job);
  const { theStage } = await import('../test/support/campaign/scene.ts');
  const stage = await theStage();
  if (job.do === 'schedules') {
    const { campaign } = await import('../test/support/campaign/campaign.ts');
    return { tally: await campaign(stage, job.from, job.to, job.clients), clients: job.clients };
  }
  const { everyOrder } = await import('../test/support/campaign/orders.ts');
  const { orders, repeated } = await everyOrder(stage, job.names);
  return { orders, line: `${job.names.join(' + ')}: ${orders} orders (${repeated} begun that repeat one)` };
}

async function mutate({ number, most }: Extract<Job, { do: 'mutant' }>): Promise<Done> {
  const { caught, mutants } = await import('../test/support/campaign/mutants.ts');
  const name = mutants[number]?.name ?? '';
  const seen = await caught(number, most);
  if (!seen) return { error: `mutant "${name}" lived through ${most} schedules` };
  return { line: `mutant "${name}": caught by schedule ${seen.schedules} (${seen.why.slice(0, 160)})` };
}

await (process.env.CAMPAIGN_WORKER ? serve() : direct());
