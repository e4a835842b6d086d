import * as z from 'zod';
import { Id, Name, Time, text } from '../domain/fields.ts';
import { route } from './route.ts';
import { limit, nothing, offset, page } from './shapes.ts';

const shared = { group: 'projects', dialect: 'mlops' } as const;

const Project = z
  .object({
    id: Id,
    name: z.string(),
    description: z.string().nullable(),
    status: z.literal('active'),
    dataset_count: z.literal(0),
    experiment_count: z.literal(0),
    model_count: z.int(),
    production_deployment_id: Id.nullable(),
    created_at: Time,
  })
  .meta({ id: 'Project' });

export const createProject = route({
  ...shared,
  id: 'createProject',
  scope: 'write',
  method: 'POST',
  path: '/api/projects',
  summary: 'Make a project',
  params: nothing,
  body: z.object({ name: Name, description: text(0, 4000).nullable().optional() }),
  repeatable: true,
  status: 201,
  returns: z.object({ id: Id, project_id: Id, project: Project }),
});

export const listProjects = route({
  ...shared,
  id: 'listProjects',
  scope: 'read',
  method: 'GET',
  path: '/api/projects',
  summary: 'The projects that the caller may see',
  params: nothing,
  query: z.object({
    limit: limit(),
    offset: offset(),
    search: text(0, 255).optional(),
    sort_field: z
      .enum(['created_at', 'name', 'dataset_count', 'model_count', 'experiment_count'])
      .default('created_at'),
    sort_direction: z.enum(['asc', 'desc']).default('desc'),
  }),
  status: 200,
  returns: page(Project),
});

export const getProject = route({
  ...shared,
  id: 'getProject',
  scope: 'read',
  method: 'GET',
  path: '/api/projects/{project_id}',
  summary: 'One project',
  params: z.object({ project_id: Id }),
  status: 200,
  returns: z.object({ project: Project }),
});
