import * as z from 'zod';
import type { Deployment } from '../deployment.ts';
import { type Named, named } from './errors.ts';

const gpuTypes = ['A100', 'A10G', 'A16', 'H100', 'H200', 'L4', 'L40S', 'T4', 'V100'] as const;
const units = ['MILLISECONDS', 'SECONDS', 'MINUTES', 'HOURS', 'DAYS', 'WEEKS', 'MONTHS', 'YEARS'] as const;
const Duration = z.strictObject({ value: z.int32(), unit: z.enum(units) });

/** What a deployment asks for to run on. Nothing is coerced, unknown keys are refused, an absent value may be null. */
export const RuntimeConfiguration = z
  .strictObject({
    minReplicas: z.int32(),
    maxReplicas: z.int32(),
    cpu: z.number().nullish(),
    memory: z.string().max(64).nullish(),
    gpu: z.strictObject({ count: z.int32(), type: z.enum(gpuTypes).nullish() }).nullish(),
    threadCount: z.int32().nullish(),
    scalingConfiguration: z
      .strictObject({ scaleUpLoadThreshold: z.number(), scaleUpDelay: Duration, scaleDownDelay: Duration })
      .nullish(),
    environmentVariables: z.record(z.string().max(256), z.string().max(4096)).nullish(),
  })
  .meta({ id: 'RuntimeConfiguration' });
export type RuntimeConfiguration = z.infer<typeof RuntimeConfiguration>;

/** What a deployment shows that nobody configured so. */
export const usual: RuntimeConfiguration = { minReplicas: 0, maxReplicas: 1, threadCount: 32 };

const mostThreads = 256;

/** The same without its nulls: what is absent is left out of answers. */
export const present = (runtime: RuntimeConfiguration): RuntimeConfiguration => {
  const { gpu, ...rest } = kept(runtime);
  return { ...rest, ...(gpu && { gpu: kept(gpu) }) };
};

const kept = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null && item !== undefined)) as T;

/** Why an online deployment cannot have this configuration, if it cannot. */
export function refusal({
  minReplicas,
  maxReplicas,
  threadCount,
  gpu,
}: RuntimeConfiguration): Named | undefined {
  if (minReplicas < 0 || maxReplicas < 1 || maxReplicas < minReplicas)
    return named(
      'Conjure:InvalidArgument',
      {},
      'Replicas must be 0 <= minReplicas <= maxReplicas, of 1 at least',
    );
  if (gpu?.type) return named('GpuTypeNotAvailable', { requestedGpuType: gpu.type, availableGpuTypes: [] });
  if (gpu) return named('InvalidGpuCount', { providedGpuCount: gpu.count, maxGpuCount: 0 });
  const threads = threadCount ?? 1;
  if (threads > mostThreads)
    return named('ThreadCountTooHigh', { maxThreadCount: mostThreads, providedThreadCount: threads });
  return threads < 1 ? named('Conjure:InvalidArgument', {}, 'threadCount must be 1 at least') : undefined;
}

/** The same deployment with another configuration. Nothing of its life changes, so its history does not either. */
export const reconfigured = (
  deployment: Deployment,
  runtime: RuntimeConfiguration,
  at: string,
): Deployment => ({
  ...deployment,
  config: { ...deployment.config, runtime: present(runtime) },
  rev: deployment.rev + 1,
  updated_at: at,
});
