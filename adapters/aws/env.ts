/** What infrastructure tells the code. A name is present exactly where lib/grants.ts granted its resource. */
type Name =
  | 'CONTROL_TABLE'
  | 'LOGS_TABLE'
  | 'AGGREGATES_TABLE'
  | 'IDEMPOTENCY_TABLE'
  | 'KEYS_TABLE'
  | 'MODELS_BUCKET'
  | 'DATA_BUCKET'
  | 'DEPLOY_ARN'
  | 'PROMOTE_ARN'
  | 'ROLLBACK_ARN'
  | 'DEACTIVATE_ARN'
  | 'DRIFT_ARN'
  | 'BATCHSCORE_ARN'
  | 'EVENT_BUS'
  | 'WARM_ARN'
  | 'SCHEDULE_GROUP'
  | 'SCHEDULED_ARN'
  | 'SCHEDULER_ARN'
  | 'CATALOGS'
  | 'SPARK_APPLICATION'
  | 'ENDRUN_ARN'
  | 'SECRETS_PREFIX';

export function env(name: Name): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: this function was not granted it`);
  return value;
}

/** Whether a resource that not every installation has was granted. */
export const granted = (name: Name): boolean => process.env[name] !== undefined;
