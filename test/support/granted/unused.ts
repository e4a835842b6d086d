import { readFileSync } from 'node:fs';
import { readGrants } from './grants.ts';

/**
 * GRANTS_USED=/tmp/used npx vitest run --project functions --project promises
 * node test/support/granted/unused.ts /tmp/used
 *
 * Prints what is granted and no test has used. Lambda itself writes logs, reads streams and keeps what was given up, and
 * an upload is made by whoever was given its address.
 */
const byOthers =
  /^schedules |^\S+ (?:logs:|iam:|dynamodb:(?:DescribeStream|GetRecords|GetShardIterator|ListStreams) )|data\/aws\/|registerModel s3:PutObject/;

const used = new Set(readFileSync(process.argv[2] ?? '', 'utf8').split('\n'));
const text = readFileSync('docs/permissions.txt', 'utf8');
const granted = [...readGrants(text)].flatMap(([line, read]) =>
  read().flatMap(({ on, keys, only }) =>
    on.flatMap((place) =>
      (keys ?? ['']).map((key) => ({ piece: [line, place, key].join(' ').trim(), only })),
    ),
  ),
);
for (const { piece, only } of granted)
  if (![...used].some((one) => one === piece || one.startsWith(`${piece} `)) && !byOthers.test(piece))
    process.stdout.write(`${piece}${only ? ` only ${only.join(' ')}` : ''}\n`);
