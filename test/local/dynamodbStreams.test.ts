import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { pruneStreams } from '../../local/dynamodb.ts';
import { servedTable, TableName } from './support/dynamodb.ts';

const { here, put } = servedTable();

describe('streams', () => {
  /** Streams by their wire: the product has no client of theirs among its dependencies. */
  const streams = async (operation: string, body: object) => {
    const reply = await fetch(here.database.url, {
      method: 'POST',
      headers: {
        'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
        'content-type': 'application/x-amz-json-1.0',
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        'x-amz-date': '20260101T000000Z',
      },
      body: JSON.stringify(body),
    });
    return JSON.parse(await reply.text());
  };

  async function records() {
    const { Streams } = await streams('ListStreams', { TableName });
    const { StreamArn } = Streams[0];
    const { StreamDescription } = await streams('DescribeStream', { StreamArn });
    const { ShardId } = StreamDescription.Shards[0];
    const at = await streams('GetShardIterator', { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    let iterator = at.ShardIterator;
    const found: {
      eventName: string;
      dynamodb: { Keys: Record<string, { S: string }>; SequenceNumber: string };
    }[] = [];
    for (;;) {
      const { Records, NextShardIterator } = await streams('GetRecords', { ShardIterator: iterator });
      if (Records.length === 0) return found;
      found.push(...Records);
      iterator = NextShardIterator;
    }
  }

  test('tell every write of a key in order, with both images', async () => {
    await put('s', '1', { v: 1 });
    await put('s', '1', { v: 2 });
    const mine = (await records()).filter(({ dynamodb }) => dynamodb.Keys.pk?.S === 's');
    expect(mine.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY']);
    expect(mine[1]).toMatchObject({ dynamodb: { OldImage: { v: { N: '1' } }, NewImage: { v: { N: '2' } } } });
    const [before, then] = mine.map(({ dynamodb }) => BigInt(dynamodb.SequenceNumber));
    expect(then).toBeGreaterThan(before ?? 0n);
  });

  test('are indexed from the start, so that a write does not look through all of them', () => {
    const file = new DatabaseSync(here.database.file, { readOnly: true });
    const plan = file
      .prepare(
        'EXPLAIN QUERY PLAN SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?',
      )
      .all(TableName);
    file.close();
    expect(JSON.stringify(plan)).toContain('slipway_stream');
  });

  test('are pruned up to a number, while the newest stays and numbers go on from it', async () => {
    for (let i = 0; i < 1200; i += 100)
      await Promise.all(Array.from({ length: 100 }, (_, n) => put('prune', `${i + n}`)));
    const before = await records();
    const last = BigInt(before.at(-1)?.dynamodb.SequenceNumber ?? 0);
    expect(before.length).toBeGreaterThan(1200);
    expect(await pruneStreams(here.database.file, TableName, last - 10n)).toBe(before.length - 10);
    expect(await pruneStreams(here.database.file, TableName, last + 1000n)).toBe(9);
    expect(await pruneStreams(here.database.file, 'other', last)).toBe(0);
    expect((await records()).map(({ dynamodb }) => BigInt(dynamodb.SequenceNumber))).toEqual([last]);
    await put('prune', 'after');
    expect(BigInt((await records()).at(-1)?.dynamodb.SequenceNumber ?? 0)).toBe(last + 1n);
  });
});
