import { localStorage } from '../../../adapters/iceberg/storage.ts';
import { around, day, micros, overwrite, run, type Settled, slotFile } from './tables.ts';

/** A process of its own that commits runs to a table of files: the root, then the ids of the runs. */
const [root = '', ...runs] = process.argv.slice(2);
const world = around(localStorage(root), root);
const start = micros('2026-11-01T06:00:00Z');
const outcomes: Settled[] = [];
for (const id of runs) {
  const slot = start + BigInt(id) * day;
  const file = slotFile(`${root}/data/${id}-${process.pid}.parquet`, slot);
  outcomes.push(await run(world, id, () => overwrite(slot, [file])));
}
process.stdout.write(JSON.stringify(outcomes.map(({ how, attempts }) => ({ how, attempts }))));
