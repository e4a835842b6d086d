import * as projects from '../../adapters/projects.ts';
import { createProject } from '../../contracts/projects.ts';
import { forbidden } from '../../domain/problem.ts';
import { found, shown } from '../../domain/project.ts';
import { newId, now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(createProject, async ({ body, caller, told, answer }) => {
  if (caller.projects !== null) throw forbidden('This key is limited to its projects');
  const project = found(body, newId(), now());
  const reply = { id: project.id, project_id: project.id, project: shown(project, 0) };
  return projects.create(project, answer(reply), told('project.created', project.id));
});
