import { sha256, signedHeaders } from '../adapters/aws/sigv4.ts';
import { askTables, Refusal } from './ask.ts';
import { localKeys, loopbackOnly } from './loopback.ts';
import { region } from './template/names.ts';
import type { BucketPlan, TablePlan } from './template/plan.ts';

/** Make the tables that are not there yet. */
export async function makeTables(url: string, tables: readonly TablePlan[]): Promise<void> {
  const { TableNames } = await askTables<{ TableNames: string[] }>(url, 'ListTables', {});
  for (const { name, definition, ttl } of tables) {
    if (TableNames.includes(name)) continue;
    await askTables(url, 'CreateTable', definition);
    if (ttl === undefined) continue;
    const TimeToLiveSpecification = { AttributeName: ttl, Enabled: true };
    await askTables(url, 'UpdateTimeToLive', { TableName: name, TimeToLiveSpecification });
  }
}

/** Make the buckets that are not there yet. */
export async function makeBuckets(url: string, buckets: readonly BucketPlan[]): Promise<void> {
  for (const { name } of buckets) {
    const address = loopbackOnly(`${url}/${name}`);
    const asked = { method: 'PUT', url: address, service: 's3', region, headers: {}, payload: sha256('') };
    const headers = signedHeaders({ ...asked, now: Date.now() }, localKeys);
    const reply = await fetch(address, { method: 'PUT', headers });
    const text = await reply.text();
    if (!reply.ok && !/BucketAlreadyOwnedByYou|BucketAlreadyExists/.test(text))
      throw new Refusal(String(reply.status), `the bucket ${name} could not be made`);
  }
}
