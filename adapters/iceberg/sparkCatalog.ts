import { fault } from '../../iceberg/fault.ts';
import { region } from '../aws/signed.ts';
import { entryOf } from './catalogs.ts';

/** How Spark reaches a catalog: what stands behind `spark.sql.catalog.<name>.`, by its own names. */
export type SparkCatalog = Record<string, string>;

/**
 * The settings of a catalog for Spark. Faults say why a job cannot work in it: a secret is not handed to a job, and where
 * tables are files Spark commits by renaming, which two writers on S3 can both do.
 */
export function sparkCatalog(name: string, use: 'reads' | 'commits'): SparkCatalog {
  const entry = entryOf(name);
  if (entry.type === 'file') {
    if (use === 'commits' && entry.warehouse.startsWith('s3://'))
      throw fault('unsupported', 'Spark cannot commit safely to a catalog that keeps its tables as files');
    return { type: 'hadoop', warehouse: entry.warehouse };
  }
  if ('secret' in entry && entry.secret !== undefined)
    throw fault('unsupported', 'a catalog is reached with a secret, which no job of Spark is given');
  const { signing, warehouse } = entry;
  const uri = entry.uri ?? `https://${signing ?? 'glue'}.${region()}.amazonaws.com/iceberg`;
  return {
    type: 'rest',
    uri: uri.replace(/\/+$/, ''),
    ...(warehouse !== undefined && { warehouse }),
    ...(signing && {
      'rest.sigv4-enabled': 'true',
      'rest.signing-name': signing,
      'rest.signing-region': region(),
    }),
    'io-impl': 'org.apache.iceberg.aws.s3.S3FileIO',
  };
}
