import * as z from 'zod';
import { Id, Name, Time } from './fields.ts';

/** A team's space. `prod` is the pointer: it alone says which deployment is in production. */
export const Project = z.object({
  id: Id,
  name: Name,
  description: z.string().nullable(),
  prod: Id.nullable(),
  prev: Id.nullable(),
  /** Grows by one with every change of what runs; each value has exactly one event. */
  seq: z.int().min(0),
  total: z.object({ online: z.int().min(0), batch: z.int().min(0), external: z.int().min(0) }),
  created_at: Time,
});
export type Project = z.infer<typeof Project>;

export const found = (
  named: { name: string; description?: string | null },
  id: string,
  at: string,
): Project => ({
  id,
  name: named.name,
  description: named.description ?? null,
  prod: null,
  prev: null,
  seq: 0,
  total: { online: 0, batch: 0, external: 0 },
  created_at: at,
});

/** A project as it is shown; data sets and experiments live elsewhere. */
export const shown = (project: Project, models: number) => ({
  ...project,
  status: 'active' as const,
  dataset_count: 0 as const,
  experiment_count: 0 as const,
  model_count: models,
  production_deployment_id: project.prod,
});
