import { malformed } from './fault.ts';
import type { Json, JsonObject } from './json64.ts';
import type { Requirement, Update } from './ports.ts';
import { isObject } from './shape.ts';

/** What a catalog without a server of its own does with a commit: metadata in the form of its JSON, parts not known here kept. */
export interface Written {
  /** Where the metadata that is replaced is kept. */
  metadataLocation: string;
  /** Milliseconds. */
  now: number;
}

/** Ids are compared as what they are, however they were written. */
const sameId = (a: Json | undefined, b: Json | undefined): boolean => {
  const [x, y] = [a, b].map((id) =>
    typeof id === 'number' || typeof id === 'bigint' ? BigInt(id) : undefined,
  );
  return x !== undefined && x === y;
};

const objects = (json: Json | undefined): JsonObject[] => (Array.isArray(json) ? json.filter(isObject) : []);

/** Whether a table still is what a commit was made for. */
export function holds(requirement: Requirement, table: JsonObject): boolean {
  if (requirement.type === 'assert-table-uuid') return table['table-uuid'] === requirement.uuid;
  const head = headOf(table, requirement.ref);
  const wanted = requirement['snapshot-id'];
  return wanted === null ? head === undefined : sameId(head, wanted);
}

/** Tables of older writers have no reference main, only a current snapshot; -1 stood for none. */
function headOf(table: JsonObject, ref: string): Json | undefined {
  const found = isObject(table.refs) ? table.refs[ref] : undefined;
  if (isObject(found)) return found['snapshot-id'];
  const current = ref === 'main' ? table['current-snapshot-id'] : undefined;
  return current === null || sameId(current, -1) ? undefined : current;
}

/** The metadata after a commit; what was given is not changed. */
export function applyUpdates(table: JsonObject, updates: readonly Update[], written: Written): JsonObject {
  const previous = objects(table['metadata-log']);
  const entry = {
    'timestamp-ms': table['last-updated-ms'] ?? written.now,
    'metadata-file': written.metadataLocation,
  };
  const start: JsonObject = { ...table, 'last-updated-ms': written.now };
  start['metadata-log'] = [...previous, entry].slice(-logLength(table));
  return updates.reduce(applied, start);
}

function logLength(table: JsonObject): number {
  const wanted = isObject(table.properties)
    ? table.properties['write.metadata.previous-versions-max']
    : undefined;
  const length = Number(wanted ?? 100);
  return Number.isInteger(length) && length > 0 ? Math.min(length, 1_000) : 100;
}

function applied(table: JsonObject, update: Update): JsonObject {
  switch (update.action) {
    case 'add-snapshot':
      return withSnapshot(table, update.snapshot);
    case 'set-snapshot-ref':
      return withHead(table, update);
    case 'remove-snapshots':
      return withoutSnapshots(table, update['snapshot-ids']);
  }
}

function withSnapshot(table: JsonObject, snapshot: JsonObject): JsonObject {
  const sequence = snapshot['sequence-number'];
  const last = table['last-sequence-number'] ?? 0;
  if (Number(sequence) <= Number(last)) throw malformed('the sequence number of a new snapshot is not new');
  const at = Math.max(Number(snapshot['timestamp-ms']), Number(table['last-updated-ms']));
  return {
    ...table,
    'last-sequence-number': sequence ?? last,
    'last-updated-ms': at,
    snapshots: [...objects(table.snapshots), snapshot],
  };
}

function withHead(table: JsonObject, update: Extract<Update, { action: 'set-snapshot-ref' }>): JsonObject {
  const { action, 'ref-name': name, ...reference } = update;
  const id = update['snapshot-id'];
  const refs = { ...(isObject(table.refs) ? table.refs : {}), [name]: reference };
  if (name !== 'main') return { ...table, refs };
  const snapshot = objects(table.snapshots).find((one) => sameId(one['snapshot-id'], id));
  if (!snapshot) throw malformed('a reference names a snapshot that is not there');
  const log = { 'timestamp-ms': snapshot['timestamp-ms'] ?? 0, 'snapshot-id': id };
  const history = [...objects(table['snapshot-log']), log];
  return { ...table, refs, 'current-snapshot-id': id, 'snapshot-log': history };
}

/** History before a snapshot that is gone would have a hole, so it goes too. */
function withoutSnapshots(table: JsonObject, ids: readonly bigint[]): JsonObject {
  const gone = new Set(ids.map(String));
  const stays = (one: JsonObject) => !gone.has(String(one['snapshot-id']));
  const log = objects(table['snapshot-log']);
  const hole = log.findLastIndex((one) => !stays(one));
  const without: JsonObject = { ...table, 'snapshot-log': log.slice(hole + 1) };
  for (const part of ['snapshots', 'statistics', 'partition-statistics'])
    if (table[part] !== undefined) without[part] = objects(table[part]).filter(stays);
  return without;
}
