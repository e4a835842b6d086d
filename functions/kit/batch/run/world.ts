import type { RunFiles } from '../../../../adapters/batch/runFiles.ts';
import type { DuckDb } from '../../../../adapters/duckdb/engine.ts';
import type { BatchRun } from '../../../../contracts/tasks.ts';
import type { Around, Settled } from '../../../../iceberg/commitLoop.ts';
import { isFault } from '../../../../iceberg/fault.ts';
import type { TableName } from '../../../../iceberg/ports.ts';
import type { Model } from '../../../../scoring/model.ts';

/** A table as a request names it. */
export interface TablePlace {
  catalog: string;
  schema: string;
  table: string;
}

/** What a batch deployment does in every run. */
export interface Definition {
  source: TablePlace & { filter_sql?: string | null; snapshot_id?: string | null };
  target: TablePlace;
  entity_columns: readonly string[];
  rerun_behavior: 'overwrite_partition' | 'append_dedup';
  partition_column: string;
  /** Five fields, or null for runs that somebody asks for. */
  schedule: string | null;
  engine?: 'lambda' | 'emr-serverless';
}

/** The version of a model that a run scores with. */
export interface Scored {
  id: string;
  version: string;
  sha256: string;
}

/** What a commit needs of the world; each step opens its own engine over a folder of its own. */
export interface CommitWorld {
  catalog: (name: string) => Around;
  files: RunFiles;
  /** Runs some work with a locked engine, and takes its folder away afterwards. */
  withEngine: <T>(work: (engine: DuckDb, folder: string) => Promise<T>) => Promise<T>;
  newId: () => string;
  /** How this run ended, where its record says that it did. */
  recorded: () => Promise<Settled | 'failed' | undefined>;
  /** Milliseconds: no attempt to commit begins after it. */
  deadline: number;
}

/** What is known of a model before anything is scored. */
export type Described = Pick<Model, 'features' | 'output'>;

/** What planning needs besides. */
export interface PlanWorld extends CommitWorld {
  described: (scored: Scored) => Promise<Described>;
  /** What a job of Spark is told besides, which reads models and catalogs itself. */
  spark?: SparkWorld;
}

/** Where a job of Spark finds what a run needs. */
export interface SparkWorld {
  /** The compiled model: `s3://bucket/key` and its hash. */
  image: (scored: Scored) => Promise<{ address: string; sha256: string }>;
  catalog: (name: string, use: 'reads' | 'commits') => Record<string, string>;
}

/** What scoring needs besides. */
export interface BatchWorld extends CommitWorld {
  /** A model, ready to score. */
  model: (scored: Scored) => Promise<Model>;
}

export type { BatchRun };

export const nameOf = ({ schema, table }: TablePlace): TableName => ({ namespace: [schema], name: table });

/** Microseconds since 1970. */
export const slotOf = ({ scheduled_at }: Pick<BatchRun, 'scheduled_at'>): bigint =>
  BigInt(Date.parse(scheduled_at)) * 1000n;

/** Failures that pass by themselves, or that a larger function would not have. */
const passing: readonly string[] = ['deadline', 'outOfMemory', 'unsettled'];

/**
 * Why a run cannot be done, where trying again would not help: in words without any value of anybody's rows. Anything
 * else is thrown on.
 */
export function reasonOf(error: unknown): string {
  if (isFault(error) && !passing.includes(error.code)) return error.message;
  throw error;
}
