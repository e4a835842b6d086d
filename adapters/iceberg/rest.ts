import { type Fault, fault } from '../../iceberg/fault.ts';
import type { JsonInput, JsonObject } from '../../iceberg/json64.ts';
import { readMetadata } from '../../iceberg/metadata.ts';
import type { Catalog, CommitOutcome, LoadedTable, NewTable, TableName } from '../../iceberg/ports.ts';
import { objectAt, textAt } from '../../iceberg/shape.ts';
import { ask, prefixOf, type RestAnswer, type RestCatalog } from './restWire.ts';

export type { RestCatalog } from './restWire.ts';

/** A catalog that speaks the Iceberg REST protocol: Glue, S3 Tables, Polaris, Lakekeeper and others. */
export function icebergRest(catalog: RestCatalog): Catalog {
  return {
    load: (table) => load(catalog, table),
    create: (table, request) => create(catalog, table, request),
    commit: async (table, requirements, updates) => {
      const identifier = { namespace: table.namespace, name: table.name };
      const path = await tablePath(catalog, table);
      const body: JsonInput = { identifier, requirements, updates };
      const answer = await ask(catalog, 'POST', path, body).catch(() => undefined);
      return outcomeOf(answer);
    },
  };
}

/** Silence, a full service and a fault of the server leave open whether the commit was taken. */
function outcomeOf(answer: RestAnswer | undefined): CommitOutcome {
  if (!answer || answer.status >= 500 || answer.status === 429) return 'unknown';
  if (answer.status < 300) return 'committed';
  if (answer.status === 409 || answer.status === 412) return 'conflict';
  throw refusal(answer);
}

/** Levels of a namespace are joined by the unit separator, which no name holds. */
const namespacePath = (namespace: readonly string[]) =>
  `namespaces/${namespace.map(encodeSegment).join('%1F')}`;

const encodeSegment = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

async function tablePath(catalog: RestCatalog, { namespace, name }: TableName): Promise<string> {
  return `${await prefixOf(catalog)}${namespacePath(namespace)}/tables/${encodeSegment(name)}`;
}

async function load(catalog: RestCatalog, table: TableName): Promise<LoadedTable | undefined> {
  const answer = await ask(catalog, 'GET', await tablePath(catalog, table));
  if (answer.status === 200) return loaded(answer);
  if (answer.status === 404) return undefined;
  if (answer.status >= 500 && (await lacksNamespace(catalog, table.namespace))) return undefined;
  throw refusal(answer);
}

/** Glue may answer 500 about a namespace that is not there; from any other catalog that means what it says. */
async function lacksNamespace(catalog: RestCatalog, namespace: readonly string[]): Promise<boolean> {
  const { status } = await ask(catalog, 'GET', `${await prefixOf(catalog)}${namespacePath(namespace)}`);
  return status === 404 || (status === 500 && catalog.signing === 'glue');
}

const loaded = ({ body }: RestAnswer): LoadedTable => {
  const answer = objectAt(body, 'the answer of the catalog');
  const json: JsonObject = objectAt(answer.metadata, 'metadata');
  return {
    metadata: readMetadata(json),
    json,
    metadataLocation: textAt(answer['metadata-location'], 'metadata-location'),
  };
};

/** Staged creation is refused by the catalogs of AWS, so a table is created empty and then committed to. */
async function create(catalog: RestCatalog, table: TableName, request: NewTable): Promise<LoadedTable> {
  const location = locationFor(catalog, table, request);
  await createNamespaces(catalog, table.namespace);
  const path = `${await prefixOf(catalog)}${namespacePath(table.namespace)}/tables`;
  const body = {
    name: table.name,
    ...(location === undefined ? {} : { location }),
    schema: request.schema,
    'partition-spec': request['partition-spec'],
    'write-order': { 'order-id': 0, fields: [] },
    properties: request.properties,
  };
  const answer = await ask(catalog, 'POST', path, body).catch(() => undefined);
  if (answer && answer.status < 300) return loaded(answer);
  if (answer?.status === 409) throw fault('tableExists', 'a table of this name is there already');
  if (answer && answer.status < 500) throw refusal(answer);
  const found = await load(catalog, table);
  if (!found) throw new Error('the catalog did not say whether the table was created');
  return found;
}

function locationFor(catalog: RestCatalog, { namespace, name }: TableName, request: NewTable) {
  const { signing } = catalog;
  const below = catalog.location?.replace(/\/+$/, '');
  if (signing === 's3tables') {
    if (namespace.length !== 1) throw fault('refused', 'a namespace of S3 Tables has one level');
    return undefined;
  }
  const location = request.location ?? (below && [below, ...namespace, name].join('/'));
  if (signing === 'glue' && !location?.startsWith('s3://'))
    throw fault('refused', 'a table in Glue is created with a location in S3');
  return location;
}

/** Parents first; a namespace that somebody else has just created is as good. */
async function createNamespaces(catalog: RestCatalog, namespace: readonly string[]): Promise<void> {
  const prefix = await prefixOf(catalog);
  for (const [i] of namespace.entries()) {
    const levels = namespace.slice(0, i + 1);
    const found = await ask(catalog, 'GET', `${prefix}${namespacePath(levels)}`);
    if (found.status === 200) continue;
    if (found.status !== 404 && found.status !== 500) throw refusal(found);
    const made = await ask(catalog, 'POST', `${prefix}namespaces`, { namespace: levels, properties: {} });
    if (made.status >= 300 && made.status !== 409) throw refusal(made);
  }
}

/** The kind of the error in the catalog's words, without its message, which may name anything. */
function refusal({ status, kind }: RestAnswer): Fault | Error {
  const words = `the catalog answered ${status}${kind ? ` (${kind})` : ''}`;
  if (status >= 500 || status === 429) return new Error(words);
  return fault(status === 404 ? 'tableNotFound' : 'refused', words);
}
