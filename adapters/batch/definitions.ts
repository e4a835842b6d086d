import { type BatchConfig, definitionKey } from '../../domain/batch/config.ts';
import { env } from '../aws/env.ts';
import * as objects from '../aws/objects.ts';

/** Where the definition of a deployment lies, as others read it. */
export const address = (deploymentId: string): string =>
  `s3://${env('DATA_BUCKET')}/${definitionKey(deploymentId)}`;

/** Keep what the runs of a deployment do; it never changes. */
export const keep = (deploymentId: string, config: BatchConfig): Promise<void> =>
  objects.put(
    { bucket: env('DATA_BUCKET'), key: definitionKey(deploymentId) },
    JSON.stringify({ deployment_id: deploymentId, ...config }),
  );
