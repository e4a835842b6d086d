import type { Storage } from '../../../iceberg/ports.ts';
import { answers, churn, customers, customersTable, predicted } from './churn.ts';
import { type definition, nameOf, runAll, runOf, runWorld, source, target } from './runWorld.ts';

/** Counts writes down to 0, which stands for a process that ends there: before the write, or after it. */
interface Fuse {
  left: number;
  after: boolean;
}

const fused =
  (fuse: Fuse) =>
  (storage: Storage): Storage => ({
    ...storage,
    async put(path, bytes, options) {
      const last = fuse.left-- === 0;
      if (last && !fuse.after) throw new Error('the process ended');
      const put = await storage.put(path, bytes, options);
      if (last) throw new Error('the process ended');
      return put;
    },
  });

type Asked = typeof definition;

/** What came of runs of so many slots, each of which ended at another of its writes and was tried again. */
export async function crashed(asked: Asked, after: boolean) {
  const fuse: Fuse = { left: Number.POSITIVE_INFINITY, after };
  const it = await runWorld(fused(fuse));
  try {
    await it.world.catalog.create(nameOf(source), customersTable);
    await it.append(nameOf(source), customers(0, 200));
    const wanted = predicted(await it.rows(nameOf(source)));
    const head = async () => (await it.world.catalog.load(nameOf(target)))?.metadata;
    const found = [];
    for (let i = 0; ; i++) {
      const run = runOf(`${i}`, new Date(Date.UTC(2026, 0, 1, i)).toISOString());
      const score = () => runAll(it.of(run, churn), run, { asked });
      const before = (await head())?.snapshots.length ?? 0;
      fuse.left = i;
      const ended = await score().then(
        () => false,
        () => true,
      );
      if (fuse.left >= 0) return { found, wanted };
      fuse.left = Number.POSITIVE_INFINITY;
      const again = await score();
      const rows = (await it.rows(nameOf(target))).filter(({ run_id }) => run_id === run.run_id);
      const snapshots = ((await head())?.snapshots.length ?? 0) - before;
      found.push({ ended, again, snapshots, answers: answers(rows) });
    }
  } finally {
    await it[Symbol.asyncDispose]();
  }
}
