import * as models from '../../adapters/models/models.ts';
import * as projects from '../../adapters/projects.ts';
import { getProject } from '../../contracts/projects.ts';
import { shown } from '../../domain/project.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(getProject, async ({ params, caller, header }) => {
  const project = await projects.load(caller, params.project_id);
  header('etag', `"${project.seq + 1}"`);
  return { project: shown(project, await models.count(project.id)) };
});
